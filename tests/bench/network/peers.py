"""The peers: SuperLU in this process, CHOLMOD and badcrossbar as programs of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

Floats = NDArray[np.float64]

WIRE_OHM = 2.0
ROOT = Path(__file__).parents[3]
BADCROSSBAR = ROOT / ".cache" / "peers" / "bin" / "python"
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


def right_sides(g: Floats, vectors: Floats) -> Floats:
    """Currents into those nodes, A, (nodes, batch), for row voltages, V, (batch, rows)."""
    right = np.zeros((2 * g.size, len(vectors)))
    right[: g.size : g.shape[1]] = vectors.T / WIRE_OHM
    return right


@dataclass
class Factored:
    """SuperLU given the assembled matrix: as it is called, and as its manual says to call it for such a matrix.

    Attributes:
        ways: to factor and solve. currents_a: out of the columns, (batch, cols), of the last call.
    """

    g: Floats
    vectors: Floats
    ways: list[Callable[[], None]] = field(init=False)
    currents_a: Floats = field(init=False)

    def __post_init__(self) -> None:
        matrix, right = nodal(self.g), right_sides(self.g, self.vectors)
        symmetric = {"permc_spec": "MMD_AT_PLUS_A", "diag_pivot_thresh": 0.0, "options": {"SymmetricMode": True}}

        def way(factor: Callable[[], SuperLU]) -> Callable[[], None]:
            def work() -> None:
                self.currents_a = factor().solve(right)[-self.g.shape[1] :].T / WIRE_OHM

            return work

        self.ways = [way(lambda: splu(matrix)), way(lambda: splu(matrix, **symmetric))]


@dataclass(frozen=True)
class Answer:
    """Of a program: shortest time, s, currents out of the columns, A, (batch, cols), and what there is to say."""

    seconds: float
    currents_a: Floats
    note: str = ""


def badcrossbar(g: Floats, vectors: Floats, repeats: int) -> Answer | None:
    """None where it is not installed (tools/fetch_badcrossbar.sh)."""
    if not BADCROSSBAR.exists():
        return None
    with TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npy"
        np.savez(given, g=g, volts=vectors.T)
        command = [BADCROSSBAR, "-c", BADCROSSBAR_TIMING, given, str(repeats), found]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        return Answer(json.loads(done.stdout), np.load(found))


def cholmod(g: Floats, vectors: Floats, repeats: int) -> Answer | None:
    """None where it cannot be had; the reason is on standard error."""
    fetched = subprocess.run([ROOT / "tools" / "fetch_suitesparse.sh"], capture_output=True, text=True, check=False)
    if fetched.returncode:
        sys.stderr.write(fetched.stderr)
        return None
    lower, right = sparse.tril(nodal(g), format="csc"), right_sides(g, vectors)
    lower.sort_indices()
    with TemporaryDirectory() as folder:
        given, found = Path(folder) / "given", Path(folder) / "found"
        with given.open("wb") as file:
            for part in ([*lower.shape[:1], lower.nnz, len(vectors)], lower.indptr, lower.indices):
                file.write(np.asarray(part, np.int32).tobytes())
            file.write(lower.data.tobytes() + right.T.tobytes())
        command = [fetched.stdout.strip(), given, str(repeats), found]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        ordering_s, seconds = json.loads(done.stdout)
        nodes_v = np.fromfile(found).reshape(len(vectors), -1)
    return Answer(
        seconds, nodes_v[:, -g.shape[1] :] / WIRE_OHM, f"its ordering kept, which takes {1e3 * ordering_s:.0f} ms"
    )
