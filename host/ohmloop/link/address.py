"""Addresses of devices: `serial:///dev/ttyACM0`, `tcp://lab-pc:5025`, `emu://8x8?device=vteam&seed=7`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlencode

from ohmloop.crossbar import AddressError, Geometry

EXAMPLES = "serial:///dev/ttyACM0, tcp://lab-pc:5025 or emu://8x8?device=vteam&seed=7"

_PATTERN = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<place>[^?#]+)(?:\?(?P<options>[^#]*))?")


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Where a device is.

    Attributes:
        scheme: how it is reached, lower case.
        place: path of a serial port, `host:port`, or geometry of an emulated array.
        options: what follows the question mark; each name once.
    """

    scheme: str
    place: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, url: str) -> DeviceAddress:
        """Read a device URL. Raises AddressError, saying what one looks like."""
        match = _PATTERN.fullmatch(url)
        if match is None:
            raise AddressError(f"{url!r} is not the address of a device: write {EXAMPLES}")
        try:
            pairs = parse_qsl(match["options"] or "", keep_blank_values=True, strict_parsing=bool(match["options"]))
        except ValueError:
            raise AddressError(f"the options of {url!r} must look like name=value&name=value") from None
        options = dict(pairs)
        if len(options) != len(pairs):
            raise AddressError(f"an option of {url!r} is given twice")
        return cls(match["scheme"], unquote(match["place"]), options)

    def serial_path(self) -> str:
        """Path of the serial port: `/dev/ttyACM0`, or `COM3` from `serial:///COM3`. Raises AddressError."""
        if not self.place.startswith("/") or len(self.place) < 2:
            raise AddressError(f"{self} names no serial port: write serial:///dev/ttyACM0 with three slashes")
        return self.place[1:] if re.fullmatch(r"/COM\d+", self.place, re.IGNORECASE) else self.place

    def host_port(self) -> tuple[str, int]:
        """Host and TCP port, 1 to 65535. Raises AddressError."""
        match = re.fullmatch(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[^:/\[\]]+)):(?P<port>\d{1,5})", self.place)
        if match is None or not 1 <= int(match["port"]) <= 65535:
            raise AddressError(f"{self} names no host and port: write tcp://lab-pc:5025")
        return match["v6"] or match["name"], int(match["port"])

    def geometry(self) -> Geometry:
        """Geometry of an emulated array. Raises AddressError."""
        try:
            return Geometry.parse(self.place)
        except ValueError as error:
            raise AddressError(f"{self}: {error}") from None

    def only(self, known: Collection[str]) -> None:
        """Refuse options outside `known`. Raises AddressError, naming the known ones."""
        strange = sorted(set(self.options) - set(known))
        if strange:
            raise AddressError(
                f"{self} has unknown options {', '.join(strange)}; {self.scheme}:// knows {', '.join(sorted(known))}"
            )

    def seconds(self, name: str) -> float | None:
        """A time option in s, above 0 and at most an hour; None if not given. Raises AddressError."""
        text = self.options.get(name)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value <= 3600:
            raise AddressError(f"option {name} of {self} must be seconds above 0 and at most 3600, not {text!r}")
        return value

    def __str__(self) -> str:
        query = f"?{urlencode(self.options)}" if self.options else ""
        return f"{self.scheme}://{self.place}{query}"
