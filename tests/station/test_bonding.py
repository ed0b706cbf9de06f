"""A 6x8 die on an 8x8 board: cells, vectors and journal in the lines of the array."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import StartEmulator
from tests.emulated_device import pulse_list

from ohmloop.crossbar import (
    Geometry,
    LimitExceeded,
    LinkLost,
    PulseList,
    Readback,
    Unarmed,
    UncertainExchange,
)
from ohmloop.link.child import EmulatorProcess
from ohmloop.programming import Acceptance, Campaign, Stops, Vipi, settle_last
from ohmloop.station import DeviceFile, DeviceFileError, DeviceMismatch, Station
from ohmloop.store import Store

ROWS = [7, 2, 0, 5, 1, 6]
COLS = [3, 1, 0, 2, 7, 6, 5, 4]
QUIET = {"read_noise.white": "0", "read_noise.slow": "0", "read_noise.telegraph_cells": "0"}
BARE = DeviceFile.shipped("vteam", Geometry(6, 8)).text
DEVICE = DeviceFile.parse(f"{BARE}\n[bonding]\nrows = {ROWS}\ncols = {COLS}\n")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def quiet(emulator: StartEmulator) -> EmulatorProcess:
    """A board without read noise."""
    return emulator("8x8", QUIET)


@pytest.fixture
def station(quiet: EmulatorProcess, store: Store) -> Iterator[Station]:
    with Station([quiet.boards[0].url], DEVICE, store) as opened:
        opened.arm()
        yield opened


def array_of(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the die has of a matrix of the board."""
    return matrix[np.ix_(ROWS, COLS)]


def test_reads_and_products_are_those_of_the_array(station: Station, quiet: EmulatorProcess) -> None:
    (array,) = station.boards
    assert array.capabilities.geometry == Geometry(6, 8)
    with quiet.control() as control:
        truth_s = array_of(control.truth()["conductance_s"])
    read_s = array.read_array().conductances_s
    assert read_s == pytest.approx(truth_s, rel=0.02)
    rows, cols = np.array([0, 5, 3]), np.array([7, 0, 3])
    assert array.read_cells(rows, cols).conductances_s == pytest.approx(truth_s[rows, cols], rel=0.02)
    volts = np.random.default_rng(3).uniform(-0.2, 0.2, (5, 6))
    assert array.multiply(volts).currents_a == pytest.approx(volts @ truth_s, rel=0.03, abs=0.2e-6)


def test_a_pulse_meets_its_cell_and_no_other(station: Station, quiet: EmulatorProcess) -> None:
    (array,) = station.boards
    array.pulse(pulse_list((1, 4), (1, 4), (5, 0)))
    expected = np.zeros((8, 8), dtype=int)
    expected[ROWS[1], COLS[4]], expected[ROWS[5], COLS[0]] = 2, 1
    with quiet.control() as control:
        assert (control.truth()["full_pulses"] == expected).all()


def test_the_journal_is_kept_and_recovered_by_cells_of_the_array(station: Station) -> None:
    (array,) = station.boards
    run = station.begin("program", {})
    serial = array.capabilities.serial
    array.log = run.log(serial)
    pulses = pulse_list((0, 0), (3, 6), (4, 1))
    result = array.pulse(pulses)
    (record,) = run.exchanges(serial)
    assert np.array_equal(record.pulses.rows, pulses.rows)
    assert np.array_equal(record.pulses.cols, pulses.cols)
    found = array.recover(record.token, record.pulses, record.readback, record.setup)
    assert found is not None
    assert found.readings is not None
    assert result.readings is not None
    assert np.array_equal(found.readings.currents_a, result.readings.currents_a)
    array.log = None
    array.pulse(pulses)
    assert len(list(run.exchanges(serial))) == 1


def test_an_uncertain_exchange_names_cells_of_the_array(station: Station, quiet: EmulatorProcess, store: Store) -> None:
    (array,) = station.boards
    run = station.begin("program", {})
    array.log = run.log(array.capabilities.serial)
    pulses = pulse_list((0, 0), (5, 6))
    with quiet.control() as control:
        control.ask("reset", when={"gates": 2})
    with pytest.raises(UncertainExchange) as raised:
        array.pulse(pulses)
    assert raised.value.pulses.rows.tolist() == [0, 5]
    (record,) = run.exchanges(array.capabilities.serial)
    with pytest.raises(UncertainExchange) as again:
        array.recover(record.token, record.pulses, record.readback, record.setup)
    assert again.value.pulses.cols.tolist() == [0, 6]
    array.resume()
    settle_last(run, array)
    assert array.read_array().currents_a.shape == (6, 8)


def test_a_campaign_programs_the_die_and_leaves_other_lines_alone(station: Station, quiet: EmulatorProcess) -> None:
    (array,) = station.boards
    targets_s = np.random.default_rng(5).uniform(20e-6, 90e-6, (6, 8))
    run = station.begin("program", {})
    report = Campaign(
        array, targets_s, Vipi(), Acceptance(), Stops(), profile=DEVICE.profile, setup=DEVICE.setup, run=run
    ).execute()
    assert report.declared_in_band >= 0.95
    with quiet.control() as control:
        truth = control.truth()
    errors_s = np.abs(array_of(truth["conductance_s"]) - targets_s)
    assert (errors_s < 0.04 * DEVICE.profile.span_s).mean() > 0.9
    unbonded = sorted(set(range(8)) - set(ROWS))
    assert truth["full_pulses"][unbonded].sum() == 0
    assert array_of(truth["full_pulses"]).sum() == sum(len(r.pulses) for r in run.exchanges(report.board))


@pytest.mark.parametrize(("row", "col"), [(6, 0), (-1, 0), (0, 8), (0, -1)])
def test_a_cell_outside_the_array_is_refused(station: Station, row: int, col: int) -> None:
    (array,) = station.boards
    cell = np.array([row], dtype=np.int32), np.array([col], dtype=np.int32)
    with pytest.raises(ValueError, match="outside the 6x8 array"):
        array.read_cells(*cell)
    with pytest.raises(ValueError, match="outside the 6x8 array"):
        array.pulse(PulseList(*cell, np.array([1.0]), np.array([1e-6])), Readback.NONE)


def test_vectors_are_as_long_as_the_array_has_rows(station: Station) -> None:
    with pytest.raises(ValueError, match=r"\(vectors, 6\)"):
        station.boards[0].multiply(np.zeros((1, 8)))


def test_a_die_without_a_bonding_map_lies_on_the_first_lines(quiet: EmulatorProcess, store: Store) -> None:
    with Station([quiet.boards[0].url], DeviceFile.parse(BARE), store) as station, quiet.control() as control:
        station.arm()
        truth_s = control.truth()["conductance_s"][:6]
        assert station.boards[0].read_array().conductances_s == pytest.approx(truth_s, rel=0.02)


def test_a_line_that_the_board_lacks(quiet: EmulatorProcess, store: Store) -> None:
    beyond = DeviceFile.parse(f"{BARE}\n[bonding]\nrows = [0, 1, 2, 3, 4, 8]\n")
    with pytest.raises(DeviceMismatch, match=r"row 8 and column 7.* only 8x8"):
        Station([quiet.boards[0].url], beyond, store)


def test_a_dry_run_of_a_bonded_die(quiet: EmulatorProcess, store: Store) -> None:
    with Station([quiet.boards[0].url], DEVICE, store, dry_run=True) as station:
        station.arm()
        assert station.boards[0].read_array().currents_a.shape == (6, 8)


def test_forming_needs_an_explicit_arming(quiet: EmulatorProcess, store: Store) -> None:
    text = BARE.replace("v_set = 2.1", "v_set = 1.5\nforming = 1.9").replace("max_v = 2.00", "max_v = 1.50")
    device, strong = DeviceFile.parse(text), pulse_list((0, 0), volts=1.8)
    with Station([quiet.boards[0].url], device, store) as station:
        (array,) = station.boards
        station.arm()
        with pytest.raises(LimitExceeded):
            array.pulse(strong)
        assert station.begin("program", {}).origin["forming"] is False
        station.arm(forming=True)
        assert array.pulse(strong).applied == 1
        assert station.begin("forming", {}).origin["forming"] is True
        reset = PulseList(strong.rows, strong.cols, -strong.volts - 0.4, strong.widths_s)
        with pytest.raises(LimitExceeded):
            array.pulse(reset)
        station.arm()
        with pytest.raises(LimitExceeded):
            array.pulse(strong)
        station.disarm()
        with pytest.raises(Unarmed):
            array.pulse(strong)


def test_forming_a_device_without_a_forming_limit(station: Station) -> None:
    before = station.boards[0].limits
    with pytest.raises(DeviceFileError, match=r"no limits\.forming"):
        station.arm(forming=True)
    assert station.boards[0].limits == before


def test_a_lost_board_is_still_a_lost_board(station: Station, quiet: EmulatorProcess) -> None:
    quiet.close()
    with pytest.raises(LinkLost):
        station.boards[0].read_array()
