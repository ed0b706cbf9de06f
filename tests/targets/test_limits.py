"""No cell sees more than its limits, and a refused list moves nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.targets.target import Pulse, Session, Target

ARM = "ARM c0ffee,0.25,1.5,1.2,100e-6,M,3"
GOOD = (0, 0, 1.0, 10e-6)


@pytest.mark.parametrize(
    ("pulse", "code"),
    [
        ((1, 1, 1.5, 10e-6), 102),  # at the limit: the worst case of the lines is above it
        ((1, 1, 2.5, 10e-6), 102),
        ((1, 1, -1.25, 10e-6), 102),
        ((1, 1, 1.0, 101e-6), 104),
        ((1, 1, 1.0, 0.4e-6), 104),
        ((1, 1, 9.0, 10e-6), 102),
        ((8, 1, 1.0, 10e-6), -222),
    ],
)
def test_a_list_with_one_bad_pulse_runs_none(target: Target, pulse: Pulse, code: int) -> None:
    session = Session(target.wire, ARM)
    session.do("CONF 0.2,16,AUTO,HALF,M")
    assert session.pulse([GOOD, pulse]).code == code
    assert target.truth("gates") == 0
    assert session.pulse([GOOD]).code == 0


def test_the_range_has_a_limit(target: Target) -> None:
    session = Session(target.wire, ARM)
    assert session.pulse([GOOD]).code == 105


def test_pulses_of_a_cell_are_counted(target: Target) -> None:
    session = Session(target.wire, ARM)
    session.do("CONF 0.2,16,AUTO,HALF,M")
    assert session.pulse([GOOD] * 4).code == 106
    assert session.pulse([GOOD] * 3).code == 0
    assert session.pulse([GOOD]).code == 106
    assert target.truth("full_pulses")[0, 0] == 3


def test_the_array_saw_no_more_than_was_allowed(target: Target) -> None:
    session = Session(target.wire, ARM)
    draw = np.random.default_rng(11)
    for bias in ("GND", "HALF", "THIR"):
        session.do(f"CONF 0.2,4,AUTO,{bias},M")
        for volts in (1.47, -1.17, 1.48, -1.18, 1.6, 3.0):
            row, col = draw.integers(0, 8, 2)
            session.pulse([(int(row), int(col), volts, 5e-6)], "EACH")
    assert target.truth("v_max").max() <= 1.5
    assert target.truth("v_min").min() >= -1.2
    assert target.truth("gates") > 6
