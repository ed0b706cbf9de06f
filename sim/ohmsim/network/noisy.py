"""Products of input vectors with an array, in single precision and with noise: for studies of many vectors.

    I_j = sum_i V_i G_ij + s_j n,    s_j^2 = output_a^2 + sum_i V_i^2 cell_s_ij^2,    n standard normal

is what columns carry if every cell's conductance fluctuates from one vector to the next, independently and normally
with the deviation cell_s, and every column's current with output_a: a sum of normal draws is drawn as one. Draws are
keyed by column and by the number of the vector since the start, so that batches of any size give the same.

What this leaves out: noise with a memory (1/f, random telegraph), cells that move, and the ends of a converter; reading
through `sim://` or an emulated board has them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim._cells import ffi, lib
from ohmsim.errors import ParameterError
from ohmsim.network.arguments import conductances, currents
from ohmsim.noise import NoiseSource

Singles = NDArray[np.float32]


class NoisyProduct:
    """A matrix of conductances with the noise of its cells and its columns.

    Args:
        matrix: current out of each column by the voltage of each row, S, (rows, cols): conductances, or
            `Transfer.matrix` where lines have resistance.
        cell_s: standard deviation of a cell's conductance from vector to vector, S, one number or (rows, cols), at
            least 0. One number for all costs nothing; different ones cost a second product.
        output_a: standard deviation of a column's current, A, one number for all, at least 0.
        noise: where the draws come from.

    Raises ParameterError.
    """

    def __init__(
        self, matrix: ArrayLike, *, cell_s: ArrayLike = 0.0, output_a: float = 0.0, noise: NoiseSource
    ) -> None:
        shape = np.shape(matrix)
        if len(shape) != 2 or 0 in shape:
            raise ParameterError("matrix", shape, "of two dimensions, none of them empty")
        self._matrix = currents("matrix", matrix, shape).astype(np.float32)
        cells = conductances("cell_s", cell_s, shape if np.ndim(cell_s) else ())
        self._variances = (cells**2).astype(np.float32)
        if not 0 <= output_a < np.inf:
            raise ParameterError("output_a", output_a, "finite and not below 0 A")
        self._output = np.float32(output_a**2)
        keys = noise.stream("product", (shape[1] + 1) // 2).keys
        self._keys = [ffi.from_buffer("uint64_t[]", key) for key in keys]
        self._done = 0

    def multiply(self, v_rows: ArrayLike) -> Singles:
        """Currents out of the columns, A, (batch, cols), for row voltages, V, (batch, rows).

        Voltages are not looked at, but for their shape; float32 is taken as it is. Raises ParameterError.
        """
        volts = np.asarray(v_rows, np.float32)
        if volts.ndim != 2 or volts.shape[1] != len(self._matrix):
            raise ParameterError("v_rows", volts.shape, f"of shape (batch, {len(self._matrix)})")
        product: Singles = volts @ self._matrix
        squares = np.square(volts)
        variance = squares @ self._variances if self._variances.ndim else squares.sum(axis=1) * self._variances
        variance += self._output
        np.sqrt(variance, out=variance)
        lib.ohm_add_noise(
            *product.shape,
            *self._keys,
            self._done,
            ffi.from_buffer("float[]", variance),
            variance.ndim == 2,
            ffi.from_buffer("float[]", product),
        )
        self._done += len(product)
        return product
