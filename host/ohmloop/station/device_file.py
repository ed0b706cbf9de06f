"""The file that describes a device under test: what it is, what it bears, how it is read and programmed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from ohmloop.crossbar import Bias, CurrentRange, Geometry, Limits, ReadConditions, Setup
from ohmloop.procedures.forming import FormingPlan
from ohmloop.programming.profile import Drive, ProgrammingProfile
from ohmloop.station.bonding import Bonding
from ohmloop.station.errors import DeviceFileError

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
Whole = Annotated[int, Field(strict=True)]
"""`true` is no limit of 1, and "2.1" none of 2.1."""

Line = Annotated[Whole, Field(ge=0, le=127)]
FixedRange = Literal[CurrentRange.L, CurrentRange.M, CurrentRange.H]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArraySection(_Section):
    """`[array]`: size, lines that are not to be used, direction of SET, usable conductance range.

    `set_polarity` is 1 if a row more positive than its column drives towards SET, else -1. `conductance_s` is the
    range in S that targets and tolerances refer to. `series_ohm` is the fitted series resistance, informative.
    """

    rows: Annotated[Whole, Field(ge=1, le=128)]
    cols: Annotated[Whole, Field(ge=1, le=128)]
    dead_rows: tuple[Line, ...] = ()
    dead_cols: tuple[Line, ...] = ()
    set_polarity: Literal[1, -1]
    conductance_s: tuple[NotNegative, Positive]
    series_ohm: NotNegative = 0.0

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        low, high = self.conductance_s
        if not low < high:
            raise ValueError(f"conductance_s must rise, not go from {low} to {high} S")
        for name, dead, lines in (("dead_rows", self.dead_rows, self.rows), ("dead_cols", self.dead_cols, self.cols)):
            if len(set(dead)) != len(dead) or any(line >= lines for line in dead):
                raise ValueError(f"{name} must be different lines below {lines}, not {list(dead)}")
            if len(dead) == lines:
                raise ValueError(f"{name} leaves no line of {lines}: nothing could be read or programmed")
        return self


class BondingSection(_Section):
    """`[bonding]`: board row of each row of the array, board column of each column; without it, the same numbers."""

    rows: tuple[Line, ...] | None = None
    cols: tuple[Line, ...] | None = None


class LimitsSection(_Section):
    """`[limits]`: the most that any cell may see. Voltages in V, magnitudes; widths in s; pulses a cell while armed.

    `forming` takes the place of `v_set` while the device is armed for forming, and never otherwise.
    """

    v_read: Positive
    v_set: Positive
    v_reset: Positive
    forming: Positive | None = None
    width_max_s: Positive
    range_max: FixedRange = CurrentRange.H
    pulses_max: Annotated[Whole, Field(ge=0)]


class ReadSection(_Section):
    """`[read]`: how cells are read: volts in V, averages a power of two, current range."""

    volts: Positive
    averages: Annotated[Whole, Field(ge=1, le=4096)] = 16
    current_range: CurrentRange = CurrentRange.AUTO


class DriveSection(_Section):
    """`[programming.set]`, `[programming.reset]`: first, typical and largest amplitude, magnitudes in V."""

    start_v: Positive
    nominal_v: Positive
    max_v: Positive


class ProgrammingSection(_Section):
    """`[programming]`: what unselected lines do, current range while pulsing, pulse width in s, amplitudes.

    `shortest_s` allows policies to choose shorter pulses down to this, at larger amplitudes; without it every pulse has
    `width_s`.
    """

    bias: Bias = Bias.HALF
    pulse_range: FixedRange = CurrentRange.H
    width_s: Positive
    shortest_s: Positive | None = None
    set: DriveSection
    reset: DriveSection


class FormingSection(_Section):
    """`[forming]`: how cells are formed, up to `limits.forming`.

    First amplitude and its rise a pulse in V, pulse width in s, current range while pulsing, which is the compliance,
    and the conductance in S from which on a cell counts as formed.
    """

    start_v: Positive
    step_v: Positive
    width_s: Positive
    pulse_range: FixedRange = CurrentRange.L
    formed_s: Positive


class DeviceFile(_Section):
    """A device under test, as its TOML file describes it. Made by `load`, `parse` or `shipped`.

    Attributes:
        name, chip: what it is and which one; note: free text.
        array, bonding, limits, read, programming, forming: see the sections.
    """

    name: Annotated[str, Field(min_length=1)]
    chip: str = ""
    note: str = ""
    array: ArraySection
    bonding: BondingSection = BondingSection()
    limits: LimitsSection
    read: ReadSection
    programming: ProgrammingSection
    forming: FormingSection | None = None
    _text: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _within_its_limits(self) -> Self:
        limits, programming = self.limits, self.programming
        for what, value, limit in (
            ("read.volts", self.read.volts, limits.v_read),
            ("programming.width_s", programming.width_s, limits.width_max_s),
            ("programming.set.max_v", programming.set.max_v, limits.v_set),
            ("programming.reset.max_v", programming.reset.max_v, limits.v_reset),
        ):
            if value > limit:
                raise ValueError(f"{what} = {value} is above its limit of {limit}")
        if limits.forming is not None and limits.forming < limits.v_set:
            raise ValueError(f"limits.forming = {limits.forming} is below limits.v_set = {limits.v_set}")
        if self.forming is not None:
            if limits.forming is None:
                raise ValueError("[forming] needs limits.forming")
            if self.forming.start_v > limits.forming or self.forming.width_s > limits.width_max_s:
                raise ValueError("forming.start_v or forming.width_s is above its limit")
        _ = self.setup, self.profile  # their own checks
        return self

    @model_validator(mode="after")
    def _bonded_once(self) -> Self:
        for name, bonded, lines in (
            ("rows", self.bonding.rows, self.array.rows),
            ("cols", self.bonding.cols, self.array.cols),
        ):
            if bonded is not None and (len(bonded) != lines or len(set(bonded)) != lines):
                raise ValueError(f"bonding.{name} must be {lines} different lines of the board, not {list(bonded)}")
        return self

    @classmethod
    def load(cls, path: Path) -> DeviceFile:
        """Read a device file. Raises DeviceFileError, naming every field that is wrong."""
        try:
            text = path.read_text(encoding="utf-8-sig")  # some editors begin a file with a byte-order mark
        except OSError as error:
            raise DeviceFileError(f"cannot read device file {path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise DeviceFileError(f"cannot read device file {path}: it is not UTF-8 text ({error.reason})") from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, source: str = "device file") -> DeviceFile:
        """Read the text of a device file; `source` names it in messages. Raises DeviceFileError."""
        try:
            device = cls.model_validate(tomllib.loads(text))
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise DeviceFileError(f"{source} is not TOML: {error}") from error
        except ValidationError as error:
            wrong = "; ".join(_explain(e["loc"], e["msg"]) for e in error.errors(include_url=False))
            raise DeviceFileError(f"{source}: {wrong}") from error
        device._text = text
        return device

    @classmethod
    def shipped(cls, name: str, geometry: Geometry) -> DeviceFile:
        """A device file that comes with ohmloop, for an emulated array of any size. Raises DeviceFileError."""
        folder = files("ohmloop.station") / "devices"
        known = sorted(f.name.removesuffix(".toml.in") for f in folder.iterdir() if f.name.endswith(".toml.in"))
        if name not in known:
            raise DeviceFileError(f"no device file {name!r} comes with ohmloop, only {', '.join(known)}")
        template = Template((folder / f"{name}.toml.in").read_text(encoding="utf-8"))
        return cls.parse(template.substitute(rows=geometry.rows, cols=geometry.cols), name)

    @property
    def text(self) -> str:
        """The file as it was read."""
        return self._text

    @property
    def hash(self) -> str:
        """SHA-256 of the file's text, 64 hex digits: what an armed board remembers it by."""
        return sha256(self._text.encode("utf-8")).hexdigest()

    @property
    def geometry(self) -> Geometry:
        """Size of the array."""
        return Geometry(self.array.rows, self.array.cols)

    @property
    def armed_limits(self) -> Limits:
        """What is loaded into a board; the forming limit is not among it."""
        return Limits(**self.limits.model_dump(exclude={"forming"}), set_polarity=self.array.set_polarity)

    @property
    def forming_limits(self) -> Limits:
        """What is loaded into a board for forming only. Raises DeviceFileError if the file gives no forming limit."""
        if self.limits.forming is None:
            raise DeviceFileError(f"device {self.name!r} has no limits.forming: it cannot be armed for forming")
        return replace(self.armed_limits, v_set=self.limits.forming)

    @property
    def forming_plan(self) -> FormingPlan:
        """How the device is formed. Raises DeviceFileError if the file does not say so."""
        if self.forming is None or self.limits.forming is None:
            raise DeviceFileError(f"device {self.name!r} has no [forming]: say there how its cells are formed")
        return FormingPlan(max_v=self.limits.forming, **dict(self.forming))

    @property
    def wiring(self) -> Bonding:
        """Which lines of a board the array is bonded to."""
        rows, cols = self.bonding.rows, self.bonding.cols
        return Bonding(
            range(self.array.rows) if rows is None else rows, range(self.array.cols) if cols is None else cols
        )

    @property
    def setup(self) -> Setup:
        """How the device is read and biased."""
        read = ReadConditions(self.read.volts, self.read.averages, self.read.current_range)
        return Setup(read, self.programming.bias, self.programming.pulse_range)

    @property
    def profile(self) -> ProgrammingProfile:
        """How the device is programmed."""
        low, high = self.array.conductance_s
        said = self.programming
        drives = [Drive(**dict(section)) for section in (said.set, said.reset)]
        return ProgrammingProfile(low, high, drives[0], drives[1], said.width_s, said.shortest_s)


_MEMBER = re.compile(r"<\w+\.\w+: ('[^']*')>")
"""How Python shows a member of an enumeration."""


def _explain(place: tuple[Any, ...], message: str) -> str:
    where = ".".join(str(part) for part in place)
    said = _MEMBER.sub(r"\1", message.removeprefix("Value error, "))
    return f"{where}: {said}" if where else said
