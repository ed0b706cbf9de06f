"""Wire faults: each kind happens at its rate, is seeded, and does what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohmsim.errors import ParameterError
from ohmsim.wire.faults import Direction, Fault, Rates, WireFaults

LINES = 20_000


def fates(rates: Rates, seed: int = 1, name: str = "to_board", lines: int = LINES) -> list[Fault | None]:
    direction = Direction(name, rates, seed)
    return [direction.next() for _ in range(lines)]


@pytest.mark.parametrize("fault", list(Fault))
def test_each_fault_happens_at_its_rate(fault: Fault) -> None:
    direction = Direction("to_board", Rates(**{fault.value: 0.02}), 1)
    found = [direction.next() for _ in range(LINES)]
    assert set(found) == {None, fault}
    sigma = np.sqrt(0.02 * 0.98 / LINES)
    assert abs(found.count(fault) / LINES - 0.02) < 4 * sigma
    assert direction.counts[fault] == found.count(fault)


def test_faults_share_a_line_fairly() -> None:
    rates = Rates(lose=0.1, late=0.2, corrupt=0.3)
    found = fates(rates)
    for fault, rate in ((Fault.LOSE, 0.1), (Fault.LATE, 0.2), (Fault.CORRUPT, 0.3), (None, 0.4)):
        assert found.count(fault) / LINES == pytest.approx(rate, abs=0.015)


def test_faults_are_seeded_and_the_directions_differ() -> None:
    rates = Rates(lose=0.5)
    assert fates(rates, lines=200) == fates(rates, lines=200)
    assert fates(rates, lines=200) != fates(rates, seed=2, lines=200)
    assert fates(rates, lines=200) != fates(rates, name="to_host", lines=200)


def test_faults_that_come_one_after_another_are_independent() -> None:
    lost = np.array([fate is Fault.LOSE for fate in fates(Rates(lose=0.5))], float) - 0.5
    assert abs((lost[1:] * lost[:-1]).mean()) < 4 * 0.25 / np.sqrt(LINES)


@given(st.binary(min_size=1, max_size=80).filter(lambda body: b"\n" not in body), st.integers(0, 1000))
def test_corruption_is_one_bit_and_keeps_the_line_a_line(body: bytes, seed: int) -> None:
    direction = Direction("to_board", Rates(corrupt=1), seed)
    direction.next()
    line = body + b"\n"
    wrong = direction.corrupted(line)
    assert len(wrong) == len(line)
    assert wrong.endswith(b"\n")
    assert b"\n" not in wrong[:-1]
    assert sum((a ^ b).bit_count() for a, b in zip(line, wrong, strict=True)) == 1


@given(st.binary(min_size=1, max_size=80).filter(lambda body: b"\n" not in body), st.integers(0, 1000))
def test_truncation_takes_the_end_away(body: bytes, seed: int) -> None:
    direction = Direction("to_board", Rates(truncate=1), seed)
    direction.next()
    part = direction.cut(body + b"\n")
    assert body.startswith(part)
    assert len(part) < len(body) or not body


def test_corruption_reaches_every_place() -> None:
    direction = Direction("to_board", Rates(corrupt=1), 1)
    line, places = b"abcdefgh\n", set()
    for _ in range(400):
        direction.next()
        places.update(i for i, (a, b) in enumerate(zip(line, direction.corrupted(line), strict=True)) if a != b)
    assert places == set(range(8))


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ({"lose": 1.5}, "lose"),
        ({"lose": -0.1}, "lose"),
        ({"lose": float("nan")}, "lose"),
        ({"lose": "often"}, "lose"),
        ({"lose": True}, "lose"),
        ({"loose": 0.1}, "loose"),
        ({"lose": 0.6, "late": 0.6}, "add up"),
        ({"seed": 1.5}, "seed"),
        ({"to_board": 3}, "to_board"),
        ({"to_host": {"late_s": 1e9}}, "late_s"),
    ],
)
def test_nonsense_is_refused_by_name_and_changes_nothing(fault: dict[str, object], names: str) -> None:
    faults = WireFaults()
    faults.set({"lose": 0.25})
    before = faults.to_board
    with pytest.raises(ParameterError, match=names):
        faults.set(fault)
    assert faults.to_board is before


def test_rates_may_differ_by_direction() -> None:
    faults = WireFaults()
    faults.set({"lose": 0.25, "to_host": {"lose": 0, "late": 0.5}, "seed": 3})
    assert faults.to_board is not None
    assert faults.to_host is not None
    assert (faults.to_board.rates.lose, faults.to_host.rates.lose, faults.to_host.rates.late) == (0.25, 0, 0.5)
