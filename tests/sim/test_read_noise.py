"""Read noise: its size, its memory, and that a cell's sequence does not depend on how it is read."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ohmsim.noise import NoiseSource
from ohmsim.overlays.read_noise import BLOCK, ReadNoise, ReadNoiseParameters
from ohmsim.state import State

ROWS, COLS = 4, 8


def overlay(state: State | None = None, rows: int = ROWS, cols: int = COLS, **parameters: float) -> ReadNoise:
    return ReadNoise(ReadNoiseParameters(**parameters), rows, cols, NoiseSource(7, "b0"), state or State())


def row_by_row(noise: ReadNoise, conversions: int) -> np.ndarray:
    return np.stack(
        [np.concatenate([noise.draw(np.array([row]), 1) for row in range(ROWS)]) for _ in range(conversions)]
    )


def test_rows_together_see_what_rows_alone_see() -> None:
    alone, together = overlay(), overlay()
    expected = row_by_row(alone, 3 * BLOCK + 5)
    found = np.stack([together.draw(np.arange(ROWS), 1) for _ in range(3 * BLOCK + 5)])
    assert (expected == found).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.integers(0, ROWS - 1), min_size=1), min_size=1, max_size=3 * BLOCK))
def test_a_row_does_not_notice_what_others_do(patterns: list[set[int]]) -> None:
    mixed, alone = overlay(), overlay()
    found: dict[int, list[np.ndarray]] = {row: [] for row in range(ROWS)}
    for pattern in patterns:
        rows = np.array(sorted(pattern))
        for row, seen in zip(rows, mixed.draw(rows, 1), strict=True):
            found[int(row)].append(seen)
    for row, seen in found.items():
        for one in seen:
            assert (alone.draw(np.array([row]), 1)[0] == one).all()


@pytest.mark.parametrize("before", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_a_restart_changes_nothing(tmp_path: Path, before: int) -> None:
    through, rows = overlay(), np.arange(ROWS)
    for _ in range(before):
        through.draw(rows, 1)
    first = overlay(State(tmp_path))
    for _ in range(before):
        first.draw(rows, 1)
    second = overlay(State(tmp_path))
    for _ in range(2 * BLOCK):
        assert (second.draw(rows, 1) == through.draw(rows, 1)).all()


def test_white_noise_averages_out() -> None:
    noise = overlay(rows=16, cols=64, white=0.01, slow=0, telegraph_cells=0)
    rows = np.arange(16)
    one = np.stack([noise.draw(rows, 1) for _ in range(256)])
    sixteen = np.stack([noise.draw(rows, 16) for _ in range(256)])
    assert one.std() == pytest.approx(0.01, rel=0.01)
    assert sixteen.std() == pytest.approx(0.0025, rel=0.01)
    assert abs(one.mean()) < 5 * 0.01 / np.sqrt(one.size)


def test_slow_noise_has_its_size_and_its_memory() -> None:
    noise = overlay(rows=16, cols=64, white=0, slow=0.005, telegraph_cells=0)
    rows = np.arange(16)
    history = np.stack([noise.draw(rows, 256).ravel() for _ in range(320)])
    assert history.std() == pytest.approx(0.005, rel=0.1)
    for lag in (1, 10, 100):
        expected = np.mean([np.exp(-lag / time) for time in (1, 10, 100, 1000)])
        found = (history[lag:] * history[:-lag]).mean() / history.var()
        assert found == pytest.approx(expected, abs=0.06)


def test_telegraph_noise_has_two_levels_in_some_cells() -> None:
    noise = overlay(rows=16, cols=64, white=0, slow=0, telegraph_cells=0.2, telegraph=0.01, telegraph_dwell=30)
    rows = np.arange(16)
    history = np.stack([noise.draw(rows, 1).ravel() for _ in range(512)])
    moving = history.std(axis=0) > 0
    assert moving.mean() == pytest.approx(0.2, abs=0.05)
    levels = np.ptp(history[:, moving], axis=0)
    assert np.median(levels) == pytest.approx(0.01, rel=0.2)
    assert all(len(np.unique(cell)) == 2 for cell in history[:, moving].T)
    flips = (np.diff(history[:, moving], axis=0) != 0).mean()
    assert flips == pytest.approx(1 / 30, rel=0.1)


def test_conversions_are_counted_by_row() -> None:
    noise = overlay()
    noise.draw(np.array([0, 2]), 1)
    noise.draw(np.array([2]), 1)
    assert noise.conversions.tolist() == [1, 0, 2, 0]
