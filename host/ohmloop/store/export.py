"""CSV files of a run: units in the column names, the origin of every figure in its row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ohmloop.crossbar import ReadConditions

if TYPE_CHECKING:
    from ohmloop.store.run import Run

ORIGIN = ("run", "device_hash", "board", "firmware", "epoch", "generation", "calibration")
READING = ("current_A", "conductance_S", "read_V", "averages", "current_range", "device_time_us")
PULSES = ("exchange", "time_utc", "number", "status", "pulse", "row", "col", "amplitude_V", "width_s", "bias",
          "pulse_range", "was_applied", *READING, *ORIGIN, "note")  # fmt: skip
READS = ("read", "time_utc", "row", "col", *READING, *ORIGIN)
EVENTS = ("event", "time_utc", "kind", "data", "run")


def export_csv(run: Run, boards: Mapping[str, Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write `pulses.csv`, `reads.csv` and `events.csv` of a run into `folder`, which is made if needed."""
    folder.mkdir(parents=True, exist_ok=True)
    events = ((e.id, e.at.isoformat(), e.kind, json.dumps(e.data, sort_keys=True), run.id) for e in run.events())
    return [
        _write(folder / "pulses.csv", PULSES, _pulses(run, boards)),
        _write(folder / "reads.csv", READS, _reads(run, boards)),
        _write(folder / "events.csv", EVENTS, events),
    ]


def _write(path: Path, header: Iterable[str], rows: Iterable[Iterable[Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _pulses(run: Run, boards: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for record in run.exchanges():
        pulses, token, readings = record.pulses, record.token, record.readings
        currents = readings.currents_a if readings else np.full(len(pulses), np.nan)
        calibration = readings.origin.calibration if readings else ""
        origin = _origin(run, boards, record.board, token.epoch, token.generation, calibration)
        conditions, device_us = record.setup.read, readings.device_time_us if readings else ""
        for i in range(len(pulses)):
            yield (
                record.id, record.intended.isoformat(), token.number, record.status, i, pulses.rows[i], pulses.cols[i],
                pulses.volts[i], pulses.widths_s[i], record.setup.bias, record.setup.pulse_range,
                "unknown" if record.applied is None else "yes" if i < record.applied else "no",
                *_reading(currents[i], conditions, device_us), *origin, record.note,
            )  # fmt: skip


def _reads(run: Run, boards: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    for record in run.reads():
        readings = record.readings
        at, source = record.at.isoformat(), readings.origin
        origin = _origin(run, boards, record.board, source.epoch, source.generation, source.calibration)
        for row, col, current in zip(record.rows, record.cols, readings.currents_a, strict=True):
            yield record.id, at, row, col, *_reading(current, readings.conditions, readings.device_time_us), *origin


def _reading(current_a: float, conditions: ReadConditions, device_us: int | str) -> tuple[Any, ...]:
    volts = conditions.volts
    return current_a, current_a / volts, volts, conditions.averages, conditions.current_range, device_us


def _origin(
    run: Run, boards: Mapping[str, Mapping[str, Any]], board: str, epoch: str, generation: int, calibration: str
) -> tuple[Any, ...]:
    firmware = boards.get(board, {}).get("firmware", "")
    return run.id, run.origin.get("device_hash", ""), board, firmware, epoch, generation, calibration
