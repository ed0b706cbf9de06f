"""The resistive network: our solver against SuperLU, CHOLMOD, badcrossbar and ngspice, in one run on one core.

    make bench-network

Every array has cells spread evenly over the decades from 1 µS to 100 µS and 2 ohm in each segment of wire, as in
badcrossbar. Solvers are given the assembled matrix; we are given the conductances. Ours and theirs are timed in turn,
and of each the shortest processor time counts: on a busy machine a short call finds a quiet moment more easily.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

import numpy as np
from numpy.typing import NDArray
from tests.bench.network.peers import WIRE_OHM, Factored, badcrossbar, cholmod
from tests.bench.results import Row, best_s, record
from tests.sim.network import ngspice
from tests.sim.network.cases import cells
from tests.sim.network.dense import deviation

from ohmsim.network.mesh import Mesh
from ohmsim.network.nonlinear import Sinh, solve_nonlinear

Floats = NDArray[np.float64]

COMMAND = "make bench-network"
BATCH = 100
ROUNDS, BURST_S = 3, 0.4


def in_turn(*works: Callable[[], object]) -> list[float]:
    """Shortest time, s, of each of several calls, in rounds of as many of each as a burst has room for."""
    shortest = [np.inf] * len(works)
    for _ in range(ROUNDS):
        for k, work in enumerate(works):
            once = best_s(work, 1, process_time)
            more = min(200, int(BURST_S / once))
            shortest[k] = min(shortest[k], once, best_s(work, more, process_time) if more else once)
    return shortest


def mesh(side: int) -> Mesh:
    """The lines of a square array."""
    return Mesh(side, side, r_row=WIRE_OHM, r_col=WIRE_OHM)


def volts(side: int, batch: int) -> Floats:
    """Input vectors, V, (batch, side)."""
    return np.random.default_rng(9).uniform(0, 0.2, (batch, side))


def one_vector() -> list[Row]:
    """New cells, one vector: currents and voltages of all cells."""
    rows = []
    for side, goal in ((64, 125), (128, 250), (256, 200), (512, 400)):
        g, vectors, lines = cells(side, side), volts(side, 1), mesh(side)
        peer = Factored(g, vectors)
        ours, *ways = in_turn(lambda g=g, vectors=vectors, lines=lines: lines.solve(g, vectors[0]), *peer.ways)
        times, found = {"SuperLU": min(ways)}, [peer.currents_a]
        other = badcrossbar(g, vectors, 3 if side < 256 else 1)
        if other is not None:
            times["badcrossbar 1.1.0"] = other.seconds
            found.append(other.currents_a)
        name = min(times, key=lambda each: times[each])
        solution = lines.solve(g, vectors[0])
        error = max(deviation(solution.col_a, currents[0]) for currents in found)
        others = ", ".join(f"{each} {1e3 * taken:.0f} ms" for each, taken in times.items())
        note = f"{solution.iterations} iterations, error {error:.0e}; {others}"
        case = f"network: new cells, one vector, {side}"
        rows.append(Row(case, 1e3 * ours, 1e3 * times[name], name, goal, "ms", COMMAND, note))
        rows += beside_cholmod(case, ours, g, vectors, solution.col_a[None])
    return rows


def many_vectors() -> list[Row]:
    """New cells, a hundred vectors: currents."""
    rows = []
    for side, goal in ((64, 30), (128, 20), (256, 15)):
        g, vectors, lines = cells(side, side), volts(side, BATCH), mesh(side)
        peer = Factored(g, vectors)
        ours, *ways = in_turn(lambda g=g, vectors=vectors, lines=lines: lines.transfer(g).multiply(vectors), *peer.ways)
        found = lines.transfer(g).multiply(vectors)
        note = f"error {deviation(found, peer.currents_a):.0e}"
        case = f"network: new cells, {BATCH} vectors, {side}"
        rows.append(Row(case, 1e3 * ours, 1e3 * min(ways), "SuperLU", goal, "ms", COMMAND, note))
        rows += beside_cholmod(case, ours, g, vectors, found)
    return rows


def beside_cholmod(case: str, ours: float, g: Floats, vectors: Floats, found: Floats) -> list[Row]:
    """The same beside CHOLMOD; no row where it cannot be had."""
    answer = cholmod(g, vectors, ROUNDS)
    if answer is None:
        return []
    note = f"{answer.note}; error {deviation(found, answer.currents_a):.0e}"
    return [Row(f"{case}, CHOLMOD", 1e3 * ours, 1e3 * answer.seconds, "CHOLMOD", None, "ms", COMMAND, note)]


def matrices() -> list[Row]:
    """The whole transfer matrix, and what a further batch costs beside the product alone."""
    rows = []
    for side, required in ((256, 0.2), (512, 3.0)):
        g, lines = cells(side, side), mesh(side)
        (ours,) = in_turn(lambda g=g, lines=lines: lines.transfer(g))
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

    ours, *ways = in_turn(work, *Factored(g, volts(side, 1)).ways)
    g[20, 30] = value[0]
    error = deviation(transfer.matrix, lines.transfer(g).matrix)
    note = f"error {error:.0e} after all repetitions; the peer solves one vector anew"
    return Row("network: one cell changed, 64", 1e3 * ours, 1e3 * min(ways), "SuperLU", 100, "ms", COMMAND, note)


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
    found, steps = solve_nonlinear(lines, law, 1.0)
    rows = []
    for name, solver, repeats, goal in (("as it comes", "", 1, None), ("KLU", ngspice.KLU, 3, 1000)):
        started, _ = deck(2, solver)
        taken, ours = [], np.inf
        for _ in range(repeats):
            ours = min(ours, *in_turn(lambda: solve_nonlinear(lines, law, 1.0)))
            taken.append(deck(side, solver))
        difference = deviation(found.cell_v, taken[0][1].cell_v)
        note = f"{steps} Newton steps, difference {difference:.0e}; the peer's start is not counted"
        peer = min(seconds for seconds, _ in taken) - started
        case = f"network: bending cells, 64, ngspice {name}"
        rows.append(Row(case, 1e3 * ours, 1e3 * peer, f"ngspice 44 ({name})", goal, "ms", COMMAND, note))
    return rows


def main() -> None:
    """Measure, write down, and say so."""
    rows = [*bending_cells(), *one_vector(), *many_vectors(), *matrices(), changed_cell()]
    record(rows)
    for row in rows:
        met = ", goal not met" if row.as_json()["met"] is False else ""
        sys.stdout.write(
            f"{row.case}: {row.ours:.3g} against {row.peer:.4g} {row.unit} ({row.peer_name}), "
            f"{row.ratio:.2f}x of {row.goal}{met}; {row.note}\n"
        )


if __name__ == "__main__":
    main()
