"""The demonstration itself, from boards to answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ohmloop.cli.demonstration.bench import DEVICE, Bench
from ohmloop.cli.demonstration.faults import Faults
from ohmloop.cli.demonstration.questions import ask
from ohmloop.cli.demonstration.report import Result, compare
from ohmloop.cli.failure import CommandError
from ohmloop.cli.interrupt import carry_out
from ohmloop.crossbar import ExchangeStatus, Geometry
from ohmloop.network import accuracy, logit_snr_db, pretrained
from ohmloop.procedures.characterise import CELLS, PULSES_MAX
from ohmloop.programming import Progress, Stops
from ohmloop.programming.maps import draw_maps
from ohmloop.service.app import create_app
from ohmloop.service.characterising import Characterising
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.moving import CHARACTERISE
from ohmloop.service.plan import ProgrammingPlan
from ohmloop.service.programming import KIND, Programming
from ohmloop.service.server import DEFAULT_HOST, listen, serving
from ohmloop.station import DeviceFile, Station
from ohmloop.store import Run, Store

GEOMETRY = Geometry(32, 32)
BOARDS = 5
"""64 inputs x 32 hidden units take four arrays as differential pairs, 32 x 10 outputs a fifth."""
MODEL = "digits"
TOLERANCE = 0.02


def demonstrate(
    folder: Path,
    seed: int,
    faults: Faults | None,
    *,
    say: Callable[[str], None],
    progress: Callable[[Progress], None],
) -> Result:
    """Run the demonstration; maps and journal go into `folder`.

    `say` is told of each step, `progress` of each round. Raises what the rooms below raise.
    """
    began_s = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    picture = folder / "maps.png"
    digits = pretrained(MODEL)
    device = DeviceFile.shipped(DEVICE, GEOMETRY)
    with ExitStack() as open_things:
        say(f"starting {BOARDS} emulated {GEOMETRY} boards")
        bench = open_things.enter_context(Bench(BOARDS, GEOMETRY, seed))
        store = open_things.enter_context(Store(folder / "runs.sqlite"))
        station = open_things.enter_context(Station(bench.urls, device, store))
        station.arm()
        network = open_things.enter_context(HostedNetwork(digits.model, station.boards, device))
        if faults is not None:
            bench.break_things(faults)
        say(f"characterising {CELLS} cells of the first board")
        characterising = Characterising(station, cells=CELLS, pulses_max=PULSES_MAX)
        carry_out(station, CHARACTERISE, characterising)
        _to_the_end(characterising.measured is not None)
        plan = ProgrammingPlan.chosen(device, characterising.measured, tolerance=TOLERANCE, stops=Stops())
        say(f"programming {MODEL} by {plan.policy}: read, pulse, verify")
        programming = Programming(station, network, plan, tell=progress, parameters={"seed": seed})
        carry_out(station, KIND, programming)
        _to_the_end(programming.complete)
        programmed = compare(programming.reports, bench.truths(), _given(characterising.run))
        draw_maps(programming.reports, picture)
        app = create_app(station, {MODEL: network})
        with serving(app, listen(DEFAULT_HOST, 0, None)) as url:
            say(f"asking {url}/v2/models/{MODEL} about {len(digits.images)} images")
            logits = ask(url, MODEL, digits.images)
    expected = digits.model.digital(digits.images)
    return Result(
        programmed=programmed,
        test_images=len(digits.images),
        accuracy_digital=accuracy(expected, digits.labels),
        accuracy_chip=accuracy(logits, digits.labels),
        logit_snr_db=logit_snr_db(expected, logits),
        wall_seconds=time.monotonic() - began_s,
        picture=str(picture),
        store=str(folder / "runs.sqlite"),
        run=programming.run.id,
        seed=seed,
    )


def _to_the_end(complete: bool) -> None:
    if not complete:
        raise CommandError("the demonstration was stopped before its end")


def _given(run: Run) -> NDArray[np.int64]:
    """Pulses that a run on one board gave each cell, those of an uncertain exchange included."""
    given = np.zeros((GEOMETRY.rows, GEOMETRY.cols), dtype=np.int64)
    for record in run.exchanges():
        if record.status is not ExchangeStatus.REFUSED:
            sent = record.pulses.part(0, len(record.pulses) if record.applied is None else record.applied)
            np.add.at(given, (sent.rows, sent.cols), 1)
    return given
