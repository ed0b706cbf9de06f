"""The same tests on every kind of board: the firmware on CPython, on MicroPython, as its image on an emulated RP2040,
and on the board that --device names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.conftest import StartEmulator
from tests.targets.target import Target

FIRMWARE = Path(__file__).parents[2] / "build" / "firmware"
BUILT = {"cpython": None, "unix": "ohmboard-unix", "rp2040": "bootrom.bin"}
"""What each kind needs of `make firmware`."""

SEED = "7"

Start = Callable[..., Target]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", ["device"] if metafunc.config.getoption("--device") else list(BUILT))


@pytest.fixture
def start(request: pytest.FixtureRequest, emulator: StartEmulator) -> Iterator[Start]:
    """Start a board of a kind; after the test its chips must have found nothing wrong with their signals."""
    with ExitStack() as stack:

        def begin(kind: str, settings: dict[str, str] | None = None, **options: str) -> Target:
            if kind == "device":
                return Target(kind, request.config.getoption("--device"), None)
            needed = BUILT[kind]
            if needed and not (FIRMWARE / needed).exists():
                assert not request.config.getoption("--thorough"), f"{FIRMWARE / needed} is missing: make firmware"
                pytest.skip("needs make firmware")
            process = emulator("8x8", settings, target=kind, **{"seed": SEED, **options})
            target = Target(kind, process.boards[0].url, stack.enter_context(process.control()))
            stack.callback(target.check_signals)
            stack.callback(lambda: target.wire.close())
            return target

        yield begin


@pytest.fixture
def target(kind: str, start: Start) -> Target:
    """A board of each kind, just started."""
    return start(kind)
