from expect import code
from rig import Rig


def test_every_accepted_envelope_gets_exactly_one_reply():
    rig = Rig()
    for body in ("*IDN?", "*ESE 1", "*WAI", "FOO", "MEAS:CELL? 9,9", "", ";", "*OPC?;*OPC?"):
        replies = rig.replies(rig.raw(rig.envelope(body, number=77)))
        assert [reply.number for reply in replies] == [77], body


def test_a_command_is_answered_with_an_empty_text():
    rig = Rig()
    written = rig.raw(rig.envelope("*ESE 1", number=77)).decode()
    assert written.startswith(f"@77 0 {rig.epoch}.0  *")
    assert written.endswith("\n")


def test_replies_carry_epoch_and_generation():
    rig = Rig()
    reply = rig.ask("CONF 0.05,4,L,GND,M")
    assert (reply.epoch, reply.generation) == (rig.epoch, 1)
    assert len(rig.epoch) == 16
    assert rig.epoch == rig.epoch.lower()


def test_a_refusal_is_answered_and_not_queued():
    rig = Rig()
    assert code(rig.ask("FOO"), -113).text == "Undefined header; FOO"
    assert rig.error() == 0


def test_semicolons_do_not_separate_in_an_envelope():
    rig = Rig()
    code(rig.ask("*OPC?;*OPC?"), -113)


def test_a_damaged_envelope_gets_no_reply():
    rig = Rig()
    line = rig.envelope("*ESE 8")
    assert rig.raw(line.replace(b"8 *", b"9 *")) == b""
    assert rig.say("*ESE?") == "0\n"
    assert rig.error() == -102
    assert rig.board.counters.crc_errors == 1


def test_a_storm_of_bad_envelopes_shuts_the_board_down():
    rig = Rig()
    for _ in range(16):
        rig.raw(b"@1 *IDN? *00000000\n")
    assert rig.state()["latched"] is None
    for _ in range(2):
        rig.raw(b"@1 *IDN? *00000000\n")
    assert rig.state()["latched"] == "storm of bad envelopes"
    code(rig.ask("MEAS:CELL? 0,0"), 120)
    code(rig.clear(), 0)
    code(rig.ask("MEAS:CELL? 0,0"), 0)


def test_good_envelopes_make_up_for_bad_ones():
    rig = Rig()
    for _ in range(60):
        rig.raw(b"@1 *IDN? *00000000\n")
        for _ in range(4):
            rig.ask("*OPC?")
    assert rig.state()["latched"] is None


def test_good_envelopes_give_no_credit():
    rig = Rig()
    for _ in range(100):
        rig.ask("*OPC?")
    for _ in range(17):
        rig.raw(b"@1 *IDN? *00000000\n")
    assert rig.board.latch.reason == "storm of bad envelopes"


def test_a_cleared_storm_starts_anew():
    rig = Rig()
    for _ in range(17):
        rig.raw(b"@1 *IDN? *00000000\n")
    code(rig.clear(), 0)
    for _ in range(16):
        rig.raw(b"@1 *IDN? *00000000\n")
    assert rig.state()["latched"] is None


def test_bare_garbage_is_no_storm():
    rig = Rig()
    for _ in range(200):
        rig.raw(b"rubbish\n")
    assert rig.state()["latched"] is None
    assert rig.say("SYST:ERR:COUN?") == "16\n"
