"""A host that programs an array, to be killed: `python -m tests.faults.host` forks one for every line of its input.

Lines: `<url> <store> <run> <seed of the targets>`. It answers with the process id of the host that it has started.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Geometry
from ohmloop.programming import Acceptance, Campaign, Stops, Vipi, settle_last
from ohmloop.station import DeviceFile, Station
from ohmloop.store import Store

DEVICE = DeviceFile.shipped("vteam", Geometry(8, 8))


def targets_s(seed: int) -> NDArray[np.float64]:
    low, high = DEVICE.array.conductance_s
    return np.random.default_rng(seed).uniform(low, high, (8, 8))


def program(url: str, path: Path, run_id: int, seed: int) -> None:
    with Store(path) as store, Station([url], DEVICE, store) as station:
        run, (crossbar,) = store.open(run_id), station.boards
        settle_last(run, crossbar)
        station.arm()
        campaign = Campaign(
            crossbar,
            targets_s(seed),
            Vipi(),
            Acceptance(),
            Stops(),
            profile=DEVICE.profile,
            setup=DEVICE.setup,
            run=run,
        )
        run.finish("done", campaign.execute().summary())


def serve() -> None:
    for line in sys.stdin:
        url, path, run_id, seed = line.split()
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            program(url, Path(path), int(run_id), int(seed))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
