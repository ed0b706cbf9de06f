"""A run with several campaigns: each sees its own part of the journal and keeps its own arrays."""

from pathlib import Path

import numpy as np
from tests.store.entries import BOARD, PULSES, SETUP, result, token

from ohmloop.crossbar import ExchangeStatus, Readback
from ohmloop.store import Run, Store


def send(run: Run, number: int) -> int:
    log = run.log(BOARD)
    entry = log.intend(token(number), PULSES, Readback.AFTER, SETUP)
    log.settle(entry, ExchangeStatus.DONE, result(number))
    return entry


def test_a_part_sees_what_was_sent_since_it_began(tmp_path: Path) -> None:
    with Store(tmp_path / "runs.sqlite") as store:
        run = store.begin("tune", {}, {})
        first = run.part("first")
        entries = [send(first, 1), send(first, 2)]
        first.put("start", {"targets_s": np.zeros(2)})
        first.event("ended", {})
        assert [event.kind for event in run.events()] == ["first.ended"]
        second = run.part("second")
        assert not second.has("start")
        assert list(second.exchanges()) == []
        pending = second.log(BOARD).intend(token(3), PULSES, Readback.AFTER, SETUP)
        assert [record.id for record in second.exchanges(BOARD)] == [pending]
        assert [record.id for record in run.exchanges(BOARD)] == [*entries, pending]
    with Store(tmp_path / "runs.sqlite") as store:
        again = store.open(run.id).part("second")
        assert [record.id for record in again.exchanges()] == [pending]
        found = again.pending(BOARD)
        assert found is not None
        assert found.id == pending
        third = store.open(run.id).part("third")
        assert third.pending(BOARD) is None, "what another part left behind is not its own"
        np.testing.assert_array_equal(store.open(run.id).part("first").get("start")["targets_s"], [0, 0])
