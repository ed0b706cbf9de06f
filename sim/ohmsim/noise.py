"""Random numbers of simulated cells, keyed instead of drawn in sequence.

A draw is a function of (seed, board, stream name, cell, ordinal) and of nothing else: no generator state moves along.
So the history of a cell does not depend on how requests are batched, on what other cells do, or on which other draws
a model adds. Bits and uniform draws are the same on every machine, normal draws up to the rounding of its log and cos.

Construction. BLAKE2b over seed, board and stream name gives a key of two 64-bit words (k0, k1). Each cell c has
    a_c = mix(k0 + c G),    b_c = mix(k1 + c G)
and the word of its event n is
    bits = mix(mix(a_c + n G) ^ b_c),
all modulo 2**64, where G = 0x9E3779B97F4A7C15 (2**64 over the golden ratio) and `mix` is the output function of
SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, with Stafford's
variant 13 of the constants). A cell's events walk through SplitMix64's sequence from a start of its own; the second
round with b_c keeps cells apart whose walks happen to overlap.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Real = TypeVar("Real", np.float64, np.float32)


def _word(value: int) -> Words:
    """A constant without a dimension. numpy takes six times as long for an operation with a scalar on few cells."""
    return np.array(value, np.uint64)


_G = _word(0x9E3779B97F4A7C15)
_MIX1 = _word(0xBF58476D1CE4E5B9)
_MIX2 = _word(0x94D049BB133111EB)
_S11, _S16, _S27, _S30, _S31, _S32 = (_word(n) for n in (11, 16, 27, 30, 31, 32))
_LOW16, _LOW32 = _word(0xFFFF), _word(0xFFFFFFFF)

LARGEST_NORMAL = float(np.sqrt(-2 * np.log(0.5 * 2.0**-32)))
"""No draw of `normal` has a larger magnitude (6.76): the radius comes from 32 bits. Models may rely on it."""


def _mix(x: Words) -> Words:
    """SplitMix64's output function, in place."""
    shifted = x >> _S30
    x ^= shifted
    x *= _MIX1
    np.right_shift(x, _S27, out=shifted)
    x ^= shifted
    x *= _MIX2
    np.right_shift(x, _S31, out=shifted)
    x ^= shifted
    return x


class _BoxMuller(Generic[Real]):
    """Two normal draws from two whole numbers below 2**bits, in the precision `kind`."""

    def __init__(self, bits: int, kind: type[Real]) -> None:
        self._kind: type[Real] = kind
        self._half: NDArray[Real] = np.array(0.5, kind)
        self._minus_two: NDArray[Real] = np.array(-2, kind)
        self._scale: NDArray[Real] = np.array(2.0**-bits, kind)
        self._turn: NDArray[Real] = np.array(2 * np.pi * 2.0**-bits, kind)

    def __call__(self, radius_word: Words, angle_word: Words) -> tuple[NDArray[Real], NDArray[Real]]:
        radius, angle = radius_word.astype(self._kind), angle_word.astype(self._kind)
        radius += self._half
        radius *= self._scale
        np.log(radius, out=radius)
        radius *= self._minus_two
        np.sqrt(radius, out=radius)
        angle *= self._turn
        sine = np.sin(angle)
        sine *= radius
        np.cos(angle, out=angle)
        angle *= radius
        return angle, sine


_FINE = _BoxMuller(32, np.float64)
_COARSE = _BoxMuller(16, np.float32)


class NoiseStream:
    """The draws of one name for the cells 0 to `cells` - 1.

    Every method takes `cells` (integers) and `ordinals` (uint64), broadcast against each other; the result has their
    common shape.
    """

    def __init__(self, seed: int, board: str, name: str, cells: int) -> None:
        digest = blake2b(f"{seed}\0{board}\0{name}".encode(), digest_size=16).digest()
        key = np.frombuffer(digest, dtype="<u8").astype(np.uint64)
        walk = np.arange(cells, dtype=np.uint64) * _G
        self._first = _mix(key[0] + walk)
        self._second = _mix(key[1] + walk)

    @property
    def keys(self) -> tuple[Words, Words]:
        """Keys a and b of every cell, for kernels that draw themselves; shape (cells,) each."""
        return self._first, self._second

    def bits(self, cells: NDArray[np.integer], ordinals: Words) -> Words:
        """64 uniform bits."""
        x = np.atleast_1d(self._first[cells] + ordinals * _G)
        _mix(x)
        x ^= self._second[cells]
        return _mix(x)

    def uniform(self, cells: NDArray[np.integer], ordinals: Words) -> Floats:
        """Uniform in the open interval (0, 1), in steps of 2**-53."""
        x = (self.bits(cells, ordinals) >> _S11).astype(np.float64)
        x += 0.5
        x *= 2.0**-53
        # The largest step would round to 1: the interval stays open.
        return np.minimum(x, 1 - 2.0**-53, out=x)

    def normal_pair(self, cells: NDArray[np.integer], ordinals: Words) -> tuple[Floats, Floats]:
        """Two independent standard normal draws (Box-Muller; radius and angle have 32 bits each)."""
        word = self.bits(cells, ordinals)
        return _FINE(word >> _S32, word & _LOW32)

    def normal(self, cells: NDArray[np.integer], ordinals: Words) -> Floats:
        """Standard normal."""
        return self.normal_pair(cells, ordinals)[0]

    def coarse_normals(self, cells: NDArray[np.integer], ordinals: Words) -> tuple[Singles, ...]:
        """Four independent standard normal draws in single precision, for noise that nothing is computed back from.

        Box-Muller with 16 bits each for radius and angle: 65,536 radii, the largest 4.85.
        """
        word = self.bits(cells, ordinals)
        parts = []
        for _ in range(4):
            parts.append(word & _LOW16)
            word >>= _S16
        return (*_COARSE(parts[0], parts[1]), *_COARSE(parts[2], parts[3]))

    def binomial(self, cells: NDArray[np.integer], ordinals: Words, count: Floats, chance: Floats) -> Floats:
        """How many of `count` (>= 0) do what each does with probability `chance` (0 to 1); all of one shape.

        Exact (inversion of one uniform draw) where the expected number, or that of the others, is at most
        FEW; above it the normal approximation, rounded, which is then within 1 % of the distribution function.
        """
        common = chance > 0.5
        rare = np.where(common, 1 - chance, chance)
        mean = count * rare
        drawn = np.empty(mean.shape)
        many = mean > FEW
        if many.any():
            normal = self.normal(cells[many], ordinals[many])
            spread = np.sqrt(mean[many] * (1 - rare[many]))
            drawn[many] = np.clip(np.rint(mean[many] + spread * normal), 0, count[many])
        few = ~many
        if few.any():
            uniform = self.uniform(cells[few], ordinals[few])
            drawn[few] = _invert_binomial(uniform, count[few], rare[few])
        return np.where(common, count - drawn, drawn)


FEW, FEW_MAX = 16.0, 80
"""Largest mean that `binomial` inverts, and more than it ever draws there (16 standard deviations above)."""


def _invert_binomial(uniform: Floats, count: Floats, chance: Floats) -> Floats:
    odds = chance / (1 - chance)
    mass = np.exp(count * np.log1p(-chance))
    below, drawn = mass.copy(), np.zeros(mass.shape)
    for k in range(FEW_MAX):
        more = uniform > below
        if not more.any():
            break
        mass *= odds * np.maximum(count - k, 0) / (k + 1)
        below += mass
        drawn += more
    return np.minimum(drawn, count)


class NoiseSource:
    """Where the streams of one board come from: its seed and its name."""

    def __init__(self, seed: int, board: str) -> None:
        self.seed = seed
        self.board = board

    def stream(self, name: str, cells: int) -> NoiseStream:
        """The stream of that name for `cells` cells; the same name gives the same draws."""
        return NoiseStream(self.seed, self.board, name, cells)
