"""The same circuits in ngspice, which knows nothing of lines and cells."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def deck(
    cell: CellLine,
    shape: tuple[int, int],
    volts: tuple[Floats, Floats],
    *,
    r_row: ArrayLike,
    r_col: ArrayLike,
    drive_rows: ArrayLike = 0.0,
    drive_cols: ArrayLike = 0.0,
) -> list[str]:
    """Lines of a deck; `cell` writes the element between two nodes.

    Wires and drivers as for `Mesh`. Lines of which the voltage is no number float.
    """
    rows, cols = shape
    lines = ["crossbar"]
    lines += [cell(i, j, f"r{i}_{j}", f"c{i}_{j}") for i in range(rows) for j in range(cols)]
    for name, chains, wire, drive, each in (
        ("r", [[f"r{i}_{j}" for j in range(cols)] for i in range(rows)], r_row, drive_rows, volts[0]),
        ("c", [[f"c{i}_{j}" for i in reversed(range(rows))] for j in range(cols)], r_col, drive_cols, volts[1]),
    ):
        ohm = np.asarray(wire, float)
        if ohm.ndim < 2:
            ohm = np.repeat(np.broadcast_to(ohm, len(chains))[:, None], len(chains[0]) + 1, axis=1)
        elif name == "c":
            ohm = ohm[:, ::-1]
        driver = np.broadcast_to(np.asarray(drive, float), len(chains))
        for k, chain in enumerate(chains):
            # A line that floats has no driver, nor what lies between.
            segments = [np.inf if np.isnan(each[k]) else ohm[k, 0] + driver[k], *ohm[k, 1:-1]]
            for number, (a, b, r) in enumerate(zip([f"d{name}{k}", *chain], chain, segments, strict=False)):
                if r == 0:
                    lines.append(f"Vw{name}{k}_{number} {a} {b} 0")
                elif r < np.inf:
                    lines.append(f"Rw{name}{k}_{number} {a} {b} {float(r)!r}")
            if not np.isnan(each[k]):
                lines.append(f"V{name}{k} d{name}{k} 0 {float(each[k])!r}")
    return lines


def resistors(g: Floats) -> CellLine:
    """Cells that obey Ohm's law; nothing where one has no conductance."""

    def cell(i: int, j: int, a: str, b: str) -> str:
        return f"Rg{i}_{j} {a} {b} {float(1 / g[i, j])!r}" if g[i, j] > 0 else f"* no cell {i}_{j}"

    return cell


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
