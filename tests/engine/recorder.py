"""A board behind the engine's HAL that writes down everything: for tests.

Its line drivers may be wrong anywhere inside the stated tolerance, so that it can take the side of bad luck.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ohmsim._engine import lib

from ohmboard._board import ENGINE

ROWS, COLS = 0, 1
Board = tuple[int, ...]
Volts = NDArray[np.float64]


def board(**fields: int) -> Board:
    """The reference board with other values: board(ROWS=4, V_CELL_UV=2_000_000)."""
    values = list(ENGINE)
    for name, value in fields.items():
        values[getattr(lib, f"OHM_BOARD_{name}")] = value
    return tuple(values)


@dataclass
class Gate:
    """One opening of the gate: what every pair saw, rows x cols in µV."""

    columns: bool
    width_ns: int
    pairs_uv: Volts
    opened_ns: int
    closed_ns: int = -1


@dataclass
class Recorder:
    """Hardware of `board`, a conductance for each cell in nS, and errors of lines and column amplifiers.

    Attributes:
        gain, offset_uv: error of each driver, by side.
        amplifier_codes: offset of each column amplifier in converter codes.
        gates: every opening of the gate. log: the names of all calls.
        before: called with the name of each HAL function before it acts; may raise.
    """

    board: Board = ENGINE
    conductances_ns: NDArray[np.float64] | None = None
    gain: dict[int, Volts] = field(default_factory=dict)
    offset_uv: dict[int, Volts] = field(default_factory=dict)
    amplifier_codes: NDArray[np.int16] | None = None
    gates: list[Gate] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    latched: list[tuple[list[int], list[int]]] = field(default_factory=list)
    oversampling: list[int] = field(default_factory=list)
    before: Callable[[str], None] | None = None
    stuck_gate: bool = False
    bad_after: int = -1
    now_ns: int = 0
    fed: int = 0
    rails_uv: tuple[int, int] = (7_500_000, -7_500_000)

    def __post_init__(self) -> None:
        self.lines = (self.of("ROWS"), self.of("COLS"))
        self.loaded = [np.full(n, self.of("LINE_ZERO_CODE"), np.int64) for n in self.lines]
        self.codes = [codes.copy() for codes in self.loaded]
        for side, n in enumerate(self.lines):
            self.gain.setdefault(side, np.zeros(n))
            self.offset_uv.setdefault(side, np.zeros(n))
        self.row_on = np.zeros(self.lines[ROWS], bool)
        self.ranges = np.zeros(self.lines[COLS], np.int64)
        self.armed = False
        self.open: Gate | None = None
        self.span = -1

    def of(self, name: str) -> int:
        """A field of the board."""
        return self.board[getattr(lib, f"OHM_BOARD_{name}")]

    def line_uv(self, side: int) -> Volts:
        """What the drivers of a side really give."""
        nominal = (self.codes[side] - self.of("LINE_ZERO_CODE")) * (self.of("LINE_SPAN_UV") / 65536)
        return nominal * (1 + self.gain[side]) + self.offset_uv[side]

    def pairs_uv(self, columns: bool) -> Volts:
        """Row minus column of every pair while the gate is open."""
        rows = np.where(self.row_on, self.line_uv(ROWS), 0.0)
        cols = self.line_uv(COLS) if columns else np.zeros(self.lines[COLS])
        return rows[:, None] - cols[None, :]

    @property
    def pulses(self) -> list[Gate]:
        """The gates that released the columns."""
        return [gate for gate in self.gates if gate.columns]

    @property
    def safe(self) -> bool:
        """Gate closed, not energised, converters at zero, no row on."""
        zeros = all((codes == self.of("LINE_ZERO_CODE")).all() for codes in self.codes)
        return self.open is None and not self.armed and zeros and not self.row_on.any()

    def trip(self) -> None:
        """The hardware trips."""
        self.armed = False
        self._close(self.now_ns)

    def pass_ns(self, ns: int) -> None:
        """Let time pass; the gate closes at its own time."""
        self.now_ns += ns
        if self.open and not self.stuck_gate and self.now_ns >= self.open.opened_ns + self.open.width_ns:
            self._close(self.open.opened_ns + self.open.width_ns)

    def _close(self, at_ns: int) -> None:
        if self.open:
            self.open.closed_ns = at_ns
            self.open = None

    def _called(self, name: str) -> None:
        self.log.append(name)
        if self.before:
            self.before(name)

    # --- the HAL ---

    def dac_load(self, side: int, codes: NDArray[np.uint16]) -> None:
        self._called("dac_load")
        self.loaded[side][: len(codes)] = codes
        self.pass_ns(1100 * len(codes))

    def dac_update(self) -> None:
        self._called("dac_update")
        assert self.open is None, "converters moved behind an open gate"
        self.codes = [codes.copy() for codes in self.loaded]
        self.pass_ns(200)

    def latch(self, row_on: NDArray[np.uint8], col_range: NDArray[np.uint8]) -> None:
        self._called("latch")
        assert self.open is None, "switches moved behind an open gate"
        self.row_on, self.ranges = row_on.astype(bool), col_range.astype(np.int64)
        self.latched.append((row_on.tolist(), col_range.tolist()))
        self.pass_ns(2400)

    def adc_span(self, span: int) -> None:
        self._called("adc_span")
        self.span = span
        self.pass_ns(8000)

    def adc_sample(self, log2_osr: int, codes: NDArray[np.int16]) -> int:
        self._called("adc_sample")
        assert self.span == 0, "a conversion with the span of pulses"
        self.oversampling.append(log2_osr)
        pairs = self.pairs_uv(False) if self.open and self.armed else np.zeros(self.lines)
        conductances = np.zeros(self.lines) if self.conductances_ns is None else self.conductances_ns
        amps = (pairs * conductances).sum(0) * 1e-15
        rf_ohm = np.array([self.of(f"RF_{name}_MOHM") for name in "LMH"])[self.ranges] * 1e-3
        raw = -amps * rf_ohm / (self.of("ADC_SPAN_READ_UV") * 1e-6) * 32768
        raw += 0 if self.amplifier_codes is None else self.amplifier_codes
        codes[:] = np.clip(np.round(raw), -32768, 32767)
        self.pass_ns((1000 << log2_osr) + 7000)
        self.bad_after -= 1
        return -1 if self.bad_after == 0 else 0

    def energise(self, on: int) -> None:
        self._called("energise")
        self.armed = bool(on)
        if not on:
            self._close(self.now_ns)

    def energised(self) -> int:
        self._called("energised")
        return int(self.armed)

    def gate_open(self, columns: int, width_ns: int) -> None:
        self._called("gate_open")
        assert self.open is None, "the gate was open"
        if not self.armed:
            return  # the flip-flop gates the gate
        self.open = Gate(bool(columns), width_ns, self.pairs_uv(bool(columns)), self.now_ns)
        self.gates.append(self.open)

    def gate_wait(self, max_ns: int) -> int:
        self._called("gate_wait")
        if self.open:
            left = self.open.opened_ns + self.open.width_ns - self.now_ns
            self.pass_ns(max_ns if self.stuck_gate else min(max_ns, left))
        return int(self.open is not None)

    def gate_close(self) -> None:
        self._called("gate_close")
        self._close(self.now_ns)

    def rails(self, uv: NDArray[np.int32]) -> None:
        self._called("rails")
        uv[:] = self.rails_uv

    def delay_ns(self, ns: int) -> None:
        self._called("delay_ns")
        self.pass_ns(ns)

    def clock_ns(self) -> int:
        self._called("clock_ns")
        return self.now_ns

    def watchdog(self) -> None:
        self._called("watchdog")
        self.fed += 1
