"""Noisy products: their mean, their spread, their distribution, and what their draws are keyed by."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.sim.network.cases import cells

from ohmsim.errors import ParameterError
from ohmsim.network.noisy import NoisyProduct
from ohmsim.noise import NoiseSource

ROWS, COLS, VECTORS = 24, 37, 4000


def source(seed: int = 5) -> NoiseSource:
    return NoiseSource(seed, "b0")


def vectors(count: int = VECTORS) -> np.ndarray:
    return np.random.default_rng(8).uniform(-0.2, 0.2, (count, ROWS)).astype(np.float32)


def test_without_noise_it_is_the_product() -> None:
    g, v = cells(ROWS, COLS), vectors(50)
    found = NoisyProduct(g, noise=source()).multiply(v)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, v @ g, rtol=0, atol=1e-6 * np.abs(v @ g).max())


@pytest.mark.parametrize("cell_s", [0.0, 2e-6, 0.05 * cells(ROWS, COLS)], ids=["none", "one", "each"])
@pytest.mark.parametrize("output_a", [0.0, 3e-7])
def test_spread_is_that_of_cells_and_columns_together(cell_s: float | np.ndarray, output_a: float) -> None:
    """Divided by the deviation that its definition gives, the noise is standard normal, in every column alike."""
    g, v = cells(ROWS, COLS), vectors()
    error = NoisyProduct(g, cell_s=cell_s, output_a=output_a, noise=source()).multiply(v) - v @ g
    variance = output_a**2 + np.square(v) @ np.broadcast_to(np.square(cell_s), g.shape)
    if not variance.any():
        assert np.abs(error).max() < 1e-6 * np.abs(v @ g).max()
        return
    normal = error / np.sqrt(variance)
    assert stats.kstest(normal.ravel(), "norm").pvalue > 1e-3
    assert np.abs(normal.mean(axis=0)).max() < 4.5 / VECTORS**0.5
    assert np.abs(normal.std(axis=0) - 1).max() < 4.5 / (2 * VECTORS) ** 0.5
    # Neither columns nor vectors that follow each other have anything in common.
    between = np.corrcoef(normal.T)[~np.eye(COLS, dtype=bool)]
    assert np.abs(between).max() < 5 / VECTORS**0.5
    assert abs(np.mean(normal[1:] * normal[:-1])) < 4.5 / normal.size**0.5


def test_the_noise_of_a_sum_is_that_of_its_cells_drawn_one_by_one() -> None:
    """Against cells that really fluctuate: the same distribution of one column's current."""
    g, v, rng = cells(ROWS, 1), vectors(1), np.random.default_rng(3)
    deviation = 0.1 * g
    together = NoisyProduct(g, cell_s=deviation, noise=source()).multiply(np.repeat(v, 20000, axis=0))[:, 0]
    one_by_one = (v @ (g + deviation * rng.standard_normal((20000, ROWS, 1))))[:, 0, 0]
    assert stats.ks_2samp(together, one_by_one).pvalue > 1e-3


@pytest.mark.parametrize("cols", [1, 2, 37, 200])
def test_draws_are_keyed_by_column_and_vector(cols: int) -> None:
    """Nothing depends on the size of batches; another seed is another noise."""
    still, v = np.zeros((ROWS, cols)), vectors(30)
    whole = NoisyProduct(still, output_a=1.0, noise=source()).multiply(v)
    parts = NoisyProduct(still, output_a=1.0, noise=source())
    np.testing.assert_array_equal(np.concatenate([parts.multiply(part) for part in np.split(v, [1, 9])]), whole)
    assert np.unique(whole).size == whole.size
    assert not (NoisyProduct(still, output_a=1.0, noise=source(6)).multiply(v) == whole).any()


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ({"matrix": np.zeros(4)}, "matrix"),
        ({"matrix": np.zeros((0, 4))}, "matrix"),
        ({"matrix": [[1e-6, np.nan]]}, r"matrix\[0, 1\]"),
        ({"cell_s": -1e-6}, "cell_s"),
        ({"cell_s": [[0.0, np.inf]]}, r"cell_s\[0, 1\]"),
        ({"cell_s": [0.0, 1.0, 2.0]}, "cell_s"),
        ({"output_a": -1.0}, "output_a"),
        ({"output_a": np.nan}, "output_a"),
    ],
)
def test_impossible_arguments_are_refused(arguments: dict[str, object], parameter: str) -> None:
    with pytest.raises(ParameterError, match=f"^{parameter} must be"):
        NoisyProduct(**{"matrix": [[1e-6, 1e-6]], **arguments}, noise=source())


@pytest.mark.parametrize("shape", [(ROWS,), (3, ROWS + 1), (1, 1, ROWS)])
def test_vectors_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"^v_rows must be"):
        NoisyProduct(cells(ROWS, COLS), noise=source()).multiply(np.zeros(shape))
