"""Reading every cell of an array once."""

from __future__ import annotations

import numpy as np

from ohmloop.crossbar import Crossbar, Readings, Setup
from ohmloop.store import Run


def scan(crossbar: Crossbar, setup: Setup, run: Run) -> Readings:
    """Read every cell under `setup` and journal it in `run`; `currents_a` has shape (rows, cols). Moves nothing.

    Raises a CrossbarError if the board refuses or is lost, StoreError if the reading cannot be kept.
    """
    crossbar.configure(setup)
    readings = crossbar.read_array()
    rows, cols = np.indices(readings.currents_a.shape)
    run.read(crossbar.capabilities.serial, rows, cols, readings)
    return readings
