"""Keyed random numbers: the same key gives the same draw, different keys give independent ones."""

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ohmsim.noise import LARGEST_NORMAL, NoiseSource

CELLS = 1024


def stream(name: str = "test", seed: int = 7, board: str = "b0"):
    return NoiseSource(seed, board).stream(name, CELLS)


def ordinals(*values: int) -> np.ndarray:
    return np.array(values, np.uint64)


def test_one_seed_gives_these_words_for_ever() -> None:
    words = stream().bits(np.array([0, 1, 1023]), ordinals(0, 1, 1 << 40))
    assert [f"{word:016x}" for word in words] == ["a6ef623eb734aed0", "52a9cd06dc901f5b", "55d5a53562be4ab8"]


@given(st.integers(0, 2**64 - 1), st.integers(0, CELLS - 1), st.integers(0, 2**64 - 1))
def test_the_construction_is_the_one_that_is_documented(seed: int, cell: int, number: int) -> None:
    whole, golden = 2**64 - 1, 0x9E3779B97F4A7C15

    def mix(x: int) -> int:
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & whole
        x = (x ^ x >> 27) * 0x94D049BB133111EB & whole
        return x ^ x >> 31

    key = blake2b(f"{seed}\0b0\0test".encode(), digest_size=16).digest()
    start, other = (mix(int.from_bytes(key[i : i + 8], "little") + cell * golden & whole) for i in (0, 8))
    expected = mix(mix(start + number * golden & whole) ^ other)
    assert int(stream(seed=seed).bits(np.array([cell]), ordinals(number))[0]) == expected


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, CELLS - 1), st.integers(0, 2**62)), min_size=1, max_size=60), st.data())
def test_draws_do_not_depend_on_batching(events: list[tuple[int, int]], data: st.DataObject) -> None:
    source = stream()
    cells = np.array([cell for cell, _ in events])
    numbers = np.array([number for _, number in events], np.uint64)
    together = source.normal(cells, numbers)
    cut = data.draw(st.integers(0, len(events)))
    parts = np.concatenate([source.normal(cells[:cut], numbers[:cut]), source.normal(cells[cut:], numbers[cut:])])
    assert (together == parts).all()
    one = [source.normal(cells[i : i + 1], numbers[i : i + 1])[0] for i in range(len(events))]
    assert (together == one).all()


def test_broadcasting_cells_against_ordinals_changes_nothing() -> None:
    source, cells, numbers = stream(), np.arange(5), np.arange(9, dtype=np.uint64)[:, None]
    table = source.uniform(cells, numbers)
    assert table.shape == (9, 5)
    assert table[3, 2] == source.uniform(np.array([2]), ordinals(3))[0]


@pytest.mark.parametrize(("seed", "board", "name"), [(8, "b0", "test"), (7, "b1", "test"), (7, "b0", "other")])
def test_every_part_of_the_key_counts(seed: int, board: str, name: str) -> None:
    cells, number = np.arange(CELLS), ordinals(0)
    one, other = stream().uniform(cells, number), stream(name, seed, board).uniform(cells, number)
    assert not (one == other).any()
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(CELLS)


def test_uniform_draws_are_uniform() -> None:
    draws = stream().uniform(np.arange(CELLS), np.arange(200, dtype=np.uint64)[:, None]).ravel()
    assert draws.min() > 0
    assert draws.max() < 1
    assert stats.kstest(draws, "uniform").pvalue > 1e-3


def test_every_bit_is_fair() -> None:
    words = stream().bits(np.arange(CELLS), np.arange(200, dtype=np.uint64)[:, None]).ravel()
    ones = np.array([(words >> np.uint64(bit) & np.uint64(1)).sum() for bit in range(64)])
    deviation = (ones - words.size / 2) / np.sqrt(words.size / 4)
    assert np.abs(deviation).max() < 4.5


@pytest.mark.parametrize("part", [0, 1])
def test_normal_draws_are_normal(part: int) -> None:
    draws = stream().normal_pair(np.arange(CELLS), np.arange(200, dtype=np.uint64)[:, None])[part].ravel()
    assert stats.kstest(draws, "norm").pvalue > 1e-3
    assert np.abs(draws).max() <= LARGEST_NORMAL


def test_cells_events_and_the_two_of_a_pair_are_uncorrelated() -> None:
    first, second = stream().normal_pair(np.arange(CELLS), np.arange(200, dtype=np.uint64)[:, None])
    bound = 5 / np.sqrt(first.size)
    assert abs((first * second).mean()) < bound
    assert abs((first[1:] * first[:-1]).mean()) < bound
    assert abs((first[:, 1:] * first[:, :-1]).mean()) < bound


def test_the_largest_normal_is_the_bound_of_the_construction() -> None:
    assert pytest.approx(6.7637, abs=1e-3) == LARGEST_NORMAL
