"""One exchange and everything that can happen to it: it is applied at most once, and what is unknown is called so."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import StartEmulator
from tests.emulated_device import DEVICE_HASH, LIMITS, SETUP, pulse_list

from ohmloop.crossbar import (
    Bias,
    EffectToken,
    ExchangeStatus,
    ForeignSetup,
    LeaseHeld,
    PulseList,
    Readback,
    Setup,
    Stopped,
    UncertainExchange,
)
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.opening import open_native
from ohmloop.link.child import EmulatorProcess
from ohmloop.store import ExchangeRecord, Run, Store, StoreFull

CELLS = ((0, 0), (2, 3), (5, 5))


def full_pulses(board: EmulatorProcess) -> int:
    with board.control() as control:
        return int(control.truth()["full_pulses"].sum())


def wire(board: EmulatorProcess, **rates: object) -> None:
    with board.control() as control:
        control.ask("fault", **({"wire": rates} if rates else {"none": True}))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Store(tmp_path / "runs.sqlite").begin("test", {}, {})


def hasty(board: EmulatorProcess, run: Run | None = None) -> NativeCrossbar:
    """A crossbar that is armed, set up, journalled and soon out of patience."""
    crossbar = open_native(f"{board.boards[0].url}?timeout=0.05&reconnect=0.5")
    crossbar.arm(LIMITS, DEVICE_HASH)
    crossbar.configure(SETUP)
    crossbar.log = run.log(crossbar.capabilities.serial) if run is not None else None
    return crossbar


def lose(board: EmulatorProcess, run: Run, **rates: object) -> ExchangeRecord:
    """Send an exchange into a wire that is dead in one direction; what the journal says of it."""
    with hasty(board, run) as crossbar:
        wire(board, **rates)
        with pytest.raises(UncertainExchange, match="read its cells again") as lost:
            crossbar.pulse(pulse_list(*CELLS))
        assert lost.value.pulses.rows.tolist() == [0, 2, 5]
        with pytest.raises(ForeignSetup, match="outcome"):
            crossbar.read_array()
        wire(board)
    (record,) = run.exchanges()
    assert record.status is ExchangeStatus.UNCERTAIN
    return record


def test_the_intent_is_durable_before_the_first_byte(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    class FullLog:
        def intend(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> int:
            raise StoreFull("no room")

        def settle(self, *outcome: object) -> None:
            pytest.fail("nothing was sent")

    crossbar.log = FullLog()
    with pytest.raises(StoreFull):
        crossbar.pulse(pulse_list(*CELLS))
    assert full_pulses(board) == 0
    crossbar.log = None
    assert crossbar.pulse(pulse_list(*CELLS)).applied == 3


def test_the_journal_holds_token_and_readings(crossbar: NativeCrossbar, run: Run) -> None:
    crossbar.log = run.log(crossbar.capabilities.serial)
    first, second = (crossbar.pulse(pulse_list(*CELLS)).readings for _ in range(2))
    records = list(run.exchanges(crossbar.capabilities.serial))
    assert [record.token.number for record in records] == [1, 2]
    assert all(record.token.epoch == crossbar.epoch and record.setup == SETUP for record in records)
    for record, readings in zip(records, (first, second), strict=True):
        assert record.readings is not None
        assert readings is not None
        assert record.readings.origin == readings.origin
        np.testing.assert_array_equal(record.readings.currents_a, readings.currents_a)


def test_a_lost_reply_is_replayed(board: EmulatorProcess, run: Run) -> None:
    with hasty(board, run) as crossbar:
        wire(board, to_host={"lose": 0.25}, seed=3)
        for _ in range(20):
            assert crossbar.pulse(pulse_list((1, 1))).applied == 1
        wire(board)
    assert full_pulses(board) == 20
    assert {record.status for record in run.exchanges()} == {ExchangeStatus.DONE}


def test_recovering_what_ran(board: EmulatorProcess, run: Run) -> None:
    record = lose(board, run, to_host={"lose": 1.0})
    with open_native(board.boards[0].url) as fresh:
        result = fresh.recover(record.token, record.pulses, record.readback, record.setup)
        again = fresh.recover(record.token, record.pulses, record.readback, record.setup)
    assert result is not None
    assert result.applied == 3
    assert result.readings is not None
    assert result.readings.conditions == SETUP.read
    with board.control() as control:
        truth_s = control.truth()["conductance_s"][record.pulses.rows, record.pulses.cols]
    np.testing.assert_allclose(result.readings.conductances_s, truth_s, rtol=0.1, atol=1e-6)
    assert again is not None
    assert full_pulses(board) == 3


def test_recovering_what_never_arrived(board: EmulatorProcess, run: Run) -> None:
    record = lose(board, run, to_board={"lose": 1.0})
    with open_native(board.boards[0].url) as fresh:
        assert fresh.recover(record.token, record.pulses, record.readback, record.setup) is None
    assert full_pulses(board) == 0


def test_what_is_late_does_not_run_after_it_was_recovered(board: EmulatorProcess, run: Run) -> None:
    with hasty(board, run) as crossbar:
        wire(board, to_board={"late": 1.0, "late_s": 2.0})
        with pytest.raises(UncertainExchange):
            crossbar.pulse(pulse_list(*CELLS))
        wire(board)
        (record,) = run.exchanges()
        with open_native(board.boards[0].url) as fresh:
            assert fresh.recover(record.token, record.pulses, record.readback, record.setup) is None
            threading.Event().wait(2.5)  # for what is late to arrive
            assert full_pulses(board) == 0


def test_recovering_ends_the_lease_of_the_host_that_is_gone(board: EmulatorProcess, run: Run) -> None:
    with hasty(board, run) as gone:
        gone.pulse(pulse_list(*CELLS))
        gone.configure(replace(SETUP, bias=Bias.THIRD))  # the exchange is of an older set-up than the lease
        (record,) = run.exchanges()
        with open_native(board.boards[0].url) as fresh:
            with pytest.raises(LeaseHeld):
                fresh.arm(LIMITS, DEVICE_HASH)
            assert fresh.recover(record.token, record.pulses, record.readback, record.setup) is not None
            fresh.arm(LIMITS, DEVICE_HASH)


def test_after_a_restart_nothing_can_be_known(board: EmulatorProcess, run: Run) -> None:
    record = lose(board, run, to_host={"lose": 1.0})
    with board.control() as control:
        control.ask("reset", when="now")
    with (
        open_native(board.boards[0].url) as fresh,
        pytest.raises(UncertainExchange, match="restarted") as lost,
    ):
        fresh.recover(record.token, record.pulses, record.readback, record.setup)
    assert lost.value.pulses is record.pulses


def test_the_board_remembers_one_exchange(board: EmulatorProcess, run: Run) -> None:
    record = lose(board, run, to_host={"lose": 1.0})
    with hasty(board) as other:
        other.pulse(pulse_list((7, 7)))
        with pytest.raises(UncertainExchange, match="remembers only 2"):
            other.recover(record.token, record.pulses, record.readback, record.setup)


def test_another_client_used_the_number(board: EmulatorProcess, run: Run) -> None:
    record = lose(board, run, to_board={"lose": 1.0})
    with hasty(board) as other:
        other.pulse(pulse_list((7, 7)))
        assert other.recover(record.token, record.pulses, record.readback, record.setup) is None


def test_going_on_after_an_uncertain_exchange(board: EmulatorProcess, run: Run) -> None:
    with hasty(board, run) as crossbar:
        wire(board, to_host={"lose": 1.0})
        with pytest.raises(UncertainExchange):
            crossbar.pulse(pulse_list(*CELLS))
        wire(board)
        crossbar.resume()
        assert crossbar.limits == LIMITS
        assert crossbar.pulse(pulse_list(*CELLS)).applied == 3
    assert full_pulses(board) == 6
    assert [record.status for record in run.exchanges()] == [ExchangeStatus.UNCERTAIN, ExchangeStatus.DONE]


@pytest.mark.parametrize("gate", [1, 2, 3])
def test_a_restart_in_the_middle_of_a_pulse(board: EmulatorProcess, run: Run, gate: int) -> None:
    with hasty(board, run) as crossbar:
        with board.control() as control:
            control.ask("reset", when={"gates": gate})
        with pytest.raises(UncertainExchange, match="restarted"):
            crossbar.pulse(pulse_list(*CELLS))
        assert full_pulses(board) == gate
        crossbar.resume()
        crossbar.pulse(pulse_list(*CELLS))
        assert full_pulses(board) == gate + 3


def test_a_cable_that_is_pulled_and_put_back(board: EmulatorProcess, run: Run) -> None:
    with hasty(board, run) as crossbar, board.control() as control:
        control.ask("unplug", power=False)
        with ThreadPoolExecutor(1) as thread:
            pulsing = thread.submit(crossbar.pulse, pulse_list(*CELLS))
            threading.Event().wait(0.1)
            control.ask("replug")
            assert pulsing.result(10).applied == 3
        assert full_pulses(board) == 3


def test_a_cable_that_carried_the_supply(board: EmulatorProcess, run: Run) -> None:
    with hasty(board, run) as crossbar, board.control() as control:
        control.ask("unplug")
        control.ask("replug")
        with pytest.raises(UncertainExchange):
            crossbar.pulse(pulse_list(*CELLS))
        assert full_pulses(board) == 0


def test_a_board_that_is_gone(emulator: StartEmulator, run: Run) -> None:
    process = emulator("8x8")
    with hasty(process, run) as crossbar:
        process.close()
        with pytest.raises(UncertainExchange, match="did not come back"):
            crossbar.pulse(pulse_list(*CELLS))
    (record,) = run.exchanges()
    assert record.status is ExchangeStatus.UNCERTAIN


def test_an_emergency_stop_from_another_thread(emulator: StartEmulator, run: Run) -> None:
    process = emulator("8x8", realtime="")
    with hasty(process, run) as crossbar:
        long = pulse_list(*[(i % 8, i // 8 % 8) for i in range(240)], volts=0.3, width_s=0.99e-3)
        with ThreadPoolExecutor(1) as thread:
            pulsing = thread.submit(crossbar.pulse, long, Readback.NONE)
            with process.control() as control:
                while int(control.truth()["full_pulses"].sum()) == 0:
                    pass
            crossbar.stop()
            with pytest.raises(Stopped, match="abort") as stopped:
                pulsing.result(20)
        assert 0 < stopped.value.applied < 240
        (record,) = run.exchanges()
        assert (record.status, record.applied) == (ExchangeStatus.PARTIAL, stopped.value.applied)
        assert crossbar.pulse(pulse_list(*CELLS)).applied == 3
