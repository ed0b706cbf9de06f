"""A bad wire, a board that restarts, a rival: no pulse twice, no omission unreported, no foreign reading believed."""

from __future__ import annotations

import threading
from random import Random

import numpy as np
import pytest
from tests.bench import DEVICE_HASH, LIMITS, SETUP
from tests.conftest import StartEmulator
from tests.faults.ledger import Ledger
from tests.faults.rival import ROW, Rival

from ohmloop.crossbar import (
    ForeignSetup,
    LeaseHeld,
    PulseList,
    PulseResult,
    Readback,
    UncertainExchange,
)
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.opening import open_native
from ohmloop.link.control import Control

EXCHANGES = 2000
WIRE = {"lose": 0.02, "corrupt": 0.01, "late": 0.02, "duplicate": 0.01, "reorder": 0.005, "late_s": 0.2, "seed": 11}
CHANGE_S = 0.15 * 1e-4
"""A reading may differ from the truth by noise, not by half the read voltage or another cell."""

LEASE_PAUSE = threading.Event()


def random_pulses(random: Random) -> PulseList:
    cells = random.sample([(row, col) for row in range(ROW) for col in range(8)], random.randint(1, 8))
    rows, cols = np.array(cells, dtype=np.int32).T
    volts = np.array([random.choice((-1, 1)) * random.uniform(0.9, 1.2) for _ in cells])
    return PulseList(rows, cols, volts, np.full(len(cells), 10e-6))


def prepare(crossbar: NativeCrossbar) -> None:
    """Set up and arm, however long the rival keeps the lease (10 s at most)."""
    for _ in range(400):
        try:
            crossbar.arm(LIMITS, DEVICE_HASH)
            crossbar.configure(SETUP)
        except (LeaseHeld, ForeignSetup):
            LEASE_PAUSE.wait(0.05)
        else:
            return
    pytest.fail("the rival never gives the lease back")


def wrong_readings(control: Control, pulses: PulseList, result: PulseResult) -> int:
    """Readings of an exchange that are not the conductance of their cell at the read voltage asked for."""
    if result.readings is None:
        return 0
    truth_s = control.truth()["conductance_s"][pulses.rows, pulses.cols]
    measured_s = result.readings.currents_a / SETUP.read.volts
    assert result.readings.conditions == SETUP.read
    return int((np.abs(measured_s - truth_s) > np.maximum(0.1 * truth_s, 2e-6)).sum())


@pytest.mark.slow
def test_no_pulse_twice_and_no_foreign_reading(emulator: StartEmulator) -> None:
    process = emulator("8x8", seed="5")
    with process.control() as control:
        campaign(control, process.boards[0].url, Random(5))


def campaign(control: Control, url: str, random: Random) -> None:
    control.ask("fault", wire=WIRE)
    ledger, rival = Ledger(8, 8), Rival(url, 6)
    done = uncertain = foreign = wrong = resets = 0
    crossbar = open_native(f"{url}?timeout=0.06")
    rival.start()
    try:
        prepare(crossbar)
        while done + uncertain < EXCHANGES:
            if random.random() < 0.02:
                resets += 1
                control.ask("reset", when=random.choice(("now", {"gates": random.randint(1, 12)})))
            if random.random() < 0.01:  # a new host in place of the old one
                crossbar.close()
                crossbar = open_native(f"{url}?timeout=0.06")
                prepare(crossbar)
            pulses = random_pulses(random)
            try:
                result = crossbar.pulse(pulses, random.choice((Readback.AFTER, Readback.NONE)))
            except UncertainExchange:
                uncertain += 1
                ledger.unknown(pulses)
                prepare(crossbar)
            except (ForeignSetup, LeaseHeld):
                foreign += 1
                prepare(crossbar)
            else:
                done += 1
                ledger.certain(pulses, result.applied)
                wrong += wrong_readings(control, pulses, result)
    finally:
        rival.end()
        crossbar.close()
    truth = control.truth()
    seen = truth["full_pulses"].copy()
    seen[ROW] = 0
    story = f"{done} done, {uncertain} uncertain, {foreign} refused, {resets} resets, rival {rival.pulsed} times"
    assert ledger.doubled(seen) == 0, story
    assert ledger.omitted(seen) == 0, story
    assert wrong == 0, story
    assert done > 0.9 * EXCHANGES, story
    assert truth["resets"] >= 20, story
    assert rival.pulsed > 0, story
    assert all(truth["wire"][way][kind] > 0 for way in ("to_board", "to_host") for kind in ("lose", "corrupt", "late"))
