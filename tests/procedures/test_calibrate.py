"""Row drivers of an emulated board as it is built, corrected by resistors in the place of its cells."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulated_device import DEVICE_HASH, LIMITS

from ohmloop.crossbar import BoardRefusal, Crossbar, Geometry, NotSupported, ReadConditions, RowCorrections, Setup
from ohmloop.drivers.registry import open_crossbar
from ohmloop.link.child import EmulatorProcess
from ohmloop.link.control import Control
from ohmloop.procedures.calibrate import CalibrationError, calibrate
from ohmloop.store import Run, Store

Floats = NDArray[np.float64]

N = 8
RESISTOR_OHM = 10_000.0
READ_V = 0.2
STATED = 0.002
"""Of a reading after calibration: a column in range L or M 0.15 %, half a step of the driver 0.04 % at 0.2 V, noise."""


class Socket:
    """A board with a plug of resistors: cells that are put where the resistors are, and do not move."""

    def __init__(self, process: EmulatorProcess, control: Control) -> None:
        self.crossbar: Crossbar = open_crossbar(process.boards[0].url)
        self._control, self._name = control, process.boards[0].name
        self.arm()

    def arm(self) -> None:
        self.crossbar.arm(LIMITS, DEVICE_HASH)
        self.crossbar.configure(Setup(ReadConditions(READ_V, 256)))

    def put(self, resistors_ohm: Floats) -> None:
        data = np.nan_to_num(1 / resistors_ohm, nan=1e-9).astype("<f8")
        field = {"dtype": "<f8", "shape": [N, N], "data": b64encode(data.tobytes()).decode()}
        self._control.ask("seed_state", board=self._name, conductance_s=field)


@pytest.fixture
def socket() -> Iterator[Socket]:
    options = {"device": "vteam-ideal", "seed": "11"}
    settings = {"front_end": "board", "network.row_ohm": "0", "device.g_min": "1e-9", "device.g_max": "1e-3"}
    with EmulatorProcess(Geometry(N, N), options, settings) as process, process.control() as control:
        socket = Socket(process, control)
        yield socket
        socket.crossbar.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with Store(tmp_path / "runs.sqlite") as store:
        yield store.begin("calibrate", {}, {})


def deviation(crossbar: Crossbar, conductance_s: float) -> Floats:
    return crossbar.read_array().conductances_s / conductance_s - 1


def test_readings_are_right_within_the_stated_error(socket: Socket, run: Run) -> None:
    resistors = np.full((N, N), RESISTOR_OHM)
    socket.put(resistors)
    raw = deviation(socket.crossbar, 1 / RESISTOR_OHM)
    found = calibrate(socket.crossbar, resistors, run)
    assert np.abs(raw).max() > 10 * STATED
    assert found.before > 5 * STATED > 5 * found.after
    assert np.ptp(found.columns) > 5e-4  # what the board cannot correct is told
    # Other resistors and another voltage: it is the board that is right now, not the fit.
    socket.put(np.full((N, N), 4 * RESISTOR_OHM))
    socket.crossbar.configure(Setup(ReadConditions(0.13, 256)))
    assert np.abs(deviation(socket.crossbar, 1 / (4 * RESISTOR_OHM))).max() < 2 * STATED
    readings = list(run.reads())
    assert len(readings) == 25
    assert readings[0].readings.origin.calibration == "none"
    assert readings[-1].readings.origin.calibration == found.identity != "none"


def test_one_resistor_for_each_row_is_enough(socket: Socket, run: Run) -> None:
    resistors = np.where(np.eye(N) > 0, RESISTOR_OHM, np.nan)
    socket.put(resistors)
    found = calibrate(socket.crossbar, resistors, run)
    assert found.after < STATED
    full = np.full((N, N), RESISTOR_OHM)
    socket.put(full)
    again = calibrate(socket.crossbar, full, run)
    np.testing.assert_allclose(found.rows.offsets_v, again.rows.offsets_v, atol=150e-6)
    np.testing.assert_allclose(found.rows.gains, again.rows.gains, atol=2.5e-3)  # a column's error counts here


def test_kept_corrections_come_back_after_a_reset(socket: Socket, run: Run) -> None:
    resistors = np.full((N, N), RESISTOR_OHM)
    socket.put(resistors)
    found = calibrate(socket.crossbar, resistors, run, keep=True)
    socket._control.ask("reset", board=socket._name, reason="power")
    socket.crossbar.resume()
    assert socket.crossbar.read_array().origin.calibration == found.identity
    assert np.abs(deviation(socket.crossbar, 1 / RESISTOR_OHM)).max() < STATED


def test_a_row_just_outside_the_tolerance_is_corrected_up_to_it(socket: Socket, run: Run) -> None:
    resistors = np.full((N, N), RESISTOR_OHM)
    socket.put(resistors)
    found = calibrate(socket.crossbar, resistors, run)
    assert found.limited == ()
    steepest = int(np.argmax(np.abs(found.rows.gains)))
    wrong = resistors.copy()
    wrong[steepest] *= 1 + np.copysign(1e-3 + 2.5e-3 - abs(found.rows.gains[steepest]), found.rows.gains[steepest])
    again = calibrate(socket.crossbar, wrong, run)
    assert again.limited == (steepest,)
    assert abs(again.rows.gains[steepest]) == 2.5e-3


def test_wrong_resistors_correct_nothing(socket: Socket, run: Run) -> None:
    resistors = np.full((N, N), RESISTOR_OHM)
    socket.put(resistors)
    wrong = resistors.copy()
    wrong[3] *= 1.02
    with pytest.raises(CalibrationError, match=r"row 3 .* gain error"):
        calibrate(socket.crossbar, wrong, run)
    assert socket.crossbar.read_array().origin.calibration == "none"
    missing = resistors.copy()
    missing[5, 5] = np.nan
    socket.put(missing)
    with pytest.raises(CalibrationError, match=r"gain error|cell 5,5"):
        calibrate(socket.crossbar, resistors, run)
    socket.put(resistors / 2)
    with pytest.raises(CalibrationError, match="beyond the current range"):
        calibrate(socket.crossbar, 2 * resistors, run)
    with pytest.raises(CalibrationError, match="more than any current range"):
        calibrate(socket.crossbar, resistors / 1e5, run)


@pytest.mark.parametrize(
    ("resistors", "said"),
    [
        (np.full((4, 4), 1e4), "shape"),
        (np.full((N, N), -1.0), "above 0 ohm"),
        (np.full((N, N), np.inf), "above 0 ohm"),
        (np.where(np.arange(N)[:, None] == 2, np.nan, np.full((N, N), 1e4)), "row 2 has no resistor"),
    ],
)
def test_resistors_that_make_no_sense_are_refused(socket: Socket, run: Run, resistors: Floats, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        calibrate(socket.crossbar, resistors, run)


def test_a_correction_beyond_the_tolerance_leaves_none(socket: Socket) -> None:
    gains = np.zeros(N)
    gains[[2, 6]] = 1e-3, 3e-3
    with pytest.raises(BoardRefusal, match=r"correction|tolerance|Calibration"):
        socket.crossbar.correct_rows(RowCorrections(np.full(N, 1e-3), gains))
    assert socket.crossbar.read_array().origin.calibration == "none"
    with pytest.raises(ValueError, match="finite"):
        RowCorrections(np.zeros(2), np.array([0.0, np.nan]))


def test_an_array_without_drivers_has_nothing_to_correct() -> None:
    with pytest.raises(NotSupported, match="no drivers"):
        open_crossbar("sim://2x2").correct_rows(RowCorrections.none(2))
