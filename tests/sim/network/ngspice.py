"""The same circuits in ngspice, which knows nothing of lines and cells."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CellLine = Callable[[int, int, str, str], str]

FETCH = Path(__file__).parents[3] / "tools" / "fetch_ngspice.sh"
UNAVAILABLE = 3
TIMEOUT_S = 300
# No conductance to ground. Newton's steps square the error: the one that passes these tolerances leaves far less.
OPTIONS = ".options reltol=1e-7 abstol=1e-15 vntol=1e-11 gmin=0 itl1=1000 numdgt=16"
KLU = "klu"
"""Option for the newer of its two matrix solvers, which suits meshes."""


class NgspiceUnavailable(Exception):
    """Why ngspice cannot be had here."""


@dataclass(frozen=True)
class OperatingPoint:
    """Voltage of every cell, V, (rows, cols); current into the rows and out of the columns, A."""

    cell_v: Floats
    row_a: Floats
    col_a: Floats


def launcher() -> str:
    """The program. Raises NgspiceUnavailable."""
    done = subprocess.run([FETCH], capture_output=True, text=True, check=False, timeout=900)
    if done.returncode == UNAVAILABLE:
        raise NgspiceUnavailable(done.stderr.strip())
    done.check_returncode()
    return done.stdout.strip()


def deck(cell: CellLine, shape: tuple[int, int], volts: tuple[Floats, Floats], ohm: dict[str, float]) -> list[str]:
    """Lines of a deck; `cell` writes the element between two nodes. Lines of which the voltage is no number float."""
    rows, cols = shape
    lines = ["crossbar"]
    for i in range(rows):
        for j in range(cols):
            before = f"r{i}_{j - 1}" if j else f"dr{i}"
            lines.append(f"Rw{i}_{j} {before} r{i}_{j} {ohm['r_row'] + (ohm['drive_rows'] if j == 0 else 0)!r}")
            after = f"c{i + 1}_{j}" if i + 1 < rows else f"dc{j}"
            lines.append(f"Rb{i}_{j} c{i}_{j} {after} {ohm['r_col'] + (ohm['drive_cols'] if i + 1 == rows else 0)!r}")
            lines.append(cell(i, j, f"r{i}_{j}", f"c{i}_{j}"))
    for name, each in (("r", volts[0]), ("c", volts[1])):
        for k, volt in enumerate(each):
            # A current source of nothing keeps the node of a floating driver.
            lines.append(f"I{name}{k} 0 d{name}{k} 0" if np.isnan(volt) else f"V{name}{k} d{name}{k} 0 {float(volt)!r}")
    return lines


def operating_point(
    program: str, lines: list[str], shape: tuple[int, int], volts: tuple[Floats, Floats], solver: str = KLU
) -> OperatingPoint:
    """Run a deck of `deck`; `solver` is an option line's word, none for the solver that ngspice takes by itself."""
    rows, cols = shape
    with tempfile.TemporaryDirectory() as folder:
        raw, circuit = Path(folder) / "raw", Path(folder) / "deck.cir"
        control = [f"{OPTIONS} {solver}", ".control", "op", f"write {raw}", "quit", ".endc", ".end"]
        circuit.write_text("\n".join([*lines, *control]) + "\n")
        done = subprocess.run(
            [program, "-b", circuit], capture_output=True, text=True, check=False, timeout=TIMEOUT_S, cwd=folder
        )
        if not raw.exists():
            raise RuntimeError((done.stdout + done.stderr)[-2000:])
        values = _read(raw.read_bytes())
    nodes = {name: np.array([[values[f"v({name}{i}_{j})"] for j in range(cols)] for i in range(rows)]) for name in "rc"}
    # A voltage source counts the current that enters its positive end.
    currents = [
        np.array([0.0 if np.isnan(v) else values[f"i(v{name}{k})"] for k, v in enumerate(each)])
        for name, each in (("r", volts[0]), ("c", volts[1]))
    ]
    return OperatingPoint(nodes["r"] - nodes["c"], -currents[0], currents[1])


def _read(raw: bytes) -> dict[str, float]:
    """The one point of a binary raw file."""
    header, _, data = raw.partition(b"Binary:\n")
    table = header.decode().partition("Variables:\n")[2].split("\n")
    names = [line.split()[1].lower() for line in table if line.strip()]
    return dict(zip(names, np.frombuffer(data, np.float64, len(names)).tolist(), strict=True))
