"""Thousands of commands, sensible and not, from a seeded draw: the board answers on, and no cell sees too much."""

from __future__ import annotations

import random

import pytest
from tests.targets.conftest import Start
from tests.targets.target import Session

DRAWS = range(10)
COMMANDS = 1_000
"""How many of one draw. The emulated chip takes some 25 ms of wall time for each, so it gets all draws in CI only."""

BATCH = 4
"""Lines on their way at a time; the board queues eight."""

NUMBERS = ("0", "1", "-1", "0.2", "1.5", "-3", "1e-5", "10e-6", "7", "8", "65536", "1e9", "-1e-12", "nan", "0x10", "")
WORDS = (
    "ROW",
    "COL",
    "OFFS",
    "GAIN",
    "L",
    "M",
    "H",
    "AUTO",
    "HALF",
    "GND",
    "THIR",
    "NONE",
    "c0ffee",
    "AAAA",
    "%%",
    "é",
)
HEADERS = (
    "*IDN?", "*RST", "*CLS", "*OPC?", "*STB?", "*ESE", "*ESE?", "SYST:ERR?", "SYST:STAT?", "SYST:TIM?", "SYST:HELP?",
    "SYST:CAP?", "SYST:EFF?", "CONF", "CONF?", "SENS:VOLT", "SENS:AVER", "SENS:RANG", "SOUR:BIAS", "SOUR:RANG", "ARM",
    "DIS", "MEAS:CELL?", "MEAS:ROWS?", "MEAS:LIST?", "MULT?", "PULS", "CAL:LINE", "CAL:LINE?", "CAL?", "DIAG:COUN?",
    "DIAG:SELF?", "ABOR", "SYST:CLE", "NOSU:CH", "*", "", ";", ":::",
)  # fmt: skip


def command(draw: random.Random) -> str:
    """A line that may be anything from right to nonsense."""
    arguments = [draw.choice(NUMBERS + WORDS) for _ in range(draw.choice((0, 0, 1, 2, 3, 4, 7)))]
    line = f"{draw.choice(HEADERS)} {','.join(arguments)}".strip()
    if draw.random() < 0.1:
        line = "".join(draw.choice((c, "", c + c, chr(draw.randrange(32, 127)))) for c in line)
    return line.replace("*RST", "") if line.startswith("*RST") and draw.random() < 0.5 else line


@pytest.mark.parametrize("seed", DRAWS)
def test_random_commands_do_no_harm(kind: str, seed: int, start: Start, request: pytest.FixtureRequest) -> None:
    if kind == "rp2040" and seed != DRAWS[0] and not request.config.getoption("--thorough"):
        pytest.skip("takes half a minute: --thorough")
    target = start(kind)
    draw = random.Random(seed)
    session = Session(target.wire, "ARM c0ffee,0.25,1.5,1.5,1e-4,H,1000")
    session.do("SYST:LEAS:REL")
    for number in range(COMMANDS // BATCH):
        for _ in range(BATCH - 1):
            target.wire.write(command(draw))
        target.wire.write(f"*CLS;*OPC?;ARM c0ffee,0.25,1.5,1.5,1e-4,H,1000;:SENS:VOLT {number % 9}")
        while target.wire.request("*OPC?").code != 0:
            pass
        if number % 16 == 0:
            target.wire.request("SYST:CLE")
    assert target.wire.request("SYST:VERS?").text == "1999.0"
    assert target.state()["latched"] is None or target.wire.request("SYST:CLE").code == 0
    if target.kind != "device":
        assert target.truth("v_max").max() <= 1.5
        assert target.truth("v_min").min() >= -1.5
        assert target.truth("resets") == 0
