"""Experiments on a few cells as jobs: current-voltage curves and pulse responses, kept with their run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Generic, TypeVar

import numpy as np

from ohmloop.procedures.iv_sweep import Curves, iv_sweep
from ohmloop.procedures.probe import Floats, Place
from ohmloop.procedures.pulse_response import Response, Trains, pulse_response
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.service.moving import PULSE_RESPONSE
from ohmloop.station import Job, Station
from ohmloop.store import Run

Tell = Callable[[int, int], None]
"""Called with the steps that are done, and how many there are."""

Found = TypeVar("Found", Curves, Response)
IV_SWEEP = "iv-sweep"
FOUND = "found"
"""Name under which a run keeps what it found."""


class Experiment(Generic[Found]):
    """The work of an experiment on the first board of a station; give it to `Station.start`.

    Attributes:
        run: the run it is journalled in. found: what it found, once it has ended.
    """

    def __init__(self, run: Run, do: Callable[[SafePoints, Job], Found]) -> None:
        self.run = run
        self.found: Found | None = None
        self._do: Callable[[SafePoints, Job], Found] = do

    def __call__(self, job: Job) -> dict[str, Any]:
        """Measure. A run that does not come to its end is begun anew."""
        safe_points = SafePoints()
        job.on_cancel(safe_points.stop)
        job.can_be_held(safe_points.hold, safe_points.go_on)
        try:
            self.found = self._do(safe_points, job)
        except SafePoint:
            self.run.finish("cancelled", {})
        except Exception as error:
            self.run.finish("failed", {"error": f"{type(error).__name__}: {error}"})
            raise
        else:
            _keep(self.run, self.found)
            self.run.finish("done", {"cells": len(self.found.place)})
        return {"run": self.run.id}


def sweeping(station: Station, place: Place, volts: Floats, tell: Tell | None = None) -> Experiment[Curves]:
    """Current-voltage curves of cells at these read voltages, V; `tell` as of `iv_sweep`."""
    run = station.begin(IV_SWEEP, {"cells": len(place), "largest_v": float(volts.max())})
    board, setup = station.boards[0], station.device.setup

    def do(at: SafePoints, job: Job) -> Curves:
        told = _reporting(job, run, "points", tell)
        return iv_sweep(board, setup, place, volts, run=run, safe_points=at, tell=told)

    return Experiment(run, do)


def pulsing(station: Station, place: Place, trains: Trains, tell: Tell | None = None) -> Experiment[Response]:
    """The response of cells to trains of equal pulses; `tell` as of `pulse_response`."""
    run = station.begin(PULSE_RESPONSE, {"cells": len(place), **asdict(trains)})
    board, setup = station.boards[0], station.device.setup

    def do(at: SafePoints, job: Job) -> Response:
        told = _reporting(job, run, "pulses", tell)
        return pulse_response(board, setup, place, trains, run=run, safe_points=at, tell=told)

    return Experiment(run, do)


def kept(run: Run) -> Curves | Response | None:
    """What such a run found; None for one that found nothing, or of another kind."""
    if run.kind not in (IV_SWEEP, PULSE_RESPONSE) or not run.has(FOUND):
        return None
    arrays = run.get(FOUND)
    place = Place(arrays["rows"], arrays["cols"])
    if run.kind == IV_SWEEP:
        return Curves(place, arrays["volts"], arrays["currents_a"])
    trains = Trains(**{name: run.parameters[name] for name in Trains.__dataclass_fields__})
    return Response(place, trains, arrays["conductances_s"])


def as_json(found: Curves | Response) -> dict[str, Any]:
    """What an experiment found as plain JSON values; None for what was not read or lay beyond the current range."""
    place = found.place
    cells: list[dict[str, Any]] = [
        {"row": row, "col": col} for row, col in zip(place.rows.tolist(), place.cols.tolist(), strict=True)
    ]
    if isinstance(found, Curves):
        for cell, currents_a, bend in zip(cells, found.currents_a.T, found.nonlinearity, strict=True):
            cell |= {"currents_a": _numbers(currents_a), "nonlinearity": _number(bend)}
        return {"volts": found.volts.tolist(), "cells": cells}
    for cell, conductances_s in zip(cells, found.conductances_s.T, strict=True):
        cell |= {"conductances_s": _numbers(conductances_s)}
    return {"volts": found.trains.volts.tolist(), "cells": cells}


def _reporting(job: Job, run: Run, steps: str, tell: Tell | None) -> Tell:
    """Report steps as the progress of a job, too."""

    def told(done: int, of: int) -> None:
        job.report({"run": run.id, steps: done, "of": of})
        if tell is not None:
            tell(done, of)

    return told


def _numbers(values: Floats) -> list[float | None]:
    return [_number(value) for value in values]


def _number(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None


def _keep(run: Run, found: Curves | Response) -> None:
    arrays: dict[str, np.ndarray[Any, Any]] = {"rows": found.place.rows, "cols": found.place.cols}
    if isinstance(found, Curves):
        arrays |= {"volts": found.volts, "currents_a": found.currents_a}
    else:
        arrays |= {"conductances_s": found.conductances_s}
    run.put(FOUND, arrays)
