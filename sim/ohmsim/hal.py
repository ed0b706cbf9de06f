"""The HAL whose pins are the simulated front end: converters, pattern latch, arm flip-flop, gate and time.

Every function of `ohm_hal` is a method of the same name. A call takes the time that the bus or the converter takes on
the board. What happens by itself (the gate closes, the watchdog fires, a planned reset or trip comes) happens at its
own instant while time advances, also in the middle of a conversion or a wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from ohmsim.cells import CellArray, Opening
from ohmsim.channels import Channels, Ranges
from ohmsim.clock import NEVER, Clock
from ohmsim.errors import ParameterError
from ohmsim.frontend import FrontEnd

ROWS, COLS = 0, 1
BAD_CONVERTER = -1

Pattern = tuple[NDArray[np.intp], NDArray[np.float64], Ranges]
"""What a latched pattern means: rows that are on, 1 for them and 0 for the others, ranges of the columns."""
PATTERNS_KEPT = 4096


class Reset(StrEnum):
    """Why a board restarts."""

    POWER = "power"
    WATCHDOG = "watchdog"
    PROCESSOR = "reset"


class BadReply(StrEnum):
    """How a reply of the current converter is bad. Only a board with real pins shows the difference."""

    CHECK_SUM = "check sum"
    BUSY = "busy"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class ProcessorShare:
    """What the processor takes around each call, ns, besides what converters, switches and bus take.

    Codes are made and sent while lines settle, unless they are the first: they count when the lines move to them.
    """

    dac_update: int = 0
    latch: int = 0
    adc_sample: int = 0
    gate_open: int = 0


class Hal:
    """The hardware of one board. It survives resets of the processor that runs on it.

    Attributes:
        failed: why the processor is in reset, or None while it runs. In reset every line is at 0 V and every call is
            without effect, so that what the old application still does cannot reach the array.
        bad_conversions: so many of the next converter replies are bad. bad_reply: in which way; it makes no difference.
        rails_v: positive and negative supply, as their monitors see them, V.
        gates: programming gates opened since the emulator began.
        last_gate_ns: how long the last gate was open.
        faults: none: only chip models see signals.
        processor: its share of each call; none unless the board models it.
    """

    def __init__(self, cells: CellArray, front: FrontEnd, clock: Clock) -> None:
        self.cells = cells
        self.front = front
        self.time = clock
        self.failed: Reset | None = None
        self.bad_conversions = 0
        self.bad_reply = BadReply.CHECK_SUM
        self.rails_v = list(front.board.rails_v)
        self.gates = 0
        self.last_gate_ns = 0
        self.faults: list[str] = []
        self.processor = ProcessorShare()
        self._codes = [np.full(n, float(front.board.zero_code)) for n in (cells.rows, cells.cols)]
        self._line_v = [front.line_volts(side, codes) for side, codes in enumerate(self._codes)]
        self._rows_on: NDArray[np.intp] = np.empty(0, np.intp)
        self._row_mask = np.zeros(cells.rows)
        self._channels = Channels(cells, front)
        self._patterns: dict[bytes, Pattern] = {}
        self._latched = b""
        self._span = 0
        self._armed = False
        self._opening: Opening | None = None
        self._since_ns = self._opened_ns = self._closed_ns = 0
        self._hung = False
        self._programming = False
        self._gate_ns = NEVER
        self._fed_ns = NEVER
        self._reset_ns = NEVER
        self._trip_ns = NEVER
        self._reset_at_gate = 0
        self._trip_at_gate = 0
        self._hang_at_gate = 0
        self._boot_ns = 0
        self._next_ns = NEVER
        groups = -(-max(cells.rows, cells.cols) // front.board.group)
        self._latch_ns = groups * front.board.latch_ns
        self._frame_ns = -(-cells.cols // front.board.group) * front.board.adc_frame_ns

    @property
    def driven(self) -> bool:
        """Whether a gate is open now."""
        return self._opening is not None

    # --- what the world does to the board ---

    def boot(self) -> None:
        """The processor starts: converters at zero, watchdog running."""
        self.failed = None
        self._boot_ns = self.time.now_ns
        self._fed_ns = self.time.now_ns + self.front.board.watchdog_ns
        self._reset_ns = NEVER
        self._plan()

    def reset(self, reason: Reset) -> None:
        """The processor's pads float: gate and flip-flop clear now, whatever was running."""
        self._lines_off()
        for codes in self._codes:
            codes[:] = self.front.board.zero_code
        self._line_v = [self.front.line_volts(side, codes) for side, codes in enumerate(self._codes)]
        self._rows_on, self._row_mask = np.empty(0, np.intp), np.zeros(self.cells.rows)
        self._latched = b""
        self._fed_ns = self._reset_ns = NEVER
        self._reset_at_gate = 0
        self._plan()
        self.failed = reason

    def reset_after(self, ns: int) -> None:
        """Reset the processor in so many nanoseconds of its own time."""
        self._reset_ns = self.time.now_ns + ns
        self._plan()

    def reset_at_gate(self, gates: int) -> None:
        """Reset the processor in the middle of the n-th programming gate from now."""
        self._reset_at_gate = gates

    def trip(self) -> None:
        """The comparators trip: lines are off and the flip-flop is clear."""
        self._lines_off()
        self._trip_ns = NEVER
        self._plan()

    def trip_at_gate(self, gates: int) -> None:
        """Trip in the middle of the n-th programming gate from now."""
        self._trip_at_gate = gates

    def hang(self) -> None:
        """The application stops running: time passes until the watchdog resets the processor."""
        self.advance(self._fed_ns - self.time.now_ns)

    def hang_at_gate(self, gates: int) -> None:
        """Hang in the middle of the n-th programming gate from now."""
        self._hang_at_gate = gates

    def silence_line_converters(self, sides: int) -> None:
        """Only a board with real pins reads its line converters back. Raises ParameterError unless it repairs."""
        if sides:
            raise ParameterError("line_converters", sides, "left out: only the emulated RP2040 reads them back")

    def advance(self, ns: int) -> None:
        """Let time pass, and what is due happen."""
        until = self.time.now_ns + ns
        while self._next_ns <= until:
            self.time.now_ns = max(self.time.now_ns, self._next_ns)
            self._happen()
        self.time.now_ns = until

    def _happen(self) -> None:
        now = self.time.now_ns
        if self._trip_ns <= now:
            self.trip()
        elif self._gate_ns <= now:
            self._close()
        elif self._reset_ns <= now:
            self.reset(Reset.PROCESSOR)
        else:
            self.reset(Reset.WATCHDOG)

    def _plan(self) -> None:
        self._next_ns = min(self._gate_ns, self._fed_ns, self._reset_ns, self._trip_ns)

    def _lines_off(self) -> None:
        self._close()
        self._armed = False

    # --- ohm_hal: converters and latch ---

    def dac_load(self, side: int, codes: NDArray[np.uint16]) -> None:
        """Load the first codes of a side; they reach their lines at `dac_update`. One that is held takes no word."""
        held = self._codes[side][: len(codes)]
        words = int(np.count_nonzero(held != codes))
        if self.failed is None:
            held[:] = codes
        self.advance(words * self.front.board.dac_word_ns)

    def dac_update(self) -> None:
        """All loaded codes reach their lines together."""
        if self.failed is None:
            self._line_v = [self.front.line_volts(side, codes) for side, codes in enumerate(self._codes)]
            self._go_on()
        self.advance(self.front.board.dac_update_ns + self.processor.dac_update)

    def latch(self, row_on: NDArray[np.uint8], col_range: NDArray[np.uint8]) -> None:
        """Rows to be joined to their drivers while the gate is open, and ranges of columns. The same again is free."""
        key = row_on.tobytes() + col_range.tobytes()
        self.advance((0 if key == self._latched else self._latch_ns) + self.processor.latch)
        if self.failed is None:
            self._latched = key
            pattern = self._patterns.get(key)
            if pattern is None:
                if len(self._patterns) == PATTERNS_KEPT:
                    self._patterns.clear()
                rows_on = np.flatnonzero(row_on)
                mask = (row_on != 0).astype(np.float64)
                pattern = self._patterns[key] = rows_on, mask, self._channels.ranges(col_range)
            self._rows_on, self._row_mask, ranges = pattern
            self._channels.select(ranges, self.time.now_ns, closed=self._opening is None)
            self._go_on()

    def adc_span(self, span: int) -> None:
        """Input span of the current converter: 0 reading, 1 programming."""
        self._span = 1 if span else 0

    def adc_sample(self, log2_osr: int, codes: NDArray[np.int16]) -> int:
        """Convert all columns into `codes`; returns 0, or negative if the converter's reply is bad."""
        if self.failed is not None:
            return BAD_CONVERTER
        duration = self.front.board.conversion_ns[log2_osr]
        start, samples = self.time.now_ns, 1 << log2_osr
        opening = self._opening
        outputs = self._channels.sample(opening, samples, start, duration)
        self.advance(duration)
        if opening is not None and self._opening is not opening:
            # The gate closed in the middle of the conversion: the rest of it saw rows at ground.
            resting = self._channels.resting_v()
            outputs = resting + (outputs - resting) * (max(0, self._closed_ns - start) / duration)
        codes[: self.cells.cols] = self.front.convert(outputs, self._span, samples)
        self.advance(self._frame_ns + self.processor.adc_sample)
        if self.bad_conversions > 0:
            self.bad_conversions -= 1
            return BAD_CONVERTER
        return 0

    # --- ohm_hal: arm flip-flop and gate ---

    def energise(self, on: int) -> None:
        """Set or clear the arm flip-flop; clearing it puts every line to 0 V."""
        if self.failed is None:
            if not on:
                self._close()
            self._armed = bool(on)

    def energised(self) -> int:
        """Whether lines may leave 0 V."""
        return int(self._armed)

    def gate_open(self, columns: int, width_ns: int) -> None:
        """Join the latched rows to their drivers and, with `columns`, release the column references."""
        self.advance(self.processor.gate_open)
        if self.failed is not None or not self._armed:
            return
        self._close()
        self._programming = bool(columns)
        self._opened_ns = now = self.time.now_ns
        self._gate_ns = now + width_ns
        self._start(begins=True)
        if self._programming:
            self.gates += 1
            self._count_down(now + width_ns // 2)
        self._plan()

    def gate_wait(self, max_ns: int) -> int:
        """Wait at most so long for the gate to close; 1 while it is still open."""
        if self._hung:
            self._hung = False
            self.hang()
        elif self._opening is not None:
            self.advance(min(max_ns, self._gate_ns - self.time.now_ns))
        return int(self._opening is not None)

    def gate_close(self) -> None:
        """Close the gate now."""
        self._close()

    # --- ohm_hal: time ---

    def rails(self, uv: NDArray[np.int32]) -> None:
        """What the monitors see."""
        uv[:] = np.rint(np.array(self.rails_v) * 1e6)

    def delay_ns(self, ns: int) -> None:
        """Wait."""
        self.advance(ns)

    def clock_ns(self) -> int:
        """Nanoseconds since the processor started."""
        return self.time.now_ns - self._boot_ns

    def watchdog(self) -> None:
        """Feed the watchdog."""
        if self.failed is None:
            self._fed_ns = self.time.now_ns + self.front.board.watchdog_ns
            self._plan()
        self.cells.settle()

    # --- the gate ---

    def _start(self, *, begins: bool) -> None:
        """Lines take the voltages that converters and latch ask for."""
        row_v = self._line_v[ROWS] * self._row_mask
        col_v = self._line_v[COLS] if self._programming else None
        now = self._since_ns = self.time.now_ns
        self._opening = self._channels.open(self._rows_on, row_v, col_v, now, begins=begins)
        if self._channels.trips:
            self._trip_ns = min(self._trip_ns, now + self.front.board.trip_delay_ns)

    def _go_on(self) -> None:
        """The voltages of an open gate change: what was there so far has acted."""
        if self._opening is not None:
            self.cells.hold(self._opening, (self.time.now_ns - self._since_ns) * 1e-9)
            self._start(begins=False)
            self._plan()

    def _close(self) -> None:
        opening, self._opening = self._opening, None
        if opening is None:
            return
        self._closed_ns = self.time.now_ns
        self._channels.close(self._closed_ns)
        self.last_gate_ns = self._closed_ns - self._opened_ns
        self._gate_ns = NEVER
        self._plan()
        self.cells.hold(opening, (self._closed_ns - self._since_ns) * 1e-9)

    def _count_down(self, middle_ns: int) -> None:
        if self._reset_at_gate > 0:
            self._reset_at_gate -= 1
            if self._reset_at_gate == 0:
                self._reset_ns = middle_ns
        if self._trip_at_gate > 0:
            self._trip_at_gate -= 1
            if self._trip_at_gate == 0:
                self._trip_ns = middle_ns
        if self._hang_at_gate > 0:
            self._hang_at_gate -= 1
            self._hung = self._hang_at_gate == 0
