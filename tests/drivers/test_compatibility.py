"""Firmware that does not go with this ohmloop is refused or warned of, and the command to run is named."""

from __future__ import annotations

import logging
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.conftest import StartEmulator
from tests.other_firmware import install_firmware

from ohmloop.crossbar import FirmwareMismatch
from ohmloop.drivers.compatibility import PROTOCOL, firmware_advice
from ohmloop.drivers.opening import open_native
from ohmloop.station.bring_up import UNREACHED, Outcome, examine

MAJOR, MINOR, PATCH = (int(part) for part in version("ohmloop").split("."))
OLDER, NEWER = f"{MAJOR}.{MINOR - 1}.0" if MINOR else f"{MAJOR - 1}.9.0", f"{MAJOR}.{MINOR + 1}.0"
UPGRADE = "pip install --upgrade ohmloop"


def test_our_own_firmware_is_used_without_a_word(emulator: StartEmulator, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), open_native(emulator("2x2").boards[0].url) as board:
        assert board.firmware_advice is None
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("protocol", "command"), [(PROTOCOL - 1, "ohmloop flash --device {url}"), (PROTOCOL + 1, UPGRADE)]
)
def test_another_protocol_is_refused_with_the_command_to_run(
    emulator: StartEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: int, command: str
) -> None:
    install_firmware(tmp_path, monkeypatch, protocol=protocol)
    board = emulator("2x2").boards[0]
    with pytest.raises(FirmwareMismatch, match=f"speaks protocol {protocol}, this ohmloop") as raised:
        open_native(board.url)
    assert board.serial in str(raised.value)
    assert str(raised.value).endswith(f"run `{command.format(url=board.url)}`")
    (step,) = examine(board.url, None)
    assert (step.name, step.outcome, step.measured) == (UNREACHED, Outcome.FAILED, str(raised.value))


@pytest.mark.parametrize(("firmware", "command"), [(OLDER, "ohmloop flash --device {url}"), (NEWER, UPGRADE)])
def test_another_version_is_used_with_a_warning_that_names_the_command(
    emulator: StartEmulator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    firmware: str,
    command: str,
) -> None:
    install_firmware(tmp_path, monkeypatch, firmware=firmware)
    url = emulator("2x2").boards[0].url
    with caplog.at_level(logging.WARNING), open_native(url) as board:
        assert board.read_array().currents_a.shape == (2, 2)
        assert board.capabilities.firmware == firmware
    (message,) = caplog.messages
    assert f"runs firmware {firmware}" in message
    assert message.endswith(f"run `{command.format(url=url)}`")
    (step,) = (step for step in examine(url, None) if step.name == "firmware")
    assert (step.outcome, step.advice in message) == (Outcome.FAILED, True)


@pytest.mark.parametrize(
    ("firmware", "fits"),
    [(f"{MAJOR}.{MINOR}.{PATCH + 7}", True), (f"{MAJOR}.{MINOR}", True), ("", False), ("two", False), ("9", False)],
)
def test_versions_of_one_minor_version_go_together(firmware: str, fits: bool) -> None:
    assert (firmware_advice(firmware, "serial:///dev/ttyACM0") is None) == fits
