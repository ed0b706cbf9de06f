"""Benchmarks of the whole loop: programming against ISPP, the wire against a stock client, the chip against digital.

python -m tests.bench.loop          all cases, some ten minutes
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

import numpy as np
import pyvisa
from tests.bench.results import PHYSICS, Row, record
from tests.programming.boards import PROFILE, SETUP, emulated

from ohmloop.crossbar import Geometry
from ohmloop.drivers.registry import open_crossbar
from ohmloop.link.child import EmulatorProcess
from ohmloop.programming import Acceptance, Campaign, Ispp, IsppSteps, Policy, Stops, Vipi

COMMAND = "make bench-loop"
LOOP = PHYSICS.with_name("loop.json")
SEEDS = (1, 2, 3, 4, 5)
DEMO_S = 300
ROUNDS = 15


def demonstrations() -> list[dict[str, Any]]:
    """`ohmloop demo --json` for every seed."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            arguments = ["demo", "--json", "--seed", str(seed), "--folder", folder]
            command = [str(Path(sys.executable).with_name("ohmloop")), *arguments]
            done = subprocess.run(command, capture_output=True, text=True, timeout=DEMO_S, check=True)
            results.append(json.loads(done.stdout))
    return results


def accuracy_rows(results: list[dict[str, Any]]) -> list[Row]:
    """What the chip loses against the digital network, and what the demonstration takes."""
    chip, digital = [100 * r["accuracy_chip"] for r in results], mean(100 * r["accuracy_digital"] for r in results)
    declared, true = [100 * r["declared_in_band"] for r in results], [100 * r["true_in_band"] for r in results]
    walls = [r["wall_seconds"] for r in results]
    seeds = f"seeds {SEEDS[0]}-{SEEDS[-1]}, {results[0]['test_images']} held-out images"
    fidelity = f"{seeds}; sd {stdev(chip):.2f}; logit SNR {mean(r['logit_snr_db'] for r in results):.1f} dB"
    doubled = f"{seeds}; worst seed; {sum(r['double_pulses'] for r in results)} pulses applied twice"
    wall = f"{seeds}; slowest; median {median(walls):.1f} s"
    goal = (digital - 0.5) / digital
    return [
        Row("digits: accuracy on the chip", mean(chip), digital, "digital network", goal, "%", COMMAND, fidelity),
        Row(
            "digits: declared in band at 2 %",
            min(declared),
            99.0,
            "required",
            1.0,
            "%",
            COMMAND,
            f"{seeds}; worst seed",
        ),
        Row("digits: truly in band at 2 %", min(true), 90.0, "required", 1.0, "%", COMMAND, doubled),
        Row("digits: wall time of the demonstration", max(walls), 60.0, "required", 1.0, "s", COMMAND, wall),
    ]


def pulses_a_cell(policy: Policy, seed: int) -> float:
    """Mean pulses a cell of one 32x32 campaign to 2 %."""
    with emulated("32x32", seed) as (board,):
        campaign = Campaign(
            board.crossbar, board.targets(seed), policy, Acceptance(), Stops(), profile=PROFILE, setup=SETUP
        )
        return float(np.nanmean(campaign.execute().pulses))


def policy_rows() -> list[Row]:
    """VIPI against ISPP on the same arrays."""
    makers: dict[str, Callable[[], Policy]] = {
        "ISPP, tuned": Ispp,
        "ISPP, NeuRRAM's steps": lambda: Ispp(IsppSteps.neurram()),
    }
    ours = [pulses_a_cell(Vipi(), seed) for seed in SEEDS]
    rows = []
    for name, make in makers.items():
        peer = [pulses_a_cell(make(), seed) for seed in SEEDS]
        spread = f"sd {stdev(ours):.2f} and {stdev(peer):.2f}"
        note = f"32x32 VTEAM, 2 % of range, guard 0.7, seeds {SEEDS[0]}-{SEEDS[-1]}; {spread}"
        case = f"pulses a cell, VIPI against {name}"
        rows.append(Row(case, mean(ours), mean(peer), name, 1.0, "pulses", COMMAND, note))
    return rows


def timed(work: Callable[[], object]) -> float:
    """Median seconds of one call."""
    times = []
    for _ in range(ROUNDS):
        began_s = time.perf_counter()
        work()
        times.append(time.perf_counter() - began_s)
    return median(times)


def wire_rows() -> list[Row]:
    """An 8x8 array over a pseudo-terminal: one exchange against a stock VISA client that asks cell by cell."""
    with EmulatorProcess(Geometry(8, 8), {"seed": "1", "pty": ""}) as process:
        path = process.boards[0].pty
        with open_crossbar(f"serial://{path}") as crossbar:
            ours_s = timed(crossbar.read_array)
        manager = pyvisa.ResourceManager("@py")
        board = manager.open_resource(f"ASRL{path}::INSTR", read_termination="\n", write_termination="\n")
        try:
            peer_s = timed(lambda: [float(board.query(f"MEAS:CELL? {r},{c}")) for r in range(8) for c in range(8)])
        finally:
            board.close()
            manager.close()
    case, note = "read an 8x8 array over a pty", f"median of {ROUNDS}"
    return [Row(case, 1e3 * ours_s, 1e3 * peer_s, "PyVISA, cell by cell", 5.0, "ms", COMMAND, note)]


def main() -> None:
    """Measure, print, and keep the rows."""
    rows = [*wire_rows(), *policy_rows(), *accuracy_rows(demonstrations())]
    record(rows, LOOP)
    for row in rows:
        sys.stdout.write(f"{json.dumps(row.as_json(), ensure_ascii=False)}\n")


if __name__ == "__main__":
    main()
