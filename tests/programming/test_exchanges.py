import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ohmloop.crossbar import Capabilities, Geometry, Limits, LineAccuracy, PulseList
from ohmloop.programming.exchanges import OVERHEAD_S, exchanges


def capabilities(max_pulses: int, exchange_max_s: float) -> Capabilities:
    return Capabilities(
        board="any",
        serial="1",
        firmware="0",
        protocol=1,
        geometry=Geometry(32, 32),
        max_pulses=max_pulses,
        max_readings=2048,
        max_vectors=64,
        full_scale_a={},
        limits=Limits(0.3, 6.0, 6.0, 1.0),
        v_read_unarmed=0.05,
        pulse_min_s=5e-7,
        exchange_max_s=exchange_max_s,
        accuracy=LineAccuracy(0.0, 0.0),
        calibration="none",
        features=frozenset(),
    )


def pulses(widths_s: list[float]) -> PulseList:
    count = len(widths_s)
    lines = np.arange(count, dtype=np.int32)
    return PulseList(lines, lines, np.ones(count), np.array(widths_s))


@given(st.lists(st.floats(1e-6, 2.0), min_size=1, max_size=60), st.integers(1, 40), st.floats(1e-3, 1.0))
def test_every_pulse_once_and_no_exchange_too_large(widths_s: list[float], most: int, longest_s: float) -> None:
    parts = list(exchanges(pulses(widths_s), capabilities(most, longest_s)))
    assert np.concatenate([part.rows for part in parts]).tolist() == list(range(len(widths_s)))
    for part in parts:
        assert 1 <= len(part) <= most
        assert len(part) == 1 or part.widths_s.sum() <= longest_s


def test_as_few_as_possible() -> None:
    short = pulses([10e-6] * 600)
    assert [len(part) for part in exchanges(short, capabilities(256, 1.0))] == [256, 256, 88]
    long = pulses([0.3] * 7)
    assert [len(part) for part in exchanges(long, capabilities(256, 1.0))] == [3, 3, 1]


def test_a_single_pulse_may_outlast_an_exchange() -> None:
    assert [len(part) for part in exchanges(pulses([2.0, OVERHEAD_S]), capabilities(256, 1.0))] == [1, 1]
