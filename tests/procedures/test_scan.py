"""A scan against what the emulated cells really hold."""

from pathlib import Path

import numpy as np
from tests.programming.boards import SETUP, emulated

from ohmloop.procedures.scan import scan
from ohmloop.store import Store


def test_reads_every_cell_and_keeps_it(tmp_path: Path) -> None:
    with emulated("5x7", seed=4) as (board,), Store(tmp_path / "runs.sqlite") as store:
        run = store.begin("scan", {}, {})
        before_s = board.truth("conductance_s")
        readings = scan(board.crossbar, SETUP, run)
        assert readings.conductances_s.shape == (5, 7)
        np.testing.assert_allclose(readings.conductances_s, before_s, rtol=0.08, atol=0.2e-6)
        np.testing.assert_array_equal(board.truth("conductance_s"), before_s)
        (kept,) = run.reads()
        assert kept.readings.origin == readings.origin
        np.testing.assert_array_equal(np.asarray(kept.readings.currents_a).reshape(5, 7), readings.currents_a)
