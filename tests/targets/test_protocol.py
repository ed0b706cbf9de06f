"""Lines, envelopes and discovery."""

from __future__ import annotations

import json
import re

import pytest
from tests.targets.target import Target


def test_it_says_what_it_is(target: Target) -> None:
    maker, board, serial, version = target.wire.ask("*IDN?").split(",")
    assert (maker, board) == ("ohmloop", "ohm8-8x8")
    assert serial
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_capabilities_are_one_line_of_json(target: Target) -> None:
    reply = target.wire.request("SYST:CAP?")
    said = json.loads(reply.text)
    assert (said["protocol"], said["rows"], said["cols"], said["max_pulses"]) == (1, 8, 8, 256)
    assert said["serial"] == target.wire.ask("*IDN?").split(",")[2]


def test_errors_queue_and_are_told_once(target: Target) -> None:
    target.wire.write("NOSUch:THING 3")
    target.wire.write("MEAS:CELL? 8,0")
    assert target.wire.ask("SYST:ERR?").startswith("-113,")
    assert target.wire.ask("SYST:ERR?").startswith("-222,")
    assert target.wire.ask("SYST:ERR?").startswith("0,")


def test_a_damaged_envelope_gets_no_reply(target: Target) -> None:
    target.wire.write("@5 *IDN? *00000000")
    target.wire.write("@6 *IDN? *zz")
    assert target.wire.request("SYST:VERS?").text == "1999.0"
    counters = json.loads(target.wire.request("DIAG:COUN?").text)
    assert counters["crc_errors"] >= 1


def test_a_line_that_is_too_long_is_dropped_whole(target: Target) -> None:
    target.wire.raw(b"*IDN? " + b"9" * 20_000 + b"\n")
    assert target.wire.ask("SYST:ERR?").startswith("-363,")
    assert target.wire.ask("SYST:VERS?") == "1999.0"


def test_an_unarmed_board_reads_little_and_pulses_nothing(target: Target) -> None:
    wire = target.wire
    assert wire.request("CONF 0.2,16,AUTO,HALF,H").code == 0
    assert wire.request("MEAS:CELL? 0,0").code == 103
    assert wire.request("CONF 0.04,16,AUTO,HALF,H").code == 0
    assert wire.request("MEAS:CELL? 0,0").code == 0
    wire.write("PULS 0,0,1.0,10e-6")
    assert wire.ask("SYST:ERR?").startswith("101,")


@pytest.mark.parametrize("noise", ["\0\x01\x02", "@@@", ";;;;", "*", "\r\r\r", "é", "x\x03y"])
def test_noise_on_the_line_harms_nothing(target: Target, noise: str) -> None:
    target.wire.raw(noise.encode() + b"\n")
    assert target.wire.request("SYST:VERS?").text == "1999.0"
