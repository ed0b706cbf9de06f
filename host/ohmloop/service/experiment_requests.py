"""What an experiment on a few cells is asked for, over REST and on the command line, and checked against the device."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from ohmloop.crossbar.conditions import LEAST_V
from ohmloop.procedures.errors import ProcedureError
from ohmloop.procedures.iv_sweep import there_and_back
from ohmloop.procedures.probe import Floats, Place, spread
from ohmloop.procedures.pulse_response import Trains
from ohmloop.programming.profile import Drive
from ohmloop.service.characterising import conditions_of
from ohmloop.station.device_file import DeviceFile

MOST_VALUES = 1_000_000
"""Most conductances that a pulse response may hold."""

Line = Annotated[int, Field(ge=0, le=127)]
Volts = Annotated[float, Field(ge=LEAST_V, allow_inf_nan=False)]


class _CellsRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    cells: Annotated[list[tuple[Line, Line]], Field(min_length=1, max_length=1024)] | None = None
    count: Annotated[int, Field(ge=1, le=1024)] = 4

    def place(self, device: DeviceFile) -> Place:
        """The named cells, each once, or `count` usable ones. Raises ProcedureError for one that is not usable."""
        usable = conditions_of(device)
        if self.cells is None:
            return spread(usable.rows, usable.cols, self.count)
        for row, col in self.cells:
            if row not in usable.rows or col not in usable.cols:
                raise ProcedureError(
                    f"a cell is a usable ROW,COL of the {device.geometry} array, from 0,0, not {row},{col}"
                )
        rows, cols = np.unique(np.array(self.cells, dtype=np.int32), axis=0).T
        return Place(rows, cols)


class IVSweepRequest(_CellsRequest):
    """Reads at rising and falling voltages; all of it may be left out.

    `cells` are [row, column] pairs, or `count` cells are chosen, spread over the array. `volts` is the largest read
    voltage, V, that of the device file unless given; `points` voltages lead up to it.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cells": [[2, 3], [0, 7]], "volts": 0.2, "points": 10}]},
    )

    volts: Volts | None = None
    points: Annotated[int, Field(ge=2, le=1000)] = 10

    def sweep(self, device: DeviceFile) -> Floats:
        """The voltages, V. Raises ProcedureError for what the device may not see."""
        volts = device.setup.read.volts if self.volts is None else self.volts
        _within("the largest read voltage", volts, device.limits.v_read, "V", "limits.v_read", device)
        if volts / self.points < LEAST_V:
            raise ProcedureError(f"{self.points} points up to {volts:g} V are closer than a microvolt: take fewer")
        return there_and_back(volts, self.points)


class PulseResponseRequest(_CellsRequest):
    """Trains of equal SET and RESET pulses; all of it may be left out.

    `cells`, `count`: as for a sweep. `set_v`, `reset_v`: amplitudes, magnitudes in V, halfway between least and most
    of the device file unless given; `width_s`: in s, that of the device file unless given. `pulses` make a train;
    `cycles` times there is a train of each polarity.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"count": 4, "set_v": 1.0, "reset_v": 1.1, "pulses": 20, "cycles": 2}]},
    )

    set_v: Volts | None = None
    reset_v: Volts | None = None
    width_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    pulses: Annotated[int, Field(ge=1, le=10_000)] = 20
    cycles: Annotated[int, Field(ge=1, le=10_000)] = 1

    def trains(self, device: DeviceFile) -> Trains:
        """The pulses. Raises ProcedureError for what the device may not see, and for more than can be kept."""
        limits, profile = device.limits, device.profile
        trains = Trains(
            set_v=_halfway_v(profile.set_drive) if self.set_v is None else self.set_v,
            reset_v=_halfway_v(profile.reset_drive) if self.reset_v is None else self.reset_v,
            width_s=profile.width_s if self.width_s is None else self.width_s,
            pulses=self.pulses,
            cycles=self.cycles,
        )
        _within("the SET amplitude", trains.set_v, limits.v_set, "V", "limits.v_set", device)
        _within("the RESET amplitude", trains.reset_v, limits.v_reset, "V", "limits.v_reset", device)
        _within("the pulse width", trains.width_s, limits.width_max_s, "s", "limits.width_max_s", device)
        pulses = 2 * trains.pulses * trains.cycles
        _within("the number of pulses a cell", pulses, limits.pulses_max, "", "limits.pulses_max", device)
        values = pulses * (self.count if self.cells is None else len(self.cells))
        if values > MOST_VALUES:
            raise ProcedureError(
                f"{values} pulses are more than the {MOST_VALUES} of one experiment: take fewer cells, pulses or cycles"
            )
        return trains


def _within(what: str, value: float, limit: float, unit: str, field: str, device: DeviceFile) -> None:
    if value > limit:
        said = f"{what}, {value:g} {unit}".rstrip()
        raise ProcedureError(f"{said}, is above {field} of {device.name!r}, {limit:g} {unit}".rstrip())


def _halfway_v(drive: Drive) -> float:
    return (drive.start_v + drive.max_v) / 2
