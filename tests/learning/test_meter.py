"""Which cells the meter takes to be stuck, and what it counts."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.programming.boards import PROFILE

from ohmloop.learning import Moves
from ohmloop.learning.meter import MeteredPolicy
from ohmloop.programming import PolicyContext, Vipi

MOVES = Moves()
FIRM_V = 1.5


def meter(cells: int, unmoved: int = 0) -> MeteredPolicy:
    metered = MeteredPolicy(Vipi(), MOVES.firm, MOVES.moved, np.full(cells, unmoved))
    metered.start(np.full(cells, 10e-6), PolicyContext(PROFILE, tolerance=0.05))
    return metered


def answer(metered: MeteredPolicy, path_s: NDArray[np.float64], volts: float) -> None:
    """The cells go along their paths, shape (pulses + 1, cells), a pulse a step."""
    cells = np.arange(path_s.shape[1])
    for before_s, after_s in pairwise(path_s):
        metered.learn(cells, np.full(cells.size, volts), np.full(cells.size, PROFILE.width_s), before_s, after_s)


def test_a_slow_cell_is_not_taken_to_be_stuck() -> None:
    rng = np.random.default_rng(1)
    noise = 1 + 0.004 * rng.normal(size=(MOVES.unmoved + 1, 2))
    slow, stuck = 20e-6 * 0.985 ** np.arange(MOVES.unmoved + 1), np.full(MOVES.unmoved + 1, 100e-6)
    metered = meter(2)
    answer(metered, np.column_stack((slow, stuck)) * noise, -FIRM_V)
    assert metered.unmoved[0] < MOVES.unmoved, "1.5 % a pulse, hidden in noise by itself, adds up"
    assert metered.unmoved[1] == MOVES.unmoved


def test_only_firm_pulses_count_against_a_cell() -> None:
    still = np.full((5, 1), 50e-6)
    gentle = meter(1)
    answer(gentle, still, -1.01 * PROFILE.reset_drive.nominal_v)
    assert gentle.unmoved == 0
    resumed = meter(1, unmoved=2)
    answer(resumed, still[:2], -FIRM_V)
    assert resumed.unmoved == 3, "what earlier campaigns have counted goes on"


def test_energy_is_that_of_the_selected_cell() -> None:
    metered = meter(1)
    answer(metered, np.array([[20e-6], [40e-6], [40e-6]]), FIRM_V)
    assert metered.energy_j[0] == pytest.approx(FIRM_V**2 * (30e-6 + 40e-6) * PROFILE.width_s)
