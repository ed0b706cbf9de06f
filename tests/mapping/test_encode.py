import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from ohmloop.mapping import Differential, Encoding, MappingError, NonNegative

G_MIN_S, G_MAX_S = 10e-6, 100e-6
ENCODINGS = [Differential(), NonNegative()]
matrices = npst.arrays(
    np.float64,
    npst.array_shapes(min_dims=2, max_dims=2, max_side=12),
    elements=st.floats(-1e3, 1e3, allow_subnormal=False, width=32),
)
both = pytest.mark.parametrize("encoding", ENCODINGS, ids=[e.name for e in ENCODINGS])


def float_step(weights: NDArray[np.float64]) -> float:
    """What one rounding of a conductance costs in weights: conductances stand on a pedestal of g_min."""
    span = max(float(np.ptp(weights)), float(np.abs(weights).max()))
    return 4 * np.finfo(np.float64).eps * span * G_MAX_S / (G_MAX_S - G_MIN_S) + np.finfo(np.float64).tiny


@both
@given(weights=matrices)
def test_decoding_returns_the_weights(encoding: Encoding, weights: NDArray[np.float64]) -> None:
    tile = encoding.encode(weights, G_MIN_S, G_MAX_S)
    decoded = encoding.weights(tile, tile.targets_s)
    np.testing.assert_allclose(decoded, weights, rtol=0, atol=float_step(weights))


@both
@given(weights=matrices)
def test_targets_lie_within_the_range(encoding: Encoding, weights: NDArray[np.float64]) -> None:
    tile = encoding.encode(weights, G_MIN_S, G_MAX_S)
    assert tile.targets_s.shape == (weights.shape[0], weights.shape[1] * encoding.columns)
    assert tile.targets_s.min() >= G_MIN_S
    assert tile.targets_s.max() <= G_MAX_S


@both
@given(weights=matrices, seed=st.integers(0, 2**32 - 1))
def test_ideal_currents_give_the_product(encoding: Encoding, weights: NDArray[np.float64], seed: int) -> None:
    volts = np.random.default_rng(seed).uniform(-0.2, 0.2, (3, weights.shape[0]))
    tile = encoding.encode(weights, G_MIN_S, G_MAX_S)
    outputs = encoding.outputs(tile, volts @ tile.targets_s, volts)
    np.testing.assert_allclose(
        outputs, volts @ weights, rtol=0, atol=20 * weights.shape[0] * float_step(weights) + 1e-15
    )


def test_a_pair_uses_the_whole_range() -> None:
    tile = Differential().encode(np.array([[2.0, -1.0]]), G_MIN_S, G_MAX_S)
    np.testing.assert_allclose(tile.targets_s, [[100e-6, 10e-6, 10e-6, 55e-6]])


def test_non_negative_weights_need_no_offset() -> None:
    tile = NonNegative().encode(np.array([[2.0, 1.0]]), G_MIN_S, G_MAX_S)
    assert tile.offset == 0
    np.testing.assert_allclose(tile.targets_s, [[100e-6, 55e-6]])


@both
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused(encoding: Encoding, bad: float) -> None:
    with pytest.raises(MappingError, match="input 1 and output 0"):
        encoding.encode(np.array([[1.0], [bad]]), G_MIN_S, G_MAX_S)


@both
@pytest.mark.parametrize("shape", [(3,), (0, 2), (2, 0), (1, 1, 1)])
def test_other_shapes_are_refused(encoding: Encoding, shape: tuple[int, ...]) -> None:
    with pytest.raises(MappingError, match="matrix"):
        encoding.encode(np.zeros(shape), G_MIN_S, G_MAX_S)


@both
@pytest.mark.parametrize(("low", "high"), [(1e-6, 1e-6), (-1e-6, 1e-6), (0.0, np.inf), (np.nan, 1e-6)])
def test_an_impossible_conductance_range_is_refused(encoding: Encoding, low: float, high: float) -> None:
    with pytest.raises(MappingError, match="conductance range"):
        encoding.encode(np.ones((1, 1)), low, high)


@both
@pytest.mark.parametrize("largest", [1e-320, 1.7e308])
def test_weights_beyond_scaling_are_refused(encoding: Encoding, largest: float) -> None:
    with pytest.raises(MappingError, match="cannot be scaled"):
        encoding.encode(np.array([[largest, -largest]]), G_MIN_S, G_MAX_S)
