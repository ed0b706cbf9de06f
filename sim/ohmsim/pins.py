"""Hardware that is emulated pin by pin elsewhere: here are only the cells behind its lines, and its orders.

The chip emulator keeps the time and the logic of arm flip-flop and gates; it says what stands at the lines and asks for
conversions. The analogue front end, the cells and their noise are those of the fast emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ohmsim.cells import CellArray, Opening
from ohmsim.channels import Channels
from ohmsim.clock import Clock
from ohmsim.frontend import FrontEnd
from ohmsim.hal import COLS, ROWS, BadReply, Reset

INTO_A_GATE_NS = 2_000
"""A planned reset or trip comes so long after its gate has opened."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What the pattern latches hold, by bit: rows that are on, and the range of each column."""

    rows_on: NDArray[np.intp]
    row_mask: NDArray[np.float64]
    ranges: NDArray[np.intp]

    @classmethod
    def of(cls, word: int, rows: int, cols: int, ranges: list[tuple[int, int]]) -> Pattern:
        """From the chain's 32 bits: ROW, RNG_M, RNG_H from the lowest byte; `ranges` gives (M, H) of each range."""
        mask = np.array([word >> row & 1 for row in range(rows)], np.float64)
        bits = [(word >> (8 + col) & 1, word >> (16 + col) & 1) for col in range(cols)]
        # Both switches closed is no range of ours: the lower resistance rules.
        by_column = [ranges.index((m if not h else 0, h)) for m, h in bits]
        return cls(np.flatnonzero(mask), mask, np.array(by_column, np.intp))


@dataclass
class PinHal:
    """The hardware of one board as the rest of the emulator knows it; see `ohmsim.hal.Hal` for the shared names.

    Attributes:
        orders: what the chip emulator must do, by name; it takes them with the next reply.
        gates: programming gates opened since the emulator began.
        last_gate_ns: how long the last gate was open.
        faults: what the chip models found wrong with the signals they were given.
    """

    cells: CellArray
    front: FrontEnd
    time: Clock
    failed: Reset | None = None
    bad_conversions: int = 0
    bad_reply: BadReply = BadReply.CHECK_SUM
    gates: int = 0
    last_gate_ns: int = 0
    orders: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._silent = 0
        self._rails_v = list(self.front.board.rails_v)
        self._opening: Opening | None = None
        self._since_ns = 0
        self._channels = Channels(self.cells, self.front)
        self._opened_ns = 0
        self._boot_ns = 0
        self._reset_at_gate = 0
        self._trip_at_gate = 0
        self._hang_at_gate = 0

    @property
    def driven(self) -> bool:
        """Whether the pins hold a gate open now."""
        return self._opening is not None

    @property
    def rails_v(self) -> list[float]:
        """Positive and negative supply, as their monitors see them, V."""
        return self._rails_v

    @rails_v.setter
    def rails_v(self, volts: list[float]) -> None:
        self._rails_v = volts
        self._order_rails()

    # --- what the world does to the board ---

    def boot(self) -> None:
        """The processor starts."""
        self.failed = None
        self._boot_ns = self.time.now_ns
        self.orders.clear()
        self._order_rails()
        self.silence_line_converters(self._silent)

    def reset(self, reason: Reset) -> None:
        """The processor's pads float: lines are off."""
        self._close()
        self._reset_at_gate = 0
        self.failed = reason

    def reset_after(self, ns: int) -> None:
        """Reset the processor in so many nanoseconds of its own time."""
        self.orders["reset_after_ns"] = ns

    def reset_at_gate(self, gates: int) -> None:
        """Reset the processor in the middle of the n-th programming gate from now."""
        self._reset_at_gate = gates

    def trip(self) -> None:
        """The comparators trip."""
        self.orders["trip_after_ns"] = 0

    def trip_at_gate(self, gates: int) -> None:
        """Trip in the middle of the n-th programming gate from now."""
        self._trip_at_gate = gates

    def hang(self) -> None:
        """The processor executes nothing more; time and watchdog go on."""
        self.orders["hang"] = 1

    def hang_at_gate(self, gates: int) -> None:
        """Hang in the middle of the n-th programming gate from now."""
        self._hang_at_gate = gates

    def cut_flash_after(self, size: int | None) -> None:
        """The supply is lost once so many more bytes of flash have been programmed; None: it is not."""
        self.orders["cut_after"] = -1 if size is None else size

    def silence_line_converters(self, sides: int) -> None:
        """Break the read-back of the row (1) and column (2) converter, or repair it."""
        self._silent = sides
        self.orders["silent_dacs"] = sides

    def advance(self, ns: int) -> None:
        """Nothing: the chip emulator keeps the time, of the wire too."""

    def clock_ns(self) -> int:
        """Nanoseconds since the processor started."""
        return self.time.now_ns - self._boot_ns

    # --- what the chip emulator says and asks ---

    def now(self, ns: int) -> None:
        """Its time, since the emulator began."""
        self.time.now_ns = ns

    def lines(self, pattern: Pattern, rows: bool, cols: bool, codes: tuple[list[int], list[int]]) -> bool:
        """Lines change. `rows`, `cols`: gates are open. Returns whether the comparators will trip."""
        begins = self._opening is None
        self._hold()
        if begins:
            self._opened_ns = self.time.now_ns
        self._channels.select(self._channels.ranges(pattern.ranges), self.time.now_ns, closed=not rows and not cols)
        if not rows and not cols:
            self._close()
            return False
        row_v, line_v = (self.front.line_volts(side, np.array(codes[side])) for side in (ROWS, COLS))
        row_v *= pattern.row_mask if rows else 0
        rows_on = pattern.rows_on if rows else np.empty(0, np.intp)
        col_v = line_v if cols else None
        now = self._since_ns = self.time.now_ns
        self._opening = self._channels.open(rows_on, row_v, col_v, now, begins=begins)
        if begins and cols:
            self._count_down()
        return self._channels.trips

    def convert(self, span: int, log2_osr: int, duration_ns: int) -> tuple[BadReply | None, list[int]]:
        """One conversion: how its reply is to be bad, and the codes."""
        samples = 1 << log2_osr
        outputs = self._channels.sample(self._opening, samples, self.time.now_ns, duration_ns)
        bad = self.bad_reply if self.bad_conversions > 0 else None
        self.bad_conversions -= bad is not None
        return bad, self.front.convert(outputs, span, samples).tolist()

    def _order_rails(self) -> None:
        for name, volts in zip(("rail_vp_uv", "rail_vn_uv"), self._rails_v, strict=True):
            self.orders[name] = round(volts * 1e6)

    def _hold(self) -> None:
        if self._opening is not None:
            self.cells.hold(self._opening, (self.time.now_ns - self._since_ns) * 1e-9)
            self._since_ns = self.time.now_ns

    def _close(self) -> None:
        if self._opening is not None:
            self._hold()
            self._opening = None
            self._channels.close(self.time.now_ns)
            self.last_gate_ns = self.time.now_ns - self._opened_ns

    def _count_down(self) -> None:
        self.gates += 1
        if self._reset_at_gate > 0:
            self._reset_at_gate -= 1
            if self._reset_at_gate == 0:
                self.orders["reset_after_ns"] = INTO_A_GATE_NS
        if self._trip_at_gate > 0:
            self._trip_at_gate -= 1
            if self._trip_at_gate == 0:
                self.orders["trip_after_ns"] = INTO_A_GATE_NS
        if self._hang_at_gate > 0:
            self._hang_at_gate -= 1
            if self._hang_at_gate == 0:
                self.orders["hang"] = 1
