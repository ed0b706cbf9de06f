"""What deciding costs, and what one campaign takes over the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray
from tests.bench.programming.arrays import Device, learned
from tests.bench.programming.contest import acceptance, targets_of
from tests.bench.programming.parts import COMMAND
from tests.bench.programming.players import AS_RELEASED
from tests.bench.programming.tuning import chosen
from tests.bench.results import Row
from tests.programming.boards import PROFILE, SETUP, emulated

from ohmloop.crossbar import Geometry
from ohmloop.programming import Acceptance, Bayes, Campaign, Policy, PolicyContext, Population, Proposal, Stops

Floats = NDArray[np.float64]

SIDE, LARGEST_US = 64, 20.0
WIRE_S, TRIES = 5.0, 3


class Timed:
    """A policy, and the processor time that it takes, s, and for how many pulses."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.taken_s, self.pulses = 0.0, 0

    @property
    def name(self) -> str:
        return self._policy.name

    @property
    def parameters(self) -> Mapping[str, float]:
        return self._policy.parameters

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        self._policy.start(targets_s, context)

    def propose(self, cells: NDArray[np.intp], measured_s: Floats) -> Proposal:
        began_s = process_time()
        proposal = self._policy.propose(cells, measured_s)
        self.taken_s += process_time() - began_s
        self.pulses += cells.size
        return proposal

    def learn(
        self, cells: NDArray[np.intp], volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats
    ) -> None:
        began_s = process_time()
        self._policy.learn(cells, volts, widths_s, before_s, after_s)
        self.taken_s += process_time() - began_s


def deciding() -> Iterator[Row]:
    """Processor time for each pulse decided and learned from, over a whole campaign of 64x64 cells to 2 %."""
    for preset, names in (
        ("vteam", ("bayes", "ekf", "vipi", "ispp", "alibart", "openmena", *AS_RELEASED)),
        ("synaptogen", ("level",)),
    ):
        device = Device(preset)
        for name in names:
            array = device.array(1, Geometry(SIDE, SIDE))
            timed = Timed(AS_RELEASED[name]() if name in AS_RELEASED else chosen(name, device)[1]())
            Campaign(
                array,
                targets_of(device.profile, Geometry(SIDE, SIDE), 1),
                timed,
                acceptance(0.02, 1.0),
                Stops(pulses=100),
                profile=device.profile,
                population=learned(device),
            ).execute()
            each_us = 1e6 * timed.taken_s / timed.pulses
            note = f"{preset}, {SIDE}x{SIDE} cells to 2 %, {timed.pulses} pulses, all rounds of the campaign"
            yield Row(f"deciding a pulse: {name}", each_us, LARGEST_US, "required", 1.0, "us", COMMAND, note)


def wire() -> Iterator[Row]:
    """One campaign of 64x64 cells to 2 % on the fast emulator, over TCP."""
    for about, population in (("population learned", learned(Device("vteam"))), ("nothing measured before", None)):
        tries = [_over_the_wire(population) for _ in range(TRIES)]
        wall_s, note = min(tries)
        note = f"best of {TRIES}, {about}; {note}"
        yield Row(f"wire, 64x64 to 2 %, {about}: wall time", wall_s, WIRE_S, "required", 1.0, "s", COMMAND, note)


def _over_the_wire(population: Population | None) -> tuple[float, str]:
    with emulated(f"{SIDE}x{SIDE}", 5) as (board,):
        most = board.crossbar.capabilities.max_pulses
        rounds: list[int] = []
        campaign = Campaign(
            board.crossbar,
            board.targets(5),
            Bayes(),
            Acceptance(passes=0),
            Stops(),
            profile=PROFILE,
            population=population,
            setup=SETUP,
            progress=lambda progress: rounds.append(progress.pulses),
        )
        began_s, host_s = perf_counter(), process_time()
        report = campaign.execute()
        wall_s, host_s = perf_counter() - began_s, process_time() - host_s
        errors = np.abs(board.truth("conductance_s") - board.targets(5)) / PROFILE.span_s
    fewest = sum(-(-int(n) // most) for n in np.diff(np.unique([0, *rounds])))
    load = Path("/proc/loadavg").read_text().split()[0]
    return (
        wall_s,
        f"{report.totals.exchanges} exchanges, {fewest} is the least for {most} pulses each; "
        f"{report.totals.pulses} pulses, {report.totals.reads} reads, declared {100 * report.declared_in_band:.2f} %, "
        f"truly in band {100 * float((errors <= 0.02).mean()):.1f} %; processor time of the host {host_s:.2f} s; "
        f"load of the machine {load}",
    )
