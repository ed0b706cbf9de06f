"""A bad wire, a board that restarts, a rival: no pulse twice, no omission unreported, no foreign reading believed."""

from __future__ import annotations

import threading
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import StartEmulator
from tests.emulated_device import DEVICE_HASH, LIMITS, SETUP
from tests.faults.ledger import Ledger
from tests.faults.rival import ROW, Rival

from ohmloop.crossbar import (
    ForeignSetup,
    LeaseHeld,
    LimitExceeded,
    LinkLost,
    PulseList,
    Readback,
    UncertainExchange,
)
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.opening import open_native
from ohmloop.link.control import Control

EXCHANGES = 2000
WIRE = {"lose": 0.02, "corrupt": 0.01, "late": 0.02, "duplicate": 0.01, "reorder": 0.005, "late_s": 0.2, "seed": 11}
PAUSE = threading.Event()


def random_pulses(random: Random) -> PulseList:
    cells = random.sample([(row, col) for row in range(ROW) for col in range(8)], random.randint(1, 8))
    rows, cols = np.array(cells, dtype=np.int32).T
    volts = np.array([random.choice((-1, 1)) * random.uniform(0.9, 1.2) for _ in cells])
    return PulseList(rows, cols, volts, np.full(len(cells), 10e-6))


def enter(url: str) -> NativeCrossbar:
    """Open the board as soon as the rival leaves its set-up alone for a moment."""
    for _ in range(100):
        try:
            return open_native(url)
        except (ForeignSetup, LinkLost):
            PAUSE.wait(0.03)
    pytest.fail("the rival never rests")


class Observer:
    """A client without a lease: it believes only what was read under the set-up that it found."""

    def __init__(self, control: Control, url: str) -> None:
        self._control = control
        self._url = url
        self._crossbar = enter(url)
        self.read = self.wrong = self.refused = 0

    def look(self) -> None:
        rows, cols = np.repeat(np.arange(ROW), 8), np.tile(np.arange(8), ROW)
        try:
            readings = self._crossbar.read_cells(rows, cols)
        except (ForeignSetup, LimitExceeded, LinkLost):  # another set-up, disarmed, or a busy machine
            self.refused += 1
            self.close()
            self._crossbar = enter(self._url)
        else:
            self.read += 1
            self.wrong += wrong(readings.conductances_s, self._control.truth()["conductance_s"][rows, cols])

    def close(self) -> None:
        self._crossbar.close()


def wrong(measured_s: NDArray[np.float64], truth_s: NDArray[np.float64]) -> int:
    """Readings that differ from the truth by more than noise: of another cell, or at another read voltage."""
    return int((np.abs(measured_s - truth_s) > np.maximum(0.1 * truth_s, 2e-6)).sum())


def prepare(crossbar: NativeCrossbar, observer: Observer) -> None:
    """Set up and arm, however long the rival keeps the lease (10 s at most)."""
    for _ in range(400):
        try:
            crossbar.arm(LIMITS, DEVICE_HASH)
            crossbar.configure(SETUP)
        except (LeaseHeld, ForeignSetup, LinkLost):
            observer.look()
            PAUSE.wait(0.03)
        else:
            return
    pytest.fail("the rival never gives the lease back")


@pytest.mark.slow
def test_no_pulse_twice_and_no_foreign_reading(emulator: StartEmulator) -> None:
    process = emulator("8x8", seed="5")
    url = f"{process.boards[0].url}?timeout=0.06"
    with process.control() as control:
        control.ask("fault", wire=WIRE)
        observer, rival = Observer(control, url), Rival(url, 6)
        rival.start()
        try:
            ledger, told = campaign(control, url, observer, Random(5))
        finally:
            rival.end()
            observer.close()
        truth = control.truth()
    seen = truth["full_pulses"].copy()
    seen[ROW] = 0
    story = (
        f"{told}; {truth['resets']} resets; rival: {rival.pulsed} times; observer: {observer.read} readings, "
        f"{observer.refused} refused"
    )
    assert ledger.doubled(seen) == 0, story
    assert ledger.omitted(seen) == 0, story
    assert told["wrong"] == observer.wrong == 0, story
    assert told["done"] > 0.9 * EXCHANGES, story
    assert truth["resets"] >= 20, story
    assert rival.pulsed > 0, story
    assert observer.read > 10, story
    assert observer.refused > 10, story
    assert all(truth["wire"][way][kind] > 0 for way in ("to_board", "to_host") for kind in ("lose", "corrupt", "late"))


def campaign(control: Control, url: str, observer: Observer, random: Random) -> tuple[Ledger, dict[str, int]]:
    """Pulse at random; what was applied for all that the host knows, and how often what happened."""
    ledger, told = Ledger(8, 8), dict.fromkeys(("done", "uncertain", "refused", "wrong"), 0)
    crossbar = enter(url)
    prepare(crossbar, observer)
    while told["done"] + told["uncertain"] < EXCHANGES:
        if random.random() < 0.02:
            control.ask("reset", when=random.choice(("now", {"gates": random.randint(1, 12)})))
        if random.random() < 0.01:  # a new host in place of the old one
            crossbar.close()
            crossbar = enter(url)
            prepare(crossbar, observer)
        if random.random() < 0.02:
            observer.look()
        pulses = random_pulses(random)
        try:
            result = crossbar.pulse(pulses, random.choice((Readback.AFTER, Readback.NONE)))
        except UncertainExchange:
            told["uncertain"] += 1
            ledger.unknown(pulses)
            prepare(crossbar, observer)
        except (ForeignSetup, LeaseHeld, LinkLost):  # before anything was sent
            told["refused"] += 1
            prepare(crossbar, observer)
        else:
            told["done"] += 1
            ledger.certain(pulses, result.applied)
            if result.readings is not None:
                truth_s = control.truth()["conductance_s"][pulses.rows, pulses.cols]
                told["wrong"] += wrong(result.readings.currents_a / SETUP.read.volts, truth_s)
    crossbar.close()
    return ledger, told
