import numpy as np
import pytest

from ohmloop.programming import Acceptance, Verdict

SPAN_S = 90e-6
TARGET_S = np.array([50e-6])


def verdict(acceptance: Acceptance, mean_s: float, readings: int) -> Verdict:
    judged = acceptance.judge(np.array([mean_s]), np.array([readings]), TARGET_S, SPAN_S)
    return Verdict(judged[0])


def test_one_reading_never_accepts() -> None:
    assert verdict(Acceptance(), 50e-6, 1) is Verdict.READ_AGAIN
    assert verdict(Acceptance(), 50e-6, 2) is Verdict.ACCEPTED


def test_far_cells_cost_one_reading() -> None:
    assert verdict(Acceptance(), 60e-6, 1) is Verdict.OUTSIDE


def test_the_guard_band_is_narrower_than_the_tolerance() -> None:
    quiet = Acceptance(tolerance=0.02, guard=0.5, noise=1e-6, slow_noise=0, noise_floor=0)
    assert verdict(quiet, 50e-6 + 0.49 * 0.02 * SPAN_S, 2) is Verdict.ACCEPTED
    assert verdict(quiet, 50e-6 + 0.51 * 0.02 * SPAN_S, 2) is Verdict.OUTSIDE


def test_a_close_call_is_read_until_the_mean_decides() -> None:
    acceptance = Acceptance(guard=0.7, reads_max=8)
    edge_s = 50e-6 + 0.99 * 0.7 * 0.02 * SPAN_S
    assert [verdict(acceptance, edge_s, n) for n in (2, 7, 8)] == [
        Verdict.READ_AGAIN,
        Verdict.READ_AGAIN,
        Verdict.ACCEPTED,
    ]
    over_s = 50e-6 + 1.01 * 0.7 * 0.02 * SPAN_S
    assert verdict(acceptance, over_s, 8) is Verdict.OUTSIDE


@pytest.mark.parametrize("mean_s", [np.nan, np.inf, -np.inf])
def test_what_is_not_a_number_is_outside(mean_s: float) -> None:
    assert verdict(Acceptance(), mean_s, 8) is Verdict.OUTSIDE


def test_an_accepted_cell_may_use_the_whole_tolerance() -> None:
    staying = Acceptance(tolerance=0.02, guard=0.5, noise=1e-6, slow_noise=0, noise_floor=0).for_staying()
    assert verdict(staying, 50e-6 + 0.9 * 0.02 * SPAN_S, 1) is Verdict.ACCEPTED
    assert verdict(staying, 50e-6 + 1.1 * 0.02 * SPAN_S, 1) is Verdict.OUTSIDE


def test_one_reading_decides_a_coarse_pass() -> None:
    coarse = Acceptance().coarser(0.05)
    assert verdict(coarse, 50e-6 + 0.049 * SPAN_S, 1) is Verdict.ACCEPTED
    assert verdict(coarse, 50e-6 + 0.051 * SPAN_S, 1) is Verdict.OUTSIDE


@pytest.mark.parametrize(
    "wrong",
    [
        {"tolerance": 0.0},
        {"tolerance": float("nan")},
        {"guard": 1.1},
        {"reads_min": 0},
        {"reads_min": 9, "reads_max": 8},
        {"noise": -0.1},
        {"noise": 0.0, "noise_floor": 0.0},
        {"passes": -1},
    ],
)
def test_impossible_rules_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"not|must"):
        Acceptance(**wrong)  # type: ignore[arg-type]
