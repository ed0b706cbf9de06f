"""The native driver on the emulator over its real port: what it does, what it refuses, what it believes."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.conftest import StartEmulator
from tests.emulated_device import DEVICE_HASH, LIMITS, SETUP, pulse_list

from ohmloop.crossbar import (
    Bias,
    BoardReset,
    BoardShutdown,
    CurrentRange,
    ForeignSetup,
    Geometry,
    LeaseHeld,
    LimitExceeded,
    Limits,
    PulseList,
    Readback,
    ReadConditions,
    Setup,
    Stopped,
    Unarmed,
)
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.opening import open_native
from ohmloop.link.address import DeviceAddress
from ohmloop.link.child import EmulatorProcess


def truth_s(board: EmulatorProcess) -> np.ndarray:
    with board.control() as control:
        return np.asarray(control.truth()["conductance_s"])


def bare(board: EmulatorProcess, line: str) -> None:
    """Send a line as a terminal would, and wait until the board has carried it out."""
    with socket.create_connection(DeviceAddress.parse(board.boards[0].url).host_port(), timeout=5) as port:
        port.sendall(line.encode() + b"\n*OPC?\n")
        received = b""
        while b"\n1\n" not in b"\n" + received:
            received += port.recv(4096)


def test_connecting_changes_nothing(board: EmulatorProcess) -> None:
    with board.control() as control:
        before = control.truth()
        with open_native(board.boards[0].url) as crossbar:
            assert crossbar.limits is None
            assert crossbar.setup == Setup()
            generation = crossbar._session.generation
        with open_native(board.boards[0].url) as crossbar:
            assert crossbar._session.generation == generation
        after = control.truth()
    np.testing.assert_array_equal(before["conductance_s"], after["conductance_s"])
    assert after["v_max"].max() == after["v_min"].min() == 0


def test_capabilities(crossbar: NativeCrossbar) -> None:
    told = crossbar.capabilities
    assert told.geometry == Geometry(8, 8)
    assert told.protocol == 1
    assert told.max_pulses == 256
    assert told.limits.v_set == 6.0
    assert told.v_read_unarmed == 0.05
    assert set(told.full_scale_a) == {"L", "M", "H"}
    assert 0.005 <= told.accuracy.offset_v < 0.006


def test_reading(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    whole = crossbar.read_array()
    assert whole.currents_a.shape == (8, 8)
    np.testing.assert_allclose(whole.conductances_s, truth_s(board), rtol=0.1, atol=1e-6)
    rows, cols = np.array([7, 0, 3]), np.array([1, 0, 7])
    some = crossbar.read_cells(rows, cols)
    np.testing.assert_allclose(some.conductances_s, truth_s(board)[rows, cols], rtol=0.1, atol=1e-6)
    assert some.conditions == SETUP.read
    assert some.origin.serial == crossbar.capabilities.serial
    assert some.origin.epoch == crossbar.epoch
    assert some.device_time_us > whole.device_time_us


def test_large_requests_are_split(emulator: StartEmulator) -> None:
    process = emulator("64x48", seed="2")
    with open_native(process.boards[0].url) as crossbar:
        crossbar.configure(
            Setup(ReadConditions(0.05, 1)),
        )
        crossbar.configure(Setup(ReadConditions(0.04, 1)))
        truth = truth_s(process)
        np.testing.assert_allclose(crossbar.read_array().conductances_s, truth, rtol=0.15, atol=3e-6)
        rows, cols = np.divmod(np.arange(64 * 48)[::-1], 48)
        assert len(rows) > crossbar.capabilities.max_readings
        measured = crossbar.read_cells(rows, cols)
        np.testing.assert_allclose(measured.conductances_s, truth[rows, cols], rtol=0.15, atol=3e-6)
        volts = np.random.default_rng(2).uniform(-0.04, 0.04, (crossbar.capabilities.max_vectors + 7, 64))
        products = crossbar.multiply(volts).currents_a
        np.testing.assert_allclose(products, volts @ truth, atol=0.03 * np.abs(volts @ truth).max())


def test_pulses_move_cells_towards_set_and_reset(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    cells = [(0, 0), (3, 5)]
    before = crossbar.read_cells(*np.array(cells).T).conductances_s
    result = crossbar.pulse(pulse_list(*cells, volts=-1.5))
    assert result.applied == 2
    assert result.readings is not None
    low = result.readings.conductances_s
    assert np.all(low < before)
    up = crossbar.pulse(pulse_list(*cells, volts=1.4), Readback.EACH).readings
    assert up is not None
    assert np.all(up.conductances_s > low)
    assert crossbar.pulse(pulse_list(*cells), Readback.NONE).readings is None
    with board.control() as control:
        full = control.truth()["full_pulses"]
    assert full[0, 0] == full[3, 5] == 3
    assert full.sum() == 6


def test_set_polarity_is_converted(emulator: StartEmulator) -> None:
    process = emulator("4x4", seed="3")
    with open_native(process.boards[0].url) as crossbar:
        crossbar.arm(replace(LIMITS, set_polarity=-1, v_set=1.0, v_reset=1.6), DEVICE_HASH)
        crossbar.pulse(pulse_list((1, 1), volts=-1.5))  # RESET, so the row goes positive
        with pytest.raises(LimitExceeded):
            crossbar.pulse(pulse_list((1, 1), volts=1.5))
        with process.control() as control:
            truth = control.truth()
    assert truth["v_max"][1, 1] == pytest.approx(1.5, abs=0.02)
    assert truth["v_min"].min() >= -0.8


def test_limits(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    before = truth_s(board)
    for pulses in (
        pulse_list((0, 0), volts=1.81),
        pulse_list((0, 0), volts=-1.81),
        pulse_list((0, 0), width_s=1.1e-3),
        pulse_list((0, 0), width_s=1e-7),
    ):
        with pytest.raises(LimitExceeded):
            crossbar.pulse(pulses)
    with pytest.raises(LimitExceeded, match="cell 0,0"):
        crossbar.pulse(pulse_list((0, 0), volts=2.5))
    with pytest.raises(LimitExceeded):
        crossbar.multiply(np.full((1, 8), 0.26))
    crossbar.configure(Setup(ReadConditions(0.26)))
    with pytest.raises(LimitExceeded, match="Read voltage above limit"):
        crossbar.read_array()
    np.testing.assert_array_equal(truth_s(board), before)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.read_cells(np.array([8]), np.array([0])),
        lambda c: c.read_cells(np.array([0]), np.array([-1])),
        lambda c: c.read_cells(np.array([], int), np.array([], int)),
        lambda c: c.multiply(np.zeros((1, 7))),
        lambda c: c.multiply(np.full((1, 8), np.nan)),
        lambda c: c.pulse(pulse_list((0, 8))),
        lambda c: c.pulse(pulse_list(*[(0, 0)] * 257)),
        lambda c: c.pulse(pulse_list((0, 0), volts=1e-9)),
        lambda c: c.pulse(pulse_list((0, 0), width_s=3.0)),
    ],
)
def test_nonsense_is_refused_before_it_is_sent(
    crossbar: NativeCrossbar, call: Callable[[NativeCrossbar], object]
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else
        call(crossbar)


def test_unarmed(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as crossbar:
        with pytest.raises(Unarmed, match="arm a device"):
            crossbar.pulse(pulse_list((0, 0)))
        crossbar.configure(SETUP)
        with pytest.raises(LimitExceeded):
            crossbar.read_array()
        crossbar.arm(LIMITS, DEVICE_HASH)
        crossbar.read_array()
        crossbar.pulse(pulse_list((0, 0)))
        crossbar.disarm()
        assert crossbar.limits is None
        with pytest.raises(Unarmed):
            crossbar.pulse(pulse_list((0, 0)))


def test_configure_sends_nothing_new(crossbar: NativeCrossbar) -> None:
    generation = crossbar._session.generation
    crossbar.configure(SETUP)
    assert crossbar._session.generation == generation
    other = Setup(ReadConditions(0.1, 4, CurrentRange.M), Bias.THIRD, CurrentRange.M)
    crossbar.configure(other)
    assert crossbar._session.generation == generation + 1
    assert crossbar.read_array().conditions == other.read


def test_a_restart_is_noticed_and_nothing_is_armed_unasked(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    crossbar.read_array()
    with board.control() as control:
        control.ask("reset", when="now")
        for _ in range(2):
            with pytest.raises(BoardReset, match="restarted"):
                crossbar.read_array()
        with pytest.raises(BoardReset):
            crossbar.pulse(pulse_list((0, 0)))
        assert crossbar.limits is None
        crossbar.configure(Setup())
        crossbar.read_array()
        with pytest.raises(Unarmed):
            crossbar.pulse(pulse_list((0, 0)))
        control.ask("reset", when="now")
    with pytest.raises(BoardReset):
        crossbar.read_array()
    crossbar.arm(LIMITS, DEVICE_HASH)
    assert crossbar.setup == Setup()
    crossbar.configure(SETUP)
    assert crossbar.pulse(pulse_list((0, 0))).applied == 1


def test_resume_after_a_restart(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    with board.control() as control:
        control.ask("reset", when="now")
    with pytest.raises(BoardReset):
        crossbar.read_array()
    crossbar.resume()
    assert crossbar.limits == LIMITS
    assert crossbar.setup == SETUP
    assert crossbar.pulse(pulse_list((0, 0))).applied == 1


def test_a_foreign_set_up_is_not_believed(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as crossbar:
        crossbar.read_array()
        bare(board, "SENSe:VOLTage 0.02")
        for _ in range(2):
            with pytest.raises(ForeignSetup, match="changed the set-up"):
                crossbar.read_array()
        crossbar.configure(crossbar.setup)
        assert crossbar.read_array().conditions.volts == 0.04


def test_a_foreign_change_that_changes_nothing_is_no_matter(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as crossbar:
        bare(board, "SENSe:VOLTage 0.04")
        assert crossbar.read_array().origin.generation == crossbar._session.generation


def test_another_arming_is_noticed(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as crossbar:
        crossbar.arm(LIMITS, DEVICE_HASH)
        crossbar._session.give_back()
        bare(board, "ARM 0dd,0.25,6,6,1,H,1000")
        with pytest.raises(ForeignSetup, match="armed device"):
            crossbar.pulse(pulse_list((0, 0)))


def test_one_client_moves_cells(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as second:
        with pytest.raises(LeaseHeld, match="s left"):
            second.arm(LIMITS, DEVICE_HASH)
        with pytest.raises(LeaseHeld):
            second.configure(Setup())
        assert second.read_array().conditions == second.setup.read
        bare(board, "PULSe 0,0,1.5,0.0001")
        bare(board, "SOURce:BIAS GND")
        assert crossbar.pulse(pulse_list((1, 1))).applied == 1
        with board.control() as control:
            assert control.truth()["full_pulses"][0, 0] == 0
    crossbar.close()
    with open_native(board.boards[0].url) as third:
        third.arm(LIMITS, DEVICE_HASH)
        assert third.pulse(pulse_list((0, 0))).applied == 1


def test_an_expired_lease_is_taken_again(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    crossbar.configure(Setup(ReadConditions(0.2, 4096)))
    generation = crossbar._session.generation
    rows = np.tile([0, 7], 64)
    with open_native(board.boards[0].url) as second:
        for _ in range(20):  # reading takes board time, and this client does not prolong the lease
            second.read_cells(rows, rows)
            if json.loads(second._session.ask("SYSTem:STATe?").text)["lease_s"] == 0:
                break
    assert crossbar.pulse(pulse_list((0, 0))).applied == 1
    assert crossbar._session.generation == generation + 1


def test_a_trip_ends_in_a_shutdown(crossbar: NativeCrossbar, board: EmulatorProcess) -> None:
    with board.control() as control:
        control.ask("trip", when={"gates": 3})
    with pytest.raises(Stopped, match=r"after \d of 6 pulses") as stopped:
        crossbar.pulse(pulse_list(*[(i, i) for i in range(6)]))
    assert stopped.value.applied in (2, 3)
    with pytest.raises(BoardShutdown, match="clear the shutdown"):
        crossbar.pulse(pulse_list((0, 0)))
    with pytest.raises(BoardShutdown):
        crossbar.read_array()
    crossbar.clear()
    assert crossbar.pulse(pulse_list((0, 0))).applied == 1


def test_pulse_count_limit(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as crossbar:
        crossbar.arm(replace(LIMITS, pulses_max=2), DEVICE_HASH)
        crossbar.pulse(pulse_list((0, 0), (0, 0)))
        with pytest.raises(LimitExceeded, match="count"):
            crossbar.pulse(pulse_list((0, 0)))
        crossbar.pulse(pulse_list((0, 1)))


def test_an_exchange_that_would_last_too_long(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as crossbar:
        crossbar.arm(Limits(0.25, 1.8, 1.8, 1.0), DEVICE_HASH)
        with pytest.raises(LimitExceeded):
            crossbar.pulse(
                PulseList(np.zeros(3, np.int32), np.arange(3, dtype=np.int32), np.full(3, 1.0), np.full(3, 0.4))
            )
