"""Law 3, straight into the engine: random boards, devices, corrections and hostile requests on the worst of drivers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from ohmsim._engine import lib
from tests.engine.calls import BUSY, OK, cell, words
from tests.engine.recorder import COLS, ROWS, Recorder, board

from ohmsim.engine import Engine

INT32 = st.integers(-(2**31), 2**31 - 1)
LINE = st.integers(0, 3)
FRACTION = st.one_of(st.floats(-0.9, 0.9), st.floats(-1.02, 1.02), st.sampled_from([1.0, -1.0, 0.95, -0.95]))
Word = tuple[int, int] | None
HOSTILE = st.one_of(st.none(), st.tuples(st.integers(0, 14), INT32))
"""Which word of a request becomes what, if any."""
STEPS = st.sampled_from([1000, 1000, 1000, 3, 1])


def around(*values: int) -> st.SearchStrategy[int]:
    """Close to one of the values, at a fraction of it, or anything at all."""
    near = st.sampled_from(values).flatmap(lambda v: st.integers(v - 3, v + 3))
    part = st.builds(lambda v, f: int(v * f), st.sampled_from(values), st.floats(-1.05, 1.05))
    return st.one_of(near, part, part, INT32).map(lambda v: max(-(2**31), min(2**31 - 1, v)))


boards = st.builds(
    board,
    ROWS=st.integers(1, 4),
    COLS=st.integers(1, 4),
    LINE_SPAN_UV=st.sampled_from([10_000_000, 5_000_000, 20_000_000]),
    LINE_ZERO_CODE=st.sampled_from([32768, 30000, 40000]),
    LINE_MIN_UV=st.sampled_from([-5_000_000, -2_000_000]),
    LINE_MAX_UV=st.sampled_from([4_999_850, 2_000_000]),
    LINE_TOL_OFFSET_UV=st.sampled_from([0, 5_000, 40_000]),
    LINE_TOL_GAIN_PPM=st.sampled_from([0, 2_500, 50_000]),
    V_CELL_UV=st.sampled_from([6_000_000, 1_500_000]),
    V_READ_UV=st.sampled_from([300_000, 100_000]),
    V_READ_UNARMED_UV=st.sampled_from([50_000, 100_000]),
    RANGE_MAX=st.integers(0, 2),
    PULSES_MAX=st.sampled_from([1_000_000, 2]),
)


def spoil(values: list[int], hostile: Word) -> None:
    if hostile is not None:
        values[hostile[0] % len(values)] = hostile[1]


class HostileClient(RuleBasedStateMachine):
    """Everything that a client of the engine can do, in any order; the recorder stands where the array is."""

    @initialize(description=boards, seed=st.integers(0, 2**32 - 1))
    def begin(self, description: tuple[int, ...], seed: int) -> None:
        self.hal = Recorder(description)
        self.engine = Engine(self.hal)
        assert self.engine.init(description) == OK
        self.rows, self.cols = self.hal.lines
        self.unlucky(seed)
        self.device: tuple[int, ...] | None = None
        self.running: list[int] = []
        self.counts: dict[int, int] = {}
        self.busy = False
        self.seen = 0
        self.arm_sensibly(seed % 4_000_000 + 50_000, 1_000_000)

    def unlucky(self, seed: int) -> None:
        """Each driver at one end of its tolerance, or anywhere within."""
        rng = np.random.default_rng(seed)
        tolerance = {"gain": self.hal.of("LINE_TOL_GAIN_PPM") * 1e-6, "offset_uv": self.hal.of("LINE_TOL_OFFSET_UV")}
        for name, most in tolerance.items():
            for side, n in ((ROWS, self.rows), (COLS, self.cols)):
                ends = rng.choice([-1.0, 1.0], n) if rng.random() < 0.8 else rng.uniform(-1, 1, n)
                getattr(self.hal, name)[side] = most * ends

    @rule(
        limits=st.tuples(
            around(300_000, 60_000, 0),
            around(3_000_000, 500_000, 100_000, 0),
            around(3_000_000, 500_000, 100_000, 0),
            around(1_000_000, 10_000),
            st.one_of(st.integers(0, 2), INT32),
            st.one_of(st.integers(0, 5), INT32),
        )
    )
    def arm(self, limits: tuple[int, ...]) -> None:
        self.expect(self.engine.arm(limits), limits)

    @rule(volts=st.integers(50_000, 4_000_000), ns=st.integers(1_000, 1_000_000))
    def arm_sensibly(self, volts: int, ns: int) -> None:
        limits = (200_000, volts, volts, ns, 2, 1000)
        self.expect(self.engine.arm(limits), limits)

    def expect(self, status: int, limits: tuple[int, ...]) -> None:
        if status == OK:
            self.device = limits
            self.counts = {}

    @rule()
    def disarm(self) -> None:
        if self.engine.disarm() == OK:
            self.device = None

    @rule(
        v_read=around(40_000, 150_000, 300_000),
        averages=st.sampled_from([1, 2, 16, 512]),
        read_range=st.integers(0, 3),
        bias=st.integers(0, 2),
        pulse_range=st.integers(0, 2),
    )
    def setup(self, v_read: int, averages: int, read_range: int, bias: int, pulse_range: int) -> None:
        self.engine.setup((v_read, averages, read_range, bias, pulse_range))

    @rule(values=st.tuples(INT32, INT32, INT32, INT32, INT32))
    def setup_nonsense(self, values: tuple[int, ...]) -> None:
        self.engine.setup(values)

    @rule(table=st.integers(-1, 4), values=st.lists(around(5_000, 2_500, 40_000), min_size=1, max_size=4))
    def calibrate(self, table: int, values: list[int]) -> None:
        self.engine.calibrate(table, words(values))

    @rule(
        pulses=st.lists(st.tuples(LINE, LINE, FRACTION, st.integers(500, 20_000)), min_size=1, max_size=5),
        readback=st.integers(0, 2),
        hostile=HOSTILE,
        claimed=st.one_of(st.none(), st.none(), st.sampled_from([0, -1, -(2**31)])),
        steps=STEPS,
    )
    def start_pulses(
        self, pulses: list[tuple[int, int, float, int]], readback: int, hostile: Word, claimed: int | None, steps: int
    ) -> None:
        """A list that may well be allowed, but for one word of it."""
        volts = 1_000_000 if self.device is None else min(self.device[1], self.device[2], 6_000_000)
        values = [
            word
            for row, col, fraction, ns in pulses
            for word in (cell(row % self.rows, col % self.cols), int(volts * fraction), ns)
        ]
        spoil(values, hostile)
        count = len(pulses) if claimed is None else claimed
        out = bytearray(4 * len(pulses))
        self.begun(lambda: self.engine.start_pulses(words(values), count, readback, out), steps, values[::3])

    @rule(
        row=LINE,
        col=LINE,
        below=st.one_of(st.integers(0, 400), st.integers(0, 2_000_000)),
        sign=st.sampled_from([1, -1]),
        readback=st.integers(0, 2),
        bias=st.integers(0, 2),
        steps=STEPS,
    )
    def start_close_to_the_limit(
        self, row: int, col: int, below: int, sign: int, readback: int, bias: int, steps: int
    ) -> None:
        """What the tolerance leaves of the limit, and a little less."""
        if self.device is None:
            return
        self.engine.setup((20_000, 1, 3, bias, min(2, self.device[4])))
        limit = min(self.device[1 if sign > 0 else 2], self.hal.of("V_CELL_UV"))
        left = (limit - 2 * self.hal.of("LINE_TOL_OFFSET_UV")) / (1 + self.hal.of("LINE_TOL_GAIN_PPM") * 1e-6)
        values = [cell(row % self.rows, col % self.cols), sign * (int(left) - below), 1_000]
        self.begun(lambda: self.engine.start_pulses(words(values), 1, readback, bytearray(4)), steps, values[:1])

    @rule(cells=st.lists(st.tuples(LINE, LINE), min_size=1, max_size=5), hostile=HOSTILE, steps=STEPS)
    def start_reads(self, cells: list[tuple[int, int]], hostile: Word, steps: int) -> None:
        values = [cell(row % self.rows, col % self.cols) for row, col in cells]
        spoil(values, hostile)
        out = bytearray(4 * len(values))
        self.begun(lambda: self.engine.start_reads(words(values), len(values), out), steps)

    @rule(first=LINE, count=st.integers(-1, 5), steps=STEPS)
    def start_rows(self, first: int, count: int, steps: int) -> None:
        self.begun(lambda: self.engine.start_rows(first, count, bytearray(4 * 5 * 4)), steps)

    @rule(
        fractions=st.lists(FRACTION, min_size=12, max_size=12), vectors=st.integers(1, 3), hostile=HOSTILE, steps=STEPS
    )
    def start_multiply(self, fractions: list[float], vectors: int, hostile: Word, steps: int) -> None:
        volts = self.hal.of("V_READ_UNARMED_UV") if self.device is None else min(*self.device[:3], 300_000)
        values = [int(volts * fraction) for fraction in fractions][: vectors * self.rows]
        spoil(values, hostile)
        out = bytearray(4 * vectors * self.cols)
        self.begun(lambda: self.engine.start_multiply(words(values), vectors, out), steps)

    def begun(self, start: Any, steps: int, cells: Sequence[int] = ()) -> None:
        """A refused request has no effect; one that began goes on for some steps."""
        if self.busy and steps == 1000:
            self.step(2**32 - 1, steps)
        gates, busy = len(self.hal.gates), self.busy
        status: int = start()
        assert status == OK or status < 0
        assert len(self.hal.gates) == gates, "output before the first step"
        if busy:
            assert status == lib.OHM_E_BUSY or status == lib.OHM_E_ARGUMENT
        if status == OK:
            assert not cells or self.device is not None, "an unarmed board took a pulse"
            self.busy = True
            self.running = list(cells)
            self.step(100_000, steps)

    @rule(budget=st.sampled_from([0, 1_000, 100_000, 2**32 - 1]), steps=st.integers(1, 30))
    def step(self, budget: int, steps: int) -> None:
        for _ in range(steps):
            status = self.engine.step(budget)
            if status != BUSY:
                ends = (OK, lib.OHM_E_TRIP) if self.busy else (lib.OHM_E_ARGUMENT,)
                assert status in ends, "a limit was found at the gate and not at the start"
                self.ended()
                return

    def ended(self) -> None:
        self.busy = False
        applied = self.engine.applied() if self.running else 0
        for word in self.running[:applied]:
            self.counts[word] = self.counts.get(word, 0) + 1
            assert self.device is not None
            assert self.counts[word] <= min(self.device[5], self.hal.of("PULSES_MAX"))
        self.running = []

    @rule()
    def abort(self) -> None:
        self.engine.abort()
        assert self.hal.safe
        gates = len(self.hal.gates)
        self.engine.step(2**32 - 1)
        assert len(self.hal.gates) == gates
        self.ended()

    @rule()
    def trip(self) -> None:
        self.hal.trip()

    @invariant()
    def no_pair_saw_more_than_its_limits(self) -> None:
        """A micro-volt thousandth of room is for the recorder's own floating-point numbers."""
        for gate in self.hal.gates[self.seen :]:
            most, least = gate.pairs_uv.max() - 1e-3, -gate.pairs_uv.min() - 1e-3
            if gate.columns:
                assert self.device is not None, "a pulse without a device"
                _, v_pos, v_neg, width_max = self.device[:4]
                assert gate.width_ns <= width_max
            else:
                v_read = self.hal.of("V_READ_UNARMED_UV") if self.device is None else self.device[0]
                v_pos = v_neg = min(v_read, self.hal.of("V_READ_UV"))
                if self.device is not None:
                    v_pos, v_neg = min(v_pos, self.device[1]), min(v_neg, self.device[2])
            assert most <= min(v_pos, self.hal.of("V_CELL_UV"))
            assert least <= min(v_neg, self.hal.of("V_CELL_UV"))
        self.seen = len(self.hal.gates)


HostileClient.TestCase.settings = settings(
    max_examples=150, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
test_no_cell_sees_more_than_its_limits = HostileClient.TestCase
