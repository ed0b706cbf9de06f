"""What was measured of a device before it is programmed, as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from pathlib import Path
from typing import Any, Self

import numpy as np

from ohmloop.programming.disturbance import Disturbance
from ohmloop.programming.errors import CharacterisationError
from ohmloop.programming.population import LevelPopulation, Population, StepRecords, population_from_dict
from ohmloop.store.replacing import replacing

FORMAT = 2
LARGEST = 64 << 20
"""Bytes of a file: more is not one of ours."""


class Kind(StrEnum):
    """What a pulse does.

    RATE: every pulse takes the cell a part of the way that is left. LEVEL: the state follows the highest RESET voltage,
    so that repeating a pulse does nothing.
    """

    RATE = "rate"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Characterisation:
    """What a few cells showed of a device.

    Attributes:
        origin: where it comes from: device, device_hash, boards, firmware, run, date, read conditions, width_s.
        population: what its cells have in common.
        repeated: change by a second equal RESET pulse over that by the first, median over the cells.
        read_white, read_slow: scatter of one reading, and of the mean of many, as fractions of the conductance.
        disturbances: what pulses did to other cells; empty if the cells are isolated.
        places: row and column of each cell that was measured, in the order of the numbers in `records`.
        pulses: pulses spent. unmoved: measured cells that no pulse moved.
        records: the steps that the population was learned from.

    Raises CharacterisationError for values that make no sense.
    """

    origin: Mapping[str, Any]
    population: Population
    repeated: float
    read_white: float
    read_slow: float
    disturbances: tuple[Disturbance, ...]
    places: tuple[tuple[int, int], ...]
    pulses: int
    unmoved: int
    records: StepRecords

    def __post_init__(self) -> None:
        if not (isfinite(self.read_white) and isfinite(self.read_slow) and min(self.read_white, self.read_slow) >= 0):
            raise CharacterisationError(f"read noise is not negative: {self.read_white}, {self.read_slow}")
        if len(self.records) and int(self.records.cells.max()) >= len(self.places):
            raise CharacterisationError("records speak of cells without a place")

    @property
    def kind(self) -> Kind:
        """How the device answers to pulses."""
        return Kind.LEVEL if isinstance(self.population, LevelPopulation) else Kind.RATE

    def check_device(self, device_hash: str) -> None:
        """Raise CharacterisationError unless it was measured with this device file."""
        measured = self.origin.get("device_hash")
        if measured != device_hash:
            raise CharacterisationError(
                f"it was measured with another device file ({str(measured)[:12]}, not {device_hash[:12]}): "
                "run `ohmloop characterise` with this one"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        steps = self.records
        return {
            "format": FORMAT,
            "origin": dict(self.origin),
            "kind": self.kind.value,
            "population": self.population.to_dict(),
            "repeated": self.repeated if isfinite(self.repeated) else None,
            "read_white": self.read_white,
            "read_slow": self.read_slow,
            "disturbances": [disturbance.to_dict() for disturbance in self.disturbances],
            "places": [list(place) for place in self.places],
            "pulses": self.pulses,
            "unmoved": self.unmoved,
            "records": {
                "cells": steps.cells.tolist(),
                "volts": steps.volts.tolist(),
                "widths_s": steps.widths_s.tolist(),
                "before_s": steps.before_s.tolist(),
                "after_s": steps.after_s.tolist(),
            },
        }

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """From what `to_dict` gives. Raises CharacterisationError, also for a population that makes no sense."""
        if not isinstance(values, Mapping):
            raise CharacterisationError("it is not a JSON object")
        if values.get("format") != FORMAT:
            raise CharacterisationError(f"it has format {values.get('format')!r}; this ohmloop knows format {FORMAT}")
        try:
            steps = values["records"]
            return cls(
                origin=dict(values["origin"]),
                population=population_from_dict(values["population"]),
                repeated=float("nan") if values["repeated"] is None else float(values["repeated"]),
                read_white=float(values["read_white"]),
                read_slow=float(values["read_slow"]),
                disturbances=tuple(Disturbance.from_dict(each) for each in values["disturbances"]),
                places=tuple((int(row), int(col)) for row, col in values["places"]),
                pulses=int(values["pulses"]),
                unmoved=int(values["unmoved"]),
                records=StepRecords(
                    np.array(steps["cells"], dtype=np.intp), *(_floats(steps, name) for name in STEP_FIELDS)
                ),
            )
        except KeyError as error:
            raise CharacterisationError(f"it lacks {error}") from error
        except (TypeError, ValueError) as error:
            raise CharacterisationError(f"it is not understood: {error}") from error

    def save(self, path: Path) -> None:
        """Write it as JSON; a file that is there is replaced whole or not at all."""
        with replacing(path) as file:
            file.write((json.dumps(self.to_dict(), allow_nan=False, indent=1) + "\n").encode())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote. Raises CharacterisationError, naming the file."""
        try:
            if path.stat().st_size > LARGEST:
                raise CharacterisationError(f"it has more than {LARGEST} bytes")
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except CharacterisationError as error:
            raise CharacterisationError(f"profile {path}: {error}") from error
        except OSError as error:
            raise CharacterisationError(f"cannot read profile {path}: {error.strerror}") from error
        except (ValueError, RecursionError) as error:
            raise CharacterisationError(
                f"{path} is no profile ({error}): give what `ohmloop characterise -o FILE` wrote"
            ) from error


STEP_FIELDS: Sequence[str] = ("volts", "widths_s", "before_s", "after_s")


def _floats(steps: Mapping[str, Any], name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(steps[name], dtype=np.float64)
