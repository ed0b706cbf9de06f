"""Characterising a device as a job, and finding what an earlier one found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from ohmloop.procedures.characterise import Conditions, characterise
from ohmloop.programming.characterisation import Characterisation
from ohmloop.programming.choice import Choice, choose
from ohmloop.programming.population import StepRecords
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.service.moving import CHARACTERISE
from ohmloop.station import Job, Station
from ohmloop.station.device_file import DeviceFile
from ohmloop.store import Run, Store

KIND = CHARACTERISE
EVENT = "characterised"

NOTHING = StepRecords.none()


class Characterising:
    """The work of a characterisation job on the first board of a station; give it to `Station.start`.

    Args:
        station: armed.
        cells, pulses_max: how many cells are measured, and pulses that may be spent on it.
        tell: called with what is being done and the pulses so far, in the job's thread.

    Attributes:
        run: the run it is journalled in. measured: what it found, once it has ended.
    """

    def __init__(
        self, station: Station, *, cells: int, pulses_max: int, tell: Callable[[str, int], None] | None = None
    ) -> None:
        self.run = station.begin(KIND, {"cells": cells, "pulses_max": pulses_max})
        self.measured: Characterisation | None = None
        self._station = station
        self._cells = cells
        self._pulses_max = pulses_max
        self._tell = tell

    def __call__(self, job: Job) -> dict[str, Any]:
        """Measure; returns what was found as plain JSON values. A run that does not come to its end is begun anew."""
        safe_points = SafePoints()
        job.on_cancel(safe_points.stop)

        def told(stage: str, pulses: int) -> None:
            job.report({"run": self.run.id, "stage": stage, "pulses": pulses})
            if self._tell is not None:
                self._tell(stage, pulses)

        station, device = self._station, self._station.device
        board = station.boards[0]
        try:
            self.measured = characterise(
                board,
                conditions_of(device),
                self._origin(),
                run=self.run,
                cells=self._cells,
                pulses_max=self._pulses_max,
                safe_points=safe_points,
                tell=told,
            )
        except SafePoint:
            self.run.finish("cancelled", {})
            return {"run": self.run.id}
        except Exception as error:
            self.run.finish("failed", {"error": f"{type(error).__name__}: {error}"})
            raise
        found = self.measured.to_dict()
        self.run.event(EVENT, found)
        self.run.finish("done", {"kind": self.measured.kind.value, "pulses": self.measured.pulses})
        return {"run": self.run.id, **found}

    def _origin(self) -> dict[str, Any]:
        device, said = self._station.device, self._station.boards[0].capabilities
        return {
            "device": device.name,
            "chip": device.chip,
            "device_hash": device.hash,
            "board": said.serial,
            "firmware": said.firmware,
            "calibration": said.calibration,
            "ohmloop": version("ohmloop"),
            "store": str(self._station.store.path),
            "run": self.run.id,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "read": asdict(device.setup.read),
            "width_s": device.profile.width_s,
        }


def conditions_of(device: DeviceFile) -> Conditions:
    """How an experiment treats the device of a device file."""
    geometry, array = device.geometry, device.array
    return Conditions(
        device.setup,
        device.profile,
        np.setdiff1d(np.arange(geometry.rows), array.dead_rows),
        np.setdiff1d(np.arange(geometry.cols), array.dead_cols),
    )


def choice_for(measured: Characterisation, device: DeviceFile, tolerance: float) -> Choice:
    """How to program the device of a device file. Raises CharacterisationError if another one was measured."""
    measured.check_device(device.hash)
    return choose(measured, device.profile, device.setup.bias, device.geometry, tolerance)


def newest(store: Store, device_hash: str, boards: list[str]) -> Characterisation | None:
    """What was last found of a device; on one of these boards if there is any such."""
    others: Characterisation | None = None
    for kept in reversed(store.runs()):
        if kept.kind != KIND or kept.state != "done":
            continue
        run = store.open(kept.id)
        if run.origin.get("device_hash") != device_hash:
            continue
        measured = found_in(run)
        if measured is not None and measured.origin.get("board") in boards:
            return measured
        others = others or measured
    return others


def found_in(run: Run) -> Characterisation | None:
    """What a run found, or None. Raises CharacterisationError if it is not understood."""
    events = [event for event in run.events() if event.kind == EVENT]
    return Characterisation.from_dict(events[-1].data) if events else None


def without_records(measured: Characterisation) -> Characterisation:
    """The same without the single steps: what a programming run keeps of it."""
    return replace(measured, records=NOTHING)
