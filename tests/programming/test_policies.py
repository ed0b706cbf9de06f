"""What the controllers propose, without any device."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohmloop.programming import Drive, Ispp, IsppSteps, Policy, PolicyContext, ProgrammingProfile, Vipi, VipiGains

PROFILE = ProgrammingProfile(
    g_min_s=10e-6,
    g_max_s=110e-6,
    set_drive=Drive(start_v=0.7, nominal_v=0.9, max_v=2.0),
    reset_drive=Drive(start_v=0.8, nominal_v=1.0, max_v=2.5),
    width_s=10e-6,
)
CONTEXT = PolicyContext(PROFILE, tolerance=0.02)
CELL = np.array([0])


def drive(policy: Policy, target_s: float, path_s: list[float]) -> list[float]:
    """Amplitudes of one cell that is measured along `path_s`."""
    policy.start(np.array([target_s]), CONTEXT)
    volts = []
    for before_s, after_s in zip(path_s, [*path_s[1:], target_s], strict=True):
        proposal = policy.propose(CELL, np.array([before_s]))
        volts.append(float(proposal.volts[0]))
        policy.learn(CELL, proposal.volts, np.array([before_s]), np.array([after_s]))
    return volts


def test_vipi_is_the_sum_of_start_proportional_and_integral() -> None:
    gains = VipiGains(proportional=0.5, integral=0.2, creep=0.1, shrink=0.5)
    volts = drive(Vipi(gains), 50e-6, [30e-6, 40e-6, 60e-6, 60e-6, 45e-6])
    # e = .2, .1 (SET, Vnom .9); -.1, -.1 (RESET, Vnom 1.0); .05 (SET again)
    integral = [0.9 * (0.2 * 0.2 + 0.1)]
    integral.append(integral[0] + 0.9 * (0.2 * 0.1 + 0.1))
    reset = [0.0, 1.0 * (0.2 * 0.1 + 0.1)]
    assert volts == pytest.approx(
        [
            0.7 + 0.5 * 0.2 * 0.9 + integral[0],
            0.7 + 0.5 * 0.1 * 0.9 + integral[1],
            -(0.8 + 0.5 * 0.1 * 1.0 + reset[0]),
            -(0.8 + 0.5 * 0.1 * 1.0 + reset[1]),
            0.7 + 0.5 * 0.05 * 0.9 + 0.25 * integral[1],
        ]
    )


def test_ispp_ramps_and_restarts_on_crossing() -> None:
    volts = drive(Ispp(IsppSteps.neurram()), 50e-6, [30e-6, 40e-6, 60e-6, 55e-6, 45e-6])
    assert volts == pytest.approx([0.7, 0.8, -0.8, -0.9, 0.7])


def test_ispp_with_memory_resumes_its_ramp() -> None:
    steps = IsppSteps(step_v=0.1, memory=True, back=1.0, shrink=0.5)
    volts = drive(Ispp(steps), 50e-6, [30e-6, 40e-6, 40e-6, 60e-6, 45e-6, 45e-6])
    # the ramp was left at .9; one step back, then on with a step that two changes of direction have quartered
    assert volts == pytest.approx([0.7, 0.8, 0.9, -0.8, 0.8, 0.825])


policies = st.sampled_from([Vipi, Ispp, lambda: Ispp(IsppSteps.neurram())])
conductances = st.lists(st.floats(0, 1.0), min_size=1, max_size=40)


@given(policies, conductances, st.floats(10e-6, 110e-6))
def test_amplitudes_point_at_the_target_and_stay_usable(make: type[Vipi], path_s: list[float], target_s: float) -> None:
    for measured_s, volts in zip(path_s, drive(make(), target_s, path_s), strict=True):
        polarity = PROFILE.reset_drive if volts < 0 else PROFILE.set_drive
        assert polarity.start_v <= abs(volts) <= polarity.max_v
        assert volts < 0 if target_s < measured_s else volts > 0


@given(policies, conductances)
def test_a_stuck_cell_reaches_full_voltage(make: type[Vipi], path_s: list[float]) -> None:
    policy = make()
    drive(policy, 50e-6, path_s)
    stuck = np.array([20e-6])
    for _ in range(200):
        proposal = policy.propose(CELL, stuck)
        policy.learn(CELL, proposal.volts, stuck, stuck)
    assert proposal.volts[0] == PROFILE.set_drive.max_v


@given(policies, conductances)
def test_proposing_changes_nothing(make: type[Vipi], path_s: list[float]) -> None:
    policy = make()
    drive(policy, 50e-6, path_s)
    measured = np.array([20e-6])
    first = policy.propose(CELL, measured)
    policy.propose(CELL, np.array([90e-6]))
    assert policy.propose(CELL, measured).volts == first.volts


@pytest.mark.parametrize("make", [Vipi, Ispp])
def test_many_cells_are_as_one(make: type[Vipi]) -> None:
    rng = np.random.default_rng(5)
    targets_s, paths_s = rng.uniform(10e-6, 110e-6, 7), rng.uniform(5e-6, 120e-6, (9, 7))
    alone = [drive(make(), float(t), [float(g) for g in path]) for t, path in zip(targets_s, paths_s.T, strict=True)]
    policy = make()
    policy.start(targets_s, CONTEXT)
    cells = np.arange(7)
    together = []
    for step, before_s in enumerate(paths_s):
        order = rng.permutation(cells)
        volts = np.empty(7)
        volts[order] = policy.propose(order, before_s[order]).volts
        after_s = paths_s[step + 1] if step + 1 < len(paths_s) else targets_s
        policy.learn(order, volts[order], before_s[order], after_s[order])
        together.append(volts)
    np.testing.assert_allclose(np.array(together).T, alone)


@pytest.mark.parametrize("wrong", [{"creep": 0.0}, {"shrink": 1.1}, {"proportional": -1.0}, {"integral": float("nan")}])
def test_impossible_gains_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="gains"):
        replace(VipiGains(), **wrong)


@pytest.mark.parametrize("wrong", [{"step_v": 0.0}, {"back": -1.0}, {"shrink": 0.0}, {"step_v": float("nan")}])
def test_impossible_steps_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="step"):
        replace(IsppSteps(), **wrong)
