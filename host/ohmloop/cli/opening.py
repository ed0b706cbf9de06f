"""What commands open: a device file, a network, a station."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ohmloop.cli.failure import USAGE, CommandError
from ohmloop.cli.options import open_store

if TYPE_CHECKING:
    from ohmloop.network import Model
    from ohmloop.station import DeviceFile, Station

EMULATED = "emu"
DEFAULT_EMULATED_DEVICE = "vteam"


def open_device(urls: Sequence[str], dut: Path | None) -> DeviceFile:
    """The device file, or the one that comes with the emulator's devices if every address is `emu://`.

    Raises CommandError if a real board has no device file, DeviceFileError.
    """
    from ohmloop.crossbar import Geometry
    from ohmloop.station import DeviceFile

    if dut is not None:
        return DeviceFile.load(dut)
    parts = [urlsplit(url) for url in urls]
    real = [url for url, part in zip(urls, parts, strict=True) if part.scheme != EMULATED]
    if real:
        raise CommandError(f"say what is in {real[0]}: --dut FILE (a device file in TOML)", USAGE)
    kinds = {(part.netloc, parse_qs(part.query).get("device", [DEFAULT_EMULATED_DEVICE])[0]) for part in parts}
    if len(kinds) != 1:
        raise CommandError("a station has boards of one kind; give the same geometry and device for each", USAGE)
    geometry, device = kinds.pop()
    try:
        return DeviceFile.shipped(device, Geometry.parse(geometry))
    except ValueError as error:
        raise CommandError(str(error), USAGE) from None


@contextmanager
def armed_station(
    urls: Sequence[str],
    device: DeviceFile,
    store: Path | None,
    *,
    dry_run: bool = False,
    before: Callable[[Station], None] | None = None,
) -> Iterator[Station]:
    """A station with its device armed, and the store at `store`, for the length of a block.

    `before` is called once the boards are ours and before they are armed.
    """
    with our_station(urls, device, store, dry_run=dry_run) as station:
        if before is not None:
            before(station)
        station.arm()
        yield station


@contextmanager
def our_station(
    urls: Sequence[str], device: DeviceFile, store: Path | None, *, dry_run: bool = False
) -> Iterator[Station]:
    """A station and the store at `store` for the length of a block; nothing is armed."""
    from ohmloop.station import Station

    with open_store(store) as kept, Station(urls, device, kept, dry_run=dry_run) as station:
        yield station


def open_model(name: str) -> Model:
    """A network that comes with ohmloop, by name, or one from a weight file. Raises WeightFileError."""
    from ohmloop.network import load_model, pretrained

    return load_model(Path(name)) if Path(name).suffix else pretrained(name).model
