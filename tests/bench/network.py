"""The resistive network: our solver against SuperLU, badcrossbar and ngspice, in one run on one core.

    make bench-network

Every array has cells spread evenly over the decades from 1 µS to 100 µS and 2 ohm in each segment of wire, as in
badcrossbar. SuperLU is given the assembled matrix and the better of two orderings; we are given the conductances.
Times are of the processor: on a busy machine a short call finds a quiet moment that a long one does not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu
from tests.bench.results import Row, best_s, record
from tests.sim.network import ngspice
from tests.sim.network.cases import cells
from tests.sim.network.dense import deviation

from ohmsim.network.mesh import Mesh
from ohmsim.network.nonlinear import Sinh, solve_nonlinear

Floats = NDArray[np.float64]

COMMAND = "make bench-network"
WIRE_OHM = 2.0
BATCH = 100
SLOW_S = 2.0
BADCROSSBAR = Path(__file__).parents[2] / ".cache" / "peers" / "bin" / "python"
BADCROSSBAR_TIMING = """
import json, logging, sys, time
import numpy as np, badcrossbar
logging.disable(logging.CRITICAL)
data = np.load(sys.argv[1])
times = []
for _ in range(int(sys.argv[2])):
    start = time.process_time()
    found = badcrossbar.compute(data["volts"], 1 / data["g"], 2.0)
    times.append(time.process_time() - start)
np.save(sys.argv[3], np.asarray(found.currents.output))
print(json.dumps(min(times)))
"""


def timed(work: Callable[[], object]) -> float:
    """Shortest time, s, of as many calls as are worth it."""
    once = best_s(work, 1, process_time)
    return once if once > SLOW_S else min(once, best_s(work, max(3, min(200, int(SLOW_S / once))), process_time))


def nodal(g: Floats) -> sparse.csc_matrix:
    """All nodes of an array, rows' first: the matrix that a general solver works on."""
    rows, cols = g.shape
    wire = 1 / WIRE_OHM

    def ladder(count: int) -> sparse.spmatrix:
        diagonal = np.full(count, 2 * wire)
        diagonal[-1] = wire
        return sparse.diags([np.full(count - 1, -wire), diagonal, np.full(count - 1, -wire)], [-1, 0, 1])

    flipped = sparse.csr_matrix(np.eye(rows)[::-1])
    along_rows = sparse.kron(sparse.identity(rows), ladder(cols))
    along_cols = sparse.kron(flipped @ ladder(rows) @ flipped, sparse.identity(cols))
    joined = sparse.diags(g.ravel())
    return sparse.bmat([[along_rows + joined, -joined], [-joined, along_cols + joined]], format="csc")


def orderings(matrix: sparse.csc_matrix) -> list[Callable[[], SuperLU]]:
    """SuperLU as it is called, and as its manual says to call it for such a matrix."""
    symmetric = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}
    return [lambda: splu(matrix), lambda: splu(matrix, **symmetric)]


def superlu(g: Floats, vectors: Floats) -> tuple[float, Floats]:
    """Time to factor and solve, s, and the column currents, A, (batch, cols)."""
    rows, cols = g.shape
    matrix, right = nodal(g), np.zeros((2 * rows * cols, len(vectors)))
    right[: rows * cols : cols] = vectors.T / WIRE_OHM
    times, found = [], []
    for factor in orderings(matrix):
        times.append(timed(lambda factor=factor: found.append(factor().solve(right)[-cols:].T / WIRE_OHM)))
    return min(times), found[-1]


def badcrossbar(g: Floats, vectors: Floats, repeats: int, folder: Path) -> tuple[float, Floats] | None:
    """The same by badcrossbar, in an environment of its own; None where it is not installed."""
    if not BADCROSSBAR.exists():
        return None
    given, found = folder / "given.npz", folder / "found.npy"
    np.savez(given, g=g, volts=vectors.T)
    command = [BADCROSSBAR, "-c", BADCROSSBAR_TIMING, given, str(repeats), found]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return json.loads(done.stdout), np.load(found)


def mesh(side: int) -> Mesh:
    """The lines of a square array."""
    return Mesh(side, side, r_row=WIRE_OHM, r_col=WIRE_OHM)


def volts(side: int, batch: int) -> Floats:
    """Input vectors, V, (batch, side)."""
    return np.random.default_rng(9).uniform(0, 0.2, (batch, side))


def one_vector(folder: Path) -> list[Row]:
    """New cells, one vector: currents and voltages of all cells."""
    rows = []
    for side, goal in ((64, 125), (128, 250), (256, 200), (512, 400)):
        g, vectors, lines = cells(side, side), volts(side, 1), mesh(side)
        ours = timed(lambda g=g, vectors=vectors, lines=lines: lines.solve(g, vectors[0]))
        peers = {"SuperLU": superlu(g, vectors)}
        other = badcrossbar(g, vectors, 3 if side < 256 else 1, folder)
        if other is not None:
            peers["badcrossbar 1.1.0"] = other
        name, (peer, _) = min(peers.items(), key=lambda each: each[1][0])
        found = lines.solve(g, vectors[0])
        error = max(deviation(found.col_a, currents[0]) for _, currents in peers.values())
        others = ", ".join(f"{peer} {1e3 * taken:.0f} ms" for peer, (taken, _) in peers.items())
        note = f"{found.iterations} iterations, error {error:.0e}; {others}"
        rows.append(
            Row(f"network: new cells, one vector, {side}", 1e3 * ours, 1e3 * peer, name, goal, "ms", COMMAND, note)
        )
    return rows


def many_vectors() -> list[Row]:
    """New cells, a hundred vectors: currents."""
    rows = []
    for side, goal in ((64, 30), (128, 20), (256, 15)):
        g, vectors, lines = cells(side, side), volts(side, BATCH), mesh(side)
        ours = timed(lambda g=g, vectors=vectors, lines=lines: lines.transfer(g).multiply(vectors))
        peer, wanted = superlu(g, vectors)
        note = f"error {deviation(lines.transfer(g).multiply(vectors), wanted):.0e}"
        case = f"network: new cells, {BATCH} vectors, {side}"
        rows.append(Row(case, 1e3 * ours, 1e3 * peer, "SuperLU", goal, "ms", COMMAND, note))
    return rows


def matrices() -> list[Row]:
    """The whole transfer matrix, and what a further batch costs beside the product alone."""
    rows = []
    for side, required in ((256, 0.2), (512, 3.0)):
        g, lines = cells(side, side), mesh(side)
        ours = timed(lambda g=g, lines=lines: lines.transfer(g))
        rows.append(Row(f"network: transfer matrix, {side}", ours, required, "required", 1, "s", COMMAND))
    for side in (128, 512):
        transfer, vectors = mesh(side).transfer(cells(side, side)), volts(side, BATCH)
        plain = np.ascontiguousarray(transfer.matrix)
        taken = {"ours": np.inf, "peer": np.inf}
        for _ in range(20):
            taken["ours"] = min(taken["ours"], best_s(lambda t=transfer, v=vectors: t.multiply(v), 20))
            taken["peer"] = min(taken["peer"], best_s(lambda p=plain, v=vectors: v @ p, 20))
        rate = {name: 2e-9 * BATCH * side**2 / seconds for name, seconds in taken.items()}
        case = f"network: same cells, next {BATCH} vectors, {side}"
        rows.append(Row(case, rate["ours"], rate["peer"], "the product alone", 0.8, "GFLOP/s", COMMAND))
    return rows


def changed_cell() -> Row:
    """One cell of a known matrix changes."""
    side = 64
    g, lines = cells(side, side), mesh(side)
    transfer, value = lines.transfer(g), [1e-5, 2e-5]

    def work() -> None:
        value.reverse()
        transfer.update([(20, 30)], value[:1])

    ours = timed(work)
    g[20, 30] = value[0]
    error = deviation(transfer.matrix, lines.transfer(g).matrix)
    peer, _ = superlu(g, volts(side, 1))
    note = f"error {error:.0e} after all repetitions; the peer solves one vector anew"
    return Row("network: one cell changed, 64", 1e3 * ours, 1e3 * peer, "SuperLU", 100, "ms", COMMAND, note)


def _children_s() -> float:
    """Processor time of programs that have ended, s."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bending_cells() -> list[Row]:
    """Cells with I = G V0 sinh(V / V0), V0 = 0.25 V, at 1 V on all rows; no rows where ngspice cannot be had."""
    side, scale_v = 64, 0.25
    try:
        program = ngspice.launcher()
    except ngspice.NgspiceUnavailable as reason:
        sys.stderr.write(f"{reason}\n")
        return []

    def deck(size: int, solver: str) -> tuple[float, ngspice.OperatingPoint]:
        g, driven = cells(size, size), (np.ones(size), np.zeros(size))
        lines = ngspice.deck(
            lambda i, j, a, b: f"B{i}_{j} {a} {b} I={float(g[i, j] * scale_v)!r}*sinh((V({a})-V({b}))/{scale_v!r})",
            (size, size),
            driven,
            r_row=WIRE_OHM,
            r_col=WIRE_OHM,
        )
        start = _children_s()
        point = ngspice.operating_point(program, lines, (size, size), driven, solver)
        return _children_s() - start, point

    law, lines = Sinh(cells(side, side), scale_v=scale_v), mesh(side)
    ours = timed(lambda: solve_nonlinear(lines, law, 1.0))
    found, steps = solve_nonlinear(lines, law, 1.0)
    rows = []
    for name, solver, repeats, goal in (("as it comes", "", 1, None), ("KLU", ngspice.KLU, 3, 1000)):
        started, _ = deck(2, solver)
        taken = [deck(side, solver) for _ in range(repeats)]
        difference = deviation(found.cell_v, taken[0][1].cell_v)
        note = f"{steps} Newton steps, difference {difference:.0e}; the peer's start is not counted"
        peer = min(seconds for seconds, _ in taken) - started
        case = f"network: bending cells, 64, ngspice {name}"
        rows.append(Row(case, 1e3 * ours, 1e3 * peer, f"ngspice 44 ({name})", goal, "ms", COMMAND, note))
    return rows


def main() -> None:
    """Measure, write down, and say so."""
    folder = BADCROSSBAR.parents[2]
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*bending_cells(), *one_vector(folder), *many_vectors(), *matrices(), changed_cell()]
    record(rows)
    for row in rows:
        met = ", goal not met" if row.as_json()["met"] is False else ""
        sys.stdout.write(
            f"{row.case}: {row.ours:.3g} against {row.peer:.4g} {row.unit} ({row.peer_name}), "
            f"{row.ratio:.2f}x of {row.goal}{met}; {row.note}\n"
        )


if __name__ == "__main__":
    main()
