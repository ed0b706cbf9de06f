"""What goes into the store comes out again, exactly."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.store.entries import BOARD, PULSES, SETUP, result, token

from ohmloop.crossbar import ExchangeStatus, Origin, Readback, ReadConditions, Readings
from ohmloop.store import Run, Store, StoreError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "lab" / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> Run:
    return store.begin("program", {"policy": "vipi", "seed": 3}, {"device_hash": "ab12"})


def test_an_exchange_is_there_before_and_after_its_outcome(run: Run) -> None:
    log = run.log(BOARD)
    entry = log.intend(token(1), PULSES, Readback.AFTER, SETUP)
    pending = run.pending(BOARD)
    assert pending is not None
    assert (pending.id, pending.token, pending.readback, pending.setup) == (entry, token(1), Readback.AFTER, SETUP)
    assert pending.status is ExchangeStatus.INTENDED
    for name in ("rows", "cols", "volts", "widths_s"):
        np.testing.assert_array_equal(getattr(pending.pulses, name), getattr(PULSES, name))
    log.settle(entry, ExchangeStatus.PARTIAL, result(1, applied=1), "aborted")
    assert run.pending(BOARD) is None
    (record,) = run.exchanges(BOARD)
    assert (record.status, record.applied, record.note) == (ExchangeStatus.PARTIAL, 1, "aborted")
    assert record.readings is not None
    np.testing.assert_array_equal(record.readings.currents_a, [1e-9, np.inf])
    assert record.readings.conditions == SETUP.read
    assert record.readings.device_time_us == 1001
    assert record.readings.origin == Origin(BOARD, "00000001deadbeef", 12, "c0ffee")


@pytest.mark.parametrize(
    ("status", "applied"), [(ExchangeStatus.REFUSED, 0), (ExchangeStatus.UNCERTAIN, None)], ids=str
)
def test_without_a_result_only_a_refusal_says_how_many_were_applied(
    run: Run, status: ExchangeStatus, applied: int | None
) -> None:
    log = run.log(BOARD)
    log.settle(log.intend(token(1), PULSES, Readback.NONE, SETUP), status, None)
    (record,) = run.exchanges()
    assert (record.applied, record.readings) == (applied, None)


def test_an_exchange_is_settled_once(run: Run) -> None:
    log = run.log(BOARD)
    entry = log.intend(token(1), PULSES, Readback.AFTER, SETUP)
    log.settle(entry, ExchangeStatus.DONE, result(1))
    with pytest.raises(StoreError, match="settled already"):
        log.settle(entry, ExchangeStatus.REFUSED, None)
    with pytest.raises(StoreError, match="unknown"):
        log.settle(entry + 1, ExchangeStatus.DONE, result(1))
    assert next(run.exchanges()).status is ExchangeStatus.DONE


def test_long_journals_come_in_order_and_by_board(run: Run) -> None:
    logs = {board: run.log(board) for board in ("B-1", "B-2")}
    for number in range(300):
        log = logs[f"B-{1 + number % 2}"]
        log.settle(log.intend(token(number), PULSES, Readback.AFTER, SETUP), ExchangeStatus.DONE, result(number))
    assert [record.token.number for record in run.exchanges()] == list(range(300))
    assert [record.token.number for record in run.exchanges("B-2")] == list(range(1, 300, 2))


def test_runs_are_listed_with_their_ends(store: Store, run: Run) -> None:
    other = store.begin("scan", {}, {})
    run.finish("paused", {"accepted": 17})
    other.finish("done", {})
    assert [(r.id, r.kind, r.state) for r in store.runs()] == [
        (run.id, "program", "paused"),
        (other.id, "scan", "done"),
    ]
    assert store.runs()[0].summary == {"accepted": 17}
    again = store.open(run.id)
    again.restart()
    assert (again.state, again.parameters, again.origin) == (
        "running",
        {"policy": "vipi", "seed": 3},
        {"device_hash": "ab12"},
    )
    with pytest.raises(StoreError, match="cannot go on"):
        store.open(other.id).restart()
    with pytest.raises(StoreError, match="no run 99"):
        store.open(99)
    with pytest.raises(StoreError, match="ends as"):
        run.finish("finished", {})


@given(
    array=hnp.arrays(
        st.sampled_from([np.dtype(d) for d in ("f8", ">f8", "f4", "i8", ">i4", "u1", "?", "c16")]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    )
)
def test_arrays_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    with Store(tmp_path_factory.getbasetemp() / "arrays.sqlite") as store:
        run = store.begin("test", {}, {})
        run.put("targets", {"g": array})
        back = run.get("targets")["g"]
    assert (back.shape, back.dtype) == (array.shape, array.dtype.newbyteorder("="))
    np.testing.assert_array_equal(back, array)


def test_arrays_are_replaced_as_a_whole(run: Run) -> None:
    run.put("report", {"a": np.zeros(2), "b": np.ones(2)})
    run.put("report", {"a": np.ones(3)})
    assert list(run.get("report")) == ["a"]
    with pytest.raises(StoreError, match="not a number"):
        run.put("report", {"a": np.array(["text"])})
    with pytest.raises(StoreError, match="no arrays"):
        run.get("nothing")


def test_events_and_reads(run: Run) -> None:
    run.event("round", {"n": 1})
    run.event("round", {"n": 2})
    first = run.events()[0]
    assert [event.data for event in run.events(after=first.id)] == [{"n": 2}]
    readings = Readings(np.eye(2), ReadConditions(0.1), 5, Origin(BOARD, "e" * 16, 3, "none"))
    run.read(BOARD, np.arange(2)[:, None], np.arange(2)[None], readings)
    (record,) = run.reads()
    assert record.rows.tolist() == [0, 0, 1, 1]
    assert record.cols.tolist() == [0, 1, 0, 1]
    assert record.readings.currents_a.tolist() == [1, 0, 0, 1]
    assert record.readings.conditions == ReadConditions(0.1)


def test_csv_has_units_and_origin(store: Store, run: Run, tmp_path: Path) -> None:
    log = run.log(BOARD)
    log.settle(log.intend(token(1), PULSES, Readback.AFTER, SETUP), ExchangeStatus.DONE, result(3))
    log.intend(token(2), PULSES, Readback.AFTER, SETUP)
    paths = run.export_csv(tmp_path / "csv")
    assert [path.name for path in paths] == ["pulses.csv", "reads.csv", "events.csv"]
    with paths[0].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["was_applied"] for row in rows] == ["yes", "yes", "unknown", "unknown"]
    first = rows[0]
    assert (first["amplitude_V"], first["width_s"], first["read_V"], first["averages"]) == (
        "1.25",
        "1e-05",
        "0.2",
        "64",
    )
    assert float(first["current_A"]) == pytest.approx(3e-9)
    assert float(first["conductance_S"]) == pytest.approx(15e-9)
    assert (first["board"], first["device_hash"], first["calibration"]) == (BOARD, "ab12", "c0ffee")
    assert (first["epoch"], first["generation"], first["number"]) == ("00000001deadbeef", "12", "1")


def test_device_files_are_kept_by_hash(store: Store) -> None:
    store.keep_device("ab", "text = 1")
    store.keep_device("ab", "text = 1")
    assert store.device("ab") == "text = 1"
    with pytest.raises(StoreError, match="no device file"):
        store.device("cd")
