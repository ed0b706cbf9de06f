"""Device addresses: what they mean, and what is said of those that mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohmloop.crossbar import AddressError, Geometry
from ohmloop.link.address import DeviceAddress


def test_serial_ports() -> None:
    assert DeviceAddress.parse("serial:///dev/ttyACM0").serial_path() == "/dev/ttyACM0"
    assert DeviceAddress.parse("serial:///dev/serial/by-id/usb%20board").serial_path() == "/dev/serial/by-id/usb board"
    assert DeviceAddress.parse("serial:///COM3").serial_path() == "COM3"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("tcp://lab-pc:5025", ("lab-pc", 5025)),
        ("tcp://[::1]:7", ("::1", 7)),
        ("tcp://10.0.0.7:65535", ("10.0.0.7", 65535)),
    ],
)
def test_tcp_ports(url: str, place: tuple[str, int]) -> None:
    assert DeviceAddress.parse(url).host_port() == place


def test_emulators() -> None:
    address = DeviceAddress.parse("emu://8x16?device=vteam&seed=7")
    assert address.geometry() == Geometry(8, 16)
    assert dict(address.options) == {"device": "vteam", "seed": "7"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/dev/ttyACM0",
        "tcp:lab:5025",
        "tcp://",
        "TCP://lab:1",
        "tcp://lab:1#x",
        "tcp://lab:1?a",
        "tcp://lab:1?a=1&a=2",
    ],
)
def test_no_address(url: str) -> None:
    with pytest.raises(AddressError):
        DeviceAddress.parse(url)


@pytest.mark.parametrize("url", ["tcp://lab", "tcp://lab:0", "tcp://lab:65536", "tcp://lab:x", "tcp://a/b:5"])
def test_no_tcp_port(url: str) -> None:
    with pytest.raises(AddressError, match="tcp://lab-pc:5025"):
        DeviceAddress.parse(url).host_port()


def test_no_serial_port() -> None:
    with pytest.raises(AddressError, match="three slashes"):
        DeviceAddress.parse("serial://ttyACM0").serial_path()


@pytest.mark.parametrize("place", ["8", "8x", "0x8", "129x1", "8x8x8", "axb"])
def test_no_geometry(place: str) -> None:
    with pytest.raises(AddressError):
        DeviceAddress.parse(f"emu://{place}").geometry()


def test_options_are_checked() -> None:
    address = DeviceAddress.parse("tcp://lab:1?timeout=0.5&retries=7")
    assert address.seconds("timeout") == 0.5
    assert address.seconds("reconnect") is None
    with pytest.raises(AddressError, match="retries"):
        address.only({"timeout"})


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "3601", "fast", ""])
def test_times_are_checked(value: str) -> None:
    with pytest.raises(AddressError, match="timeout"):
        DeviceAddress.parse(f"tcp://lab:1?timeout={value}").seconds("timeout")


@given(st.text())
def test_any_text_is_an_address_or_an_address_error(text: str) -> None:
    try:
        address = DeviceAddress.parse(text)
    except AddressError:
        return
    assert DeviceAddress.parse(str(address)).options == address.options
