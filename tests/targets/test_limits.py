"""No cell sees more than its limits, and a refused list moves nothing."""

from __future__ import annotations

import numpy as np
import pytest
from tests.targets.conftest import Start
from tests.targets.target import Pulse, Session, Target

from ohmloop.link.control import encode_matrix

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


def test_a_column_takes_no_more_than_its_range_bears(target: Target) -> None:
    """Beyond, the board would trip: half of 1 V is more than range L bears, a row alone is free of it."""
    target.control.ask("seed_state", conductance_s=encode_matrix(np.full((8, 8), 7e-6)))
    session = Session(target.wire, "ARM c0ffee,0.25,1.8,1.8,100e-6,M,100")
    session.do("CONF 0.2,16,AUTO,HALF,L")
    refused = session.pulse([(0, 0, 0.6, 10e-6), (2, 3, 1.0, 10e-6)])
    assert refused.code == 114
    assert refused.text.endswith("cell 2,3 asked -0.500000 V on its column, limit 0.350000 V in range L")
    assert target.truth("gates") == 0
    assert session.pulse([(0, 0, 0.6, 10e-6)]).code == 0
    session.do("CONF 0.2,16,AUTO,GND,L")
    assert session.pulse([(2, 3, 1.0, 10e-6)]).code == 0
    session.do("CONF 0.2,16,AUTO,HALF,M")
    assert session.pulse([(2, 3, 1.0, 10e-6)]).code == 0
    assert target.state()["latched"] is None


def test_a_column_with_more_on_it_than_the_limits_are_for_trips(kind: str, start: Start) -> None:
    """1 nF on every line: charged through 100 kilohm it brings the amplifier beyond its level at once."""
    target = start(kind, {"front_end.line_pf": "1000"})
    session = Session(target.wire)
    session.do("CONF 0.2,16,AUTO,HALF,L")
    assert session.pulse([(2, 3, 0.6, 10e-6)]).code == 109
    assert target.state()["latched"].startswith("trip")
    assert target.truth("last_gate_ns") < 1000
    session.clear()
    session.do("CONF 0.2,16,AUTO,HALF,H")
    assert session.pulse([(2, 3, 0.6, 10e-6)]).code == 0


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
