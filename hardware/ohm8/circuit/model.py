"""How the circuit is written down: kinds of part, sheets, and which pin is on which net.

Coordinates are millimetres on the drawing sheet, y down, multiples of 1.27. A net of the same name is the same net on
every sheet except in a channel sheet, where only its ports lead outside. A name that begins with `~` is not worth a
label; a net name None is a pin left open on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

RAILS = ("GND", "+3V3", "+5VA", "+5V3", "+7V5", "-7V5", "VBUS")  # drawn as power symbols

Nets = Mapping[str, str | None] | Sequence[str | None]


class Side(Enum):
    """Where something points on the sheet."""

    RIGHT = 0
    UP = 90
    LEFT = 180
    DOWN = 270


@dataclass(frozen=True)
class Kind:
    """A kind of part: what is drawn, soldered and ordered.

    `symbol` and `footprint` are library identifiers; `mpn` is empty for what is not bought.
    """

    symbol: str
    value: str
    footprint: str
    maker: str = ""
    mpn: str = ""
    alternates: str = ""
    bought: bool = True
    fitted: bool = True


@dataclass(frozen=True)
class Placement:
    """A symbol (one unit of a part) on a sheet; `ref` and `unit` depend on the channel in a channel sheet."""

    ref: Callable[[int], str]
    unit: Callable[[int], int]
    kind: Kind
    at: tuple[float, float]
    turn: int
    mirror: str
    nets: Nets


@dataclass(frozen=True)
class Port:
    """A named end of a net at a place of the sheet: a hierarchical label in a channel sheet, else a global label."""

    net: str
    at: tuple[float, float]
    side: Side
    direction: str


@dataclass(frozen=True)
class Channel:
    """One use of a channel sheet: number `index`, drawn at `at`, with the outer net of each port."""

    sheet: Sheet
    index: int
    name: str
    at: tuple[float, float]
    nets: Mapping[str, str]


@dataclass
class Sheet:
    """One drawing sheet."""

    file: str
    title: str
    paper: str = "A4"
    channels: int = 0  # how often a channel sheet is used; 0 for an ordinary sheet
    placements: list[Placement] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    uses: list[Channel] = field(default_factory=list)
    notes: list[tuple[str, tuple[float, float], float]] = field(default_factory=list)
    frames: list[tuple[tuple[float, float, float, float], str]] = field(default_factory=list)
    flags: list[tuple[str, tuple[float, float]]] = field(default_factory=list)

    def part(
        self,
        ref: str | Callable[[int], str],
        kind: Kind,
        at: tuple[float, float],
        nets: Nets,
        unit: int | Callable[[int], int] = 1,
        turn: int = 0,
        mirror: str = "",
    ) -> None:
        """Places unit `unit` of part `ref`; `nets` by pin number, or in the library's order of that unit's pins."""
        name = ref if callable(ref) else _fixed_ref(ref)
        number = unit if callable(unit) else _fixed_unit(unit)
        self.placements.append(Placement(name, number, kind, at, turn, mirror, nets))

    def port(self, net: str, at: tuple[float, float], side: Side, direction: str = "bidirectional") -> None:
        """A named end of `net` whose text points to `side`; direction: input, output, bidirectional or passive."""
        self.ports.append(Port(net, at, side, direction))

    def use(self, sheet: Sheet, index: int, name: str, at: tuple[float, float], nets: Mapping[str, str]) -> None:
        """Draws channel `index` of `sheet` as a box."""
        self.uses.append(Channel(sheet, index, name, at, nets))

    def note(self, text: str, at: tuple[float, float], size: float = 1.27) -> None:
        """Text that says why."""
        self.notes.append((text, at, size))

    def frame(self, left: float, top: float, right: float, bottom: float, title: str) -> None:
        """A dashed frame around a functional block."""
        self.frames.append(((left, top, right, bottom), title))

    def flag(self, net: str, at: tuple[float, float]) -> None:
        """Says that `net` is supplied from outside the symbols' knowledge (a power flag)."""
        self.flags.append((net, at))

    def channel_numbers(self) -> range:
        """The numbers of the channels, or one number for an ordinary sheet."""
        return range(max(self.channels, 1))


@dataclass(frozen=True)
class Design:
    """The whole board."""

    name: str
    title: str
    revision: str
    sheets: Sequence[Sheet]

    def global_nets(self) -> frozenset[str]:
        """Nets that leave their sheet: on several sheets, or passed into a channel."""
        seen: dict[str, set[str]] = {}
        for sheet in self.sheets:
            for net in _nets_on(sheet):
                seen.setdefault(net, set()).add(sheet.file)
            for use in sheet.uses:
                for net in use.nets.values():
                    seen.setdefault(net, set()).update((sheet.file, use.name))
        return frozenset(net for net, files in seen.items() if len(files) > 1 and net not in RAILS)


def pin_nets(placement: Placement, numbers: Sequence[str]) -> dict[str, str | None]:
    """The net of each of the pins `numbers` (the library's order) of a placed unit.

    Raises:
        ValueError: pins and nets do not match one to one.
    """
    nets = placement.nets
    if not isinstance(nets, Mapping):
        if len(nets) != len(numbers):
            raise ValueError(f"{placement.ref(0)}: {len(nets)} nets for pins {list(numbers)}")
        return dict(zip(numbers, nets, strict=True))
    if set(nets) != set(numbers):
        raise ValueError(f"{placement.ref(0)}: nets for pins {sorted(nets)}, but the unit has {sorted(numbers)}")
    return dict(nets)


def _nets_on(sheet: Sheet) -> set[str]:
    found: set[str] = {port.net for port in sheet.ports}
    for placement in sheet.placements:
        nets = placement.nets
        found.update(net for net in (nets.values() if isinstance(nets, Mapping) else nets) if net is not None)
    return found


def _fixed_ref(ref: str) -> Callable[[int], str]:
    return lambda _: ref


def _fixed_unit(unit: int) -> Callable[[int], int]:
    return lambda _: unit
