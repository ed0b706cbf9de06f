"""Weights as cells: what learning asks of a weight lands on cells that can take it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ohmloop.crossbar import Geometry
from ohmloop.learning import LearningError
from ohmloop.learning.shadow import Shadow
from ohmloop.mapping import ArraySpace, Differential, Encoding, NonNegative, Permute, Transform, place

LOW_S, HIGH_S = 10e-6, 100e-6
SHAPE = (5, 4)


def shadow(encoding: Encoding, seed: int = 0, transform: Transform | None = None) -> Shadow:
    weights = np.random.default_rng(seed).normal(size=SHAPE)
    space = ArraySpace(Geometry(4, 6))
    placement = place(
        [weights],
        [space] * 4,
        g_min_s=LOW_S,
        g_max_s=HIGH_S,
        encoding=encoding,
        transforms=[transform or Permute([4, 2, 0, 1, 3], [1, 3, 0, 2])],
    )
    return Shadow(placement, LOW_S, HIGH_S)


def wanted(held: Shadow) -> NDArray[np.float64]:
    return held.weights(0, [array.wanted_s for array in held.arrays])


def measured(held: Shadow) -> NDArray[np.float64]:
    return held.weights(0, [array.measured_s for array in held.arrays])


def stick(held: Shadow, fraction: float, rng: np.random.Generator) -> None:
    for index, array in enumerate(held.arrays):
        stuck = (rng.random(array.stuck.shape) < fraction) & np.isfinite(array.measured_s)
        array.measured_s[stuck] = rng.choice([LOW_S, HIGH_S], int(stuck.sum()))
        array.wanted_s[...] = array.measured_s
        held.take_over(index, stuck)


@pytest.mark.parametrize("encoding", [Differential(), NonNegative()], ids=lambda encoding: encoding.name)
def test_it_begins_with_the_deployed_weights_in_the_order_of_the_layer(encoding: Encoding) -> None:
    weights = np.random.default_rng(0).normal(size=SHAPE)
    np.testing.assert_allclose(shadow(encoding).deployed[0], weights, atol=1e-12)


@pytest.mark.parametrize("encoding", [Differential(), NonNegative()], ids=lambda encoding: encoding.name)
@given(seed=st.integers(0, 10_000), stuck=st.floats(0, 0.6), size=st.floats(0.01, 4))
@settings(max_examples=40, deadline=None)
def test_a_change_goes_as_far_as_the_cells_reach(encoding: Encoding, seed: int, stuck: float, size: float) -> None:
    rng = np.random.default_rng(seed)
    held = shadow(encoding, seed)
    stick(held, stuck, rng)
    before = [array.wanted_s.copy() for array in held.arrays]
    low, high = held.reach(0)
    change = size * rng.normal(size=SHAPE)
    expected = np.clip(wanted(held) + change, low, high)
    held.add(0, change)
    np.testing.assert_allclose(wanted(held), expected, atol=1e-9)
    for array, earlier in zip(held.arrays, before, strict=True):
        used = np.isfinite(earlier)
        assert (array.wanted_s[used] >= LOW_S - 1e-15).all()
        assert (array.wanted_s[used] <= HIGH_S + 1e-15).all()
        np.testing.assert_array_equal(array.wanted_s[array.stuck], array.measured_s[array.stuck])


def test_what_is_lowered_goes_first() -> None:
    held = shadow(Differential())
    before = sum(float(np.nansum(array.wanted_s)) for array in held.arrays)
    held.add(0, -0.5 * held.deployed[0])
    assert sum(float(np.nansum(array.wanted_s)) for array in held.arrays) < before


def test_the_partner_takes_over_what_a_stuck_cell_cannot_do() -> None:
    held = shadow(Differential())
    goal = held.deployed[0].copy()
    array = held.arrays[0]
    stuck = np.zeros(array.stuck.shape, np.bool_)
    positive = np.argwhere((array.wanted_s[:, 0::2] > 1.5 * LOW_S) & (array.wanted_s[:, 0::2] < 0.9 * HIGH_S))[0]
    stuck[positive[0], 2 * positive[1]] = True
    array.measured_s[stuck] = HIGH_S
    held.take_over(0, stuck)
    np.testing.assert_allclose(wanted(held), goal, atol=1e-9)
    assert array.wanted_s[positive[0], 2 * positive[1] + 1] > LOW_S


def test_a_transform_that_mixes_weights_is_refused() -> None:
    class Mixing:
        def weights(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
            return weights / 2

        def inputs(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
            return 2 * inputs

        def outputs(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
            return outputs

    with pytest.raises(LearningError, match="the transform of layer 0 mixes weights"):
        shadow(Differential(), transform=Mixing())
