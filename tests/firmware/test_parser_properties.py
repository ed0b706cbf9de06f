"""Whatever comes down the wire: the board does not fall over, and no gate opens that was not asked for in full."""

import binascii

from hypothesis import given
from hypothesis import strategies as st
from rig import ENERGISED, GATES, MAX_UV, MIN_UV, Reply, Rig

from ohmboard import numbers
from ohmboard.commands import TABLE
from ohmboard.errors import DATA_TYPE, OUT_OF_RANGE, SUFFIX, Refusal

HEADERS = [command.header.replace("[", "").replace("]", "") for command in TABLE]
WORDS = ["0", "1", "-1", "1e9", "NaN", "INF", "0.2 V", "10us", "c0ffee", "L", "AUTO", "ROW", "GAIN", "AAAA", "", "x"]

READ_LIMIT_UV = 300_000
"""The most that a reading may apply."""

arguments = st.lists(st.sampled_from(WORDS) | st.text(st.characters(codec="ascii"), max_size=8), max_size=8)
commands = st.builds(lambda header, words: f"{header} {','.join(words)}", st.sampled_from(HEADERS), arguments)
bare = commands | st.lists(commands, max_size=3).map(";".join)


def sealed(body: str, number: int, lease: int | None) -> str:
    text = f"@{number}{'' if lease is None else f'/{lease:08x}'} {body}"
    return f"{text} *{binascii.crc32(text.encode('latin-1', 'replace')):08x}"


envelopes = st.builds(sealed, commands, st.integers(0, 2**32), st.none() | st.integers(0, 2**32 - 1))
lines = (bare | envelopes).map(lambda text: text.encode("latin-1", "replace")) | st.binary(max_size=60)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A line with some bytes changed."""
    line = bytearray(draw(lines))
    for _ in range(draw(st.integers(0, 3))):
        if line:
            line[draw(st.integers(0, len(line) - 1))] = draw(st.integers(0, 255))
    return bytes(line)


streams = st.lists(damaged(), max_size=12).map(b"\n".join)


@given(streams, st.lists(st.integers(1, 40), max_size=8))
def test_garbage_never_breaks_the_board_nor_opens_a_gate(data: bytes, cuts: list[int]) -> None:
    rig = Rig(rows=2, cols=2)
    at = 0
    for cut in cuts:
        rig.raw(data[at : at + cut])
        at += cut
    rig.raw(data[at:] + b"\n")
    record = rig.engine.record()
    assert record[GATES] == 0
    assert record[MAX_UV] <= READ_LIMIT_UV
    assert record[MIN_UV] >= -READ_LIMIT_UV
    assert rig.say("*IDN?").startswith("ohmloop,")
    assert rig.board.latch.reason in (None, "storm of bad envelopes")


@given(streams)
def test_garbage_opens_no_gate_on_an_armed_board_under_a_lease(data: bytes) -> None:
    rig = Rig(rows=2, cols=2)
    rig.arm()
    rig.raw(data + b"\n")
    assert rig.engine.record()[GATES] == 0
    assert rig.ask("SYST:STAT?").json()["effects"] == 0


@given(st.lists(envelopes.map(lambda text: text.encode("latin-1", "replace")), max_size=10))
def test_every_sound_envelope_has_one_reply_with_a_sound_crc(requests: list[bytes]) -> None:
    rig = Rig(rows=2, cols=2)
    for request in requests:
        if b"\n" in request or b"\r" in request:
            continue
        number = int(request[1:].split(b" ", 1)[0].split(b"/")[0])
        replies = [Reply(line) for line in rig.raw(request + b"\n").decode().split("\n") if line]
        answers = [reply for reply in replies if reply.number]
        assert [reply.number for reply in answers] == ([number] if 0 < number < 2**32 else [])


@given(st.text(st.sampled_from("0123456789+-.eE VmMuUsSnN_"), max_size=12))
def test_numbers_are_exact_or_refused(text: str) -> None:
    try:
        value = numbers.microvolts(text)
    except Refusal as refused:
        assert refused.code in (DATA_TYPE, SUFFIX, OUT_OF_RANGE)  # noqa: PT017 - all three are right
        return
    assert -(2**31) <= value < 2**31
    assert numbers.microvolts(numbers.fixed(value, 6)) == value


@given(st.decimals(min_value=-2147, max_value=2147, places=6))
def test_every_voltage_in_microvolts_is_read_as_it_is_written(value: object) -> None:
    assert numbers.fixed(numbers.microvolts(f"{value:f}"), 6).lstrip("-") == f"{value:f}".lstrip("-")


@given(streams)
def test_a_silent_board_is_in_its_safe_state_after_an_abort(data: bytes) -> None:
    rig = Rig(rows=2, cols=2)
    rig.raw(data + b"\nABOR\n")
    assert rig.engine.record()[ENERGISED] == 0
