"""The C engine, bound for the PC.

Integers and buffers only, as on the board: voltages in µV, widths in ns, currents in units of 10 pA. The statuses and
the order of every table are those of ``ohm_engine.h``; the binding adds nothing to them but the safety of Python's
memory. Each instance holds its own C state: several engines may run in one process, each used by one thread at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

from ohmsim.binding import ffi, lib
from ohmsim.engine_calls import EngineCalls
from ohmsim.hal_bridge import EngineHal, HalBridge

__all__ = ["BenchEngine", "Engine", "EngineHal"]


class Engine(EngineCalls):
    """The engine on a HAL written in Python.

    An exception raised by the HAL ends the call into the engine and is raised from it; the request is over then, and
    the lines are the HAL's own business (the engine could not reach them any more).
    """

    def __init__(self, hal: EngineHal) -> None:
        super().__init__()
        self._bridge = HalBridge(hal)

    def init(self, board: Sequence[int]) -> int:
        """Bring the engine up, lines in their safe state; `board` in the order of enum ohm_board."""
        status = lib.ohm_init(self._engine, self._bridge.table, ffi.new("int32_t[]", board), len(board))
        return self._initialised(status, board)

    def _status(self, status: int) -> int:
        self._bridge.check()
        return status


class BenchEngine(EngineCalls):
    """The engine on the bench of resistors in C (``ohm_bench.h``), for tests.

    `conductances_ns` are the resistors in nS, row by row.
    """

    def __init__(self, conductances_ns: Sequence[int]) -> None:
        super().__init__()
        self._conductances = ffi.new("int32_t[]", conductances_ns)
        self._bench_memory = ffi.new("uint64_t[]", lib.ohm_bench_size() // 8 + 1)
        self._bench = ffi.cast("ohm_bench *", self._bench_memory)

    def init(self, board: Sequence[int]) -> int:
        """Bring bench and engine up; `board` in the order of enum ohm_board, as many cells as there are resistors."""
        if board[lib.OHM_BOARD_ROWS] * board[lib.OHM_BOARD_COLS] != len(self._conductances):
            raise ValueError(f"{len(self._conductances)} resistors do not fill the board's array")
        words = ffi.new("int32_t[]", board)
        return self._initialised(
            lib.ohm_bench_init(self._bench, self._engine, words, len(board), self._conductances), board
        )

    def record(self) -> list[int]:
        """What the bench saw, in the order of enum ohm_bench_record."""
        words = ffi.new("int32_t[]", lib.OHM_BENCH_COUNT)
        lib.ohm_bench_record(self._bench, words, len(words))
        return list(words)

    def reset_record(self) -> None:
        """Forget the extremes and the gates."""
        lib.ohm_bench_reset_record(self._bench)

    def trip_at(self, gates: int) -> int:
        """Trip at that pulse from now; 0 for never."""
        return int(lib.ohm_bench_trip_at(self._bench, gates))

    def break_adc(self, broken: bool) -> None:
        """Make the converter's replies bad, or good again."""
        lib.ohm_bench_break_adc(self._bench, broken)

    def advance_us(self, us: int) -> None:
        """Let idle time pass."""
        lib.ohm_bench_advance_us(self._bench, us)
