"""What the controllers propose, without any device."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohmloop.programming import (
    POLICIES,
    Alibart,
    Bayes,
    Drive,
    Ekf,
    EkfSettings,
    FilterSettings,
    Ispp,
    IsppSteps,
    Level,
    LevelAims,
    LevelPopulation,
    Openmena,
    OpenmenaLaw,
    Policy,
    PolicyContext,
    PolicyError,
    ProgrammingProfile,
    RatePopulation,
    Vipi,
    VipiGains,
    policy_named,
)

PROFILE = ProgrammingProfile(
    g_min_s=10e-6,
    g_max_s=110e-6,
    set_drive=Drive(start_v=0.7, nominal_v=0.9, max_v=2.0),
    reset_drive=Drive(start_v=0.8, nominal_v=1.0, max_v=2.5),
    width_s=10e-6,
)
CONTEXT = PolicyContext(PROFILE, tolerance=0.02)
VARIED = PolicyContext(replace(PROFILE, shortest_s=1e-6), 0.02, RatePopulation.generic(PROFILE))
"""Policies may choose shorter pulses, too."""
CELL = np.array([0])
WIDTHS_S = np.full(7, PROFILE.width_s)


def drive(policy: Policy, target_s: float, path_s: list[float], context: PolicyContext = CONTEXT) -> list[float]:
    """Amplitudes of one cell that is measured along `path_s`."""
    policy.start(np.array([target_s]), context)
    volts = []
    for before_s, after_s in zip(path_s, [*path_s[1:], target_s], strict=True):
        proposal = policy.propose(CELL, np.array([before_s]))
        volts.append(float(proposal.volts[0]))
        policy.learn(CELL, proposal.volts, proposal.widths_s, np.array([before_s]), np.array([after_s]))
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


policies = st.sampled_from([Vipi, Ispp, lambda: Ispp(IsppSteps.neurram()), Alibart, Ekf, Bayes])
conductances = st.lists(st.floats(0, 1.0), min_size=1, max_size=40)


@given(policies, conductances, st.floats(10e-6, 110e-6))
def test_amplitudes_point_at_the_target_and_stay_usable(make: type[Vipi], path_s: list[float], target_s: float) -> None:
    for measured_s, volts in zip(path_s, drive(make(), target_s, path_s), strict=True):
        polarity = PROFILE.reset_drive if volts < 0 else PROFILE.set_drive
        assert polarity.start_v / 4 <= abs(volts) <= polarity.max_v
        assert volts < 0 if target_s < measured_s else volts > 0


@settings(max_examples=25)
@given(policies, conductances)
def test_a_stuck_cell_reaches_full_voltage(make: type[Vipi], path_s: list[float]) -> None:
    policy = make()
    drive(policy, 50e-6, path_s)
    stuck = np.array([20e-6])
    for _ in range(300):
        proposal = policy.propose(CELL, stuck)
        policy.learn(CELL, proposal.volts, proposal.widths_s, stuck, stuck)
    assert proposal.volts[0] == PROFILE.set_drive.max_v


@settings(max_examples=25)
@given(st.sampled_from([Ekf, Bayes]), conductances, st.floats(10e-6, 110e-6))
def test_shorter_pulses_are_chosen_only_at_the_largest_amplitude(
    make: type[Ekf], path_s: list[float], target_s: float
) -> None:
    policy, measured = make(), np.array([60e-6])
    drive(policy, target_s, path_s, VARIED)
    proposal = policy.propose(CELL, measured)
    largest_v = (PROFILE.reset_drive if proposal.volts[0] < 0 else PROFILE.set_drive).max_v
    assert 1e-6 <= proposal.widths_s[0] <= 10e-6
    assert proposal.widths_s[0] == 1e-6 or abs(proposal.volts[0]) == pytest.approx(largest_v)
    stuck = np.array([20e-6])
    for _ in range(300):
        proposal = policy.propose(CELL, stuck)
        policy.learn(CELL, proposal.volts, proposal.widths_s, stuck, stuck)
    assert target_s <= stuck or (proposal.volts[0], proposal.widths_s[0]) == pytest.approx((2.0, 10e-6))


@pytest.mark.parametrize("make", [Ekf, Bayes])
def test_of_an_unknown_device_no_large_amplitude_is_tried(make: type[Ekf]) -> None:
    policy = make()
    policy.start(np.array([60e-6]), replace(VARIED, population=None))
    proposal = policy.propose(CELL, np.array([20e-6]))
    assert proposal.widths_s[0] == PROFILE.width_s
    assert proposal.volts[0] < 0.8 * PROFILE.set_drive.max_v


@given(policies, conductances)
def test_proposing_changes_nothing(make: type[Vipi], path_s: list[float]) -> None:
    policy = make()
    drive(policy, 50e-6, path_s)
    measured = np.array([20e-6])
    first = policy.propose(CELL, measured)
    policy.propose(CELL, np.array([90e-6]))
    assert policy.propose(CELL, measured).volts == first.volts


@pytest.mark.parametrize("make", [Vipi, Ispp, Alibart, Ekf, Openmena, lambda: Level(LevelAims())])
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
        policy.learn(order, volts[order], WIDTHS_S[order], before_s[order], after_s[order])
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


def test_alibart_halves_its_step_on_crossing() -> None:
    volts = drive(Alibart(step_v=0.2), 50e-6, [30e-6, 40e-6, 60e-6, 55e-6, 45e-6, 46e-6])
    assert volts == pytest.approx([0.7, 0.9, -0.8, -0.9, 0.7, 0.75])


def test_openmena_is_a_pi_law_on_the_width() -> None:
    law = OpenmenaLaw(counts=500, proportional=7, integral=3, clamp=60, unit=1e-3, longest=1.0)
    policy = Openmena(law)
    policy.start(np.array([50e-6]), CONTEXT)
    widths_s, volts = [], []
    for measured_s in (48e-6, 48e-6, 48e-6, 48e-6, 51e-6):
        proposal = policy.propose(CELL, np.array([measured_s]))
        policy.learn(CELL, proposal.volts, proposal.widths_s, np.array([measured_s]), np.array([measured_s]))
        widths_s.append(float(proposal.widths_s[0]))
        volts.append(float(proposal.volts[0]))
    # e = 20 counts; the sum is clamped at 60; then e = -10 against a sum of 50: still towards SET
    units = [7 * 20 + 3 * 20, 7 * 20 + 3 * 40, 7 * 20 + 3 * 60, 7 * 20 + 3 * 60, -7 * 10 + 3 * 50]
    assert widths_s == pytest.approx([unit * 1e-3 * PROFILE.width_s for unit in units])
    assert volts == [PROFILE.set_drive.nominal_v] * 5


@pytest.mark.parametrize("make", [Bayes, Ekf])
def test_a_cell_that_needs_more_gets_more_and_one_that_needs_less_gets_less(make: type[Bayes]) -> None:
    """Two cells of which one hardly moves and the other jumps, far from their targets."""
    policy, cells = make(), np.arange(2)
    policy.start(np.array([90e-6, 90e-6]), CONTEXT)
    before_s = np.full(2, 15e-6)
    first = policy.propose(cells, before_s)
    policy.learn(cells, first.volts, first.widths_s, before_s, np.array([15.2e-6, 105e-6]))
    again = policy.propose(cells, before_s)
    assert first.volts[0] == first.volts[1] > 0
    assert again.volts[0] > max(first.volts[0], again.volts[1])


def test_bayes_learns_from_all_cells_what_to_expect_of_the_next() -> None:
    policy, cells = Bayes(), np.arange(400)
    policy.start(np.full(401, 60e-6), CONTEXT)
    before_s, untried = np.full(400, 15e-6), np.array([400])
    expected = policy.propose(untried, before_s[:1]).volts[0]
    for _ in range(4):
        proposal = policy.propose(cells, before_s)
        policy.learn(cells, proposal.volts, proposal.widths_s, before_s, before_s + 0.1e-6)
    assert policy.propose(untried, before_s[:1]).volts[0] > expected + 0.05


def level_cell(policy: Level, target_s: float, shift_v: float, pulses: int) -> list[tuple[float, float]]:
    """Amplitudes and conductances of one level-type cell whose curve is that of the population, shifted."""
    population = LevelPopulation.generic(PROFILE)
    policy.start(np.array([target_s]), CONTEXT)
    path, now_s, low_s, highest_v = [], 12e-6, 125e-6, 0.0
    for _ in range(pulses):
        volts = float(policy.propose(CELL, np.array([now_s])).volts[0])
        if volts > 0:
            after_s, highest_v = low_s, 0.0
        else:
            highest_v = max(highest_v, -volts)
            depth = float(np.interp(highest_v - shift_v, population.volts, population.depths, left=0.0))
            after_s = low_s - depth * (low_s - population.floor_s)
        policy.learn(CELL, np.array([volts]), WIDTHS_S[:1], np.array([now_s]), np.array([after_s]))
        path.append((volts, after_s))
        now_s = after_s
        if abs(now_s - target_s) < 0.02 * PROFILE.span_s:
            break
    return path


@pytest.mark.parametrize("shift_v", [-0.05, 0.0, 0.08])
@pytest.mark.parametrize("target_s", [20e-6, 60e-6, 100e-6])
def test_level_sets_once_and_comes_down_on_the_curve(target_s: float, shift_v: float) -> None:
    path = level_cell(Level(), target_s, shift_v, 12)
    assert path[0][0] == PROFILE.set_drive.max_v
    assert abs(path[-1][1] - target_s) < 0.02 * PROFILE.span_s
    assert len(path) <= 8
    resets = [-volts for volts, _ in path if volts < 0]
    if all(volts < 0 for volts, _ in path[1:]):
        assert resets == sorted(resets)


def test_a_set_that_comes_to_nothing_is_repeated_with_more() -> None:
    policy = Level()
    population = replace(LevelPopulation.generic(PROFILE), set_v=1.2)
    policy.start(np.array([90e-6]), PolicyContext(PROFILE, 0.02, population))
    low_s, volts = np.array([15e-6]), []
    for _ in range(30):
        proposal = policy.propose(CELL, low_s)
        policy.learn(CELL, proposal.volts, proposal.widths_s, low_s, low_s)
        volts.append(float(proposal.volts[0]))
    assert volts[0] == pytest.approx(1.2)
    assert volts == sorted(volts)
    assert volts[-1] == PROFILE.set_drive.max_v


@pytest.mark.parametrize(
    ("make", "population", "hint"),
    [
        (Bayes, LevelPopulation.generic(PROFILE), "choose level"),
        (Ekf, LevelPopulation.generic(PROFILE), "choose level"),
        (Level, RatePopulation.generic(PROFILE), "choose bayes"),
    ],
)
def test_a_population_of_the_wrong_type_is_refused(
    make: type[Bayes], population: LevelPopulation | RatePopulation, hint: str
) -> None:
    with pytest.raises(PolicyError, match=hint):
        make().start(np.array([50e-6]), PolicyContext(PROFILE, 0.02, population))


def test_every_policy_is_found_by_its_name() -> None:
    assert set(POLICIES) == {"bayes", "ekf", "vipi", "ispp", "alibart", "level", "openmena"}
    for name in POLICIES:
        assert policy_named(name).name == name
    with pytest.raises(PolicyError, match="there is no policy 'magic'; there are bayes"):
        policy_named("magic")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: OpenmenaLaw(unit=0),
        lambda: EkfSettings(jump=0),
        lambda: LevelAims(overshoot=1.0),
        lambda: FilterSettings(drift=-0.1),
    ],
)
def test_impossible_settings_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="not"):
        wrong()


@pytest.mark.parametrize("make", [Ekf, Bayes])
@pytest.mark.parametrize("shortest_s", [0.3e-6, 0.5e-6, 0.7e-6, 3.1e-6])
def test_a_width_never_leaves_what_may_be_chosen_not_even_by_rounding(make: type[Ekf], shortest_s: float) -> None:
    profile = replace(PROFILE, shortest_s=shortest_s)
    policy, measured_s = make(), np.linspace(10e-6, 100e-6, 200)
    policy.start(measured_s + 2e-6, PolicyContext(profile, 0.02, RatePopulation.generic(PROFILE)))
    widths_s = policy.propose(np.arange(200), measured_s).widths_s
    assert widths_s.min() >= shortest_s == pytest.approx(widths_s.min())
    assert widths_s.max() <= profile.width_s
