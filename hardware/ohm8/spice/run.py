"""Runs a deck and reads back what it measured."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohm8.spice.deck import Deck

ROOT = Path(__file__).resolve().parents[3]
_WORK = ROOT / ".cache/hardware/spice"
_TIMEOUT_S = 300
_NODES_AT_REST = "method=gear reltol=1e-5 abstol=1e-13 vntol=1e-8"


class SimulationFailed(RuntimeError):
    """ngspice did not finish; the message holds its last words."""


@dataclass(frozen=True)
class Curves:
    """An axis (s or Hz) and the value of each vector along it."""

    axis: NDArray[np.float64]
    values: dict[str, NDArray[np.float64]]


def run(deck: Deck, name: str, analysis: str, vectors: Sequence[str]) -> Curves:
    """Runs `analysis` (tran, ac, dc or noise line) and returns the `vectors`.

    Raises:
        SimulationFailed: ngspice stopped, before its end too, or a vector does not exist.
    """
    _WORK.mkdir(parents=True, exist_ok=True)
    data = _WORK / f"{name}.txt"
    data.unlink(missing_ok=True)
    circuit = _WORK / f"{name}.cir"
    inside = f"/project/{data.relative_to(ROOT)}"
    columns = " ".join(vectors)
    control = [
        ".control",
        "set wr_singlescale",
        "option numdgt=9",
        analysis,
        f"wrdata {inside} {columns}",
        "quit",
        ".endc",
    ]
    text = [*deck.lines, f".options {_NODES_AT_REST}", *control, ".end"]
    circuit.write_text("\n".join(text) + "\n", encoding="utf-8")
    command = [ROOT / "hardware/tools/kicad.sh", "ngspice", "-b", str(circuit.relative_to(ROOT))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    if not data.exists():
        raise SimulationFailed((done.stdout + done.stderr)[-2000:])
    table = np.loadtxt(data, ndmin=2)
    if "simulation(s) aborted" in done.stdout + done.stderr:
        raise SimulationFailed(f"{name} ended at {table[-1, 0]:g}: " + (done.stdout + done.stderr)[-2000:])
    return Curves(table[:, 0], {vector: table[:, 1 + order] for order, vector in enumerate(vectors)})
