from expect import code
from rig import ARM, MICROSECOND, Rig

PULSE = (1, 2, 1_000_000, 10 * MICROSECOND)
SETTINGS = (
    "*RST",
    ARM,
    "DIS",
    "CONF 0.04,1,L,GND,L",
    "SENS:VOLT 0.04",
    "SOUR:BIAS GND",
    "CAL:LINE ROW,OFFS,0,0",
    "CAL:SAVE",
    "CAL:RES",
    "SYST:CLE 0000000000000000,0",
)


def test_taking_it_answers_a_key_and_steps_the_generation():
    rig = Rig()
    reply = code(rig.ask("SYST:LEAS?"), 0)
    assert len(reply.text) == 8
    assert reply.generation == 1
    assert rig.state()["lease_s"] == 10


def test_with_the_key_it_is_renewed_without_a_step():
    rig = Rig()
    key = rig.take_lease()
    rig.engine.advance_us(7_000_000)
    reply = code(rig.ask("SYST:LEAS?", key), 0)
    assert (reply.text, reply.generation) == (key, 1)
    rig.engine.advance_us(9_000_000)
    assert rig.state()["lease_s"] == 1


def test_it_is_refused_to_others_with_the_seconds_left():
    rig = Rig()
    rig.take_lease()
    rig.engine.advance_us(3_500_000)
    for key in (None, "00000000"):
        assert code(rig.ask("SYST:LEAS?", key), 121).text == "Lease held by another client; 7 s left"


def test_any_accepted_request_with_the_key_renews_it():
    rig = Rig()
    key = rig.take_lease()
    for body in ("*IDN?", "FOO", "MEAS:CELL? 9,9", "SYST:STAT?"):
        rig.engine.advance_us(9_000_000)
        rig.ask(body, key)
    assert rig.state()["lease_s"] == 10
    rig.engine.advance_us(9_000_000)
    rig.raw(rig.envelope("*IDN?", key).replace(b"*IDN", b"*IDM"))
    assert rig.state()["lease_s"] == 1


def test_it_is_renewed_before_a_long_request_and_after_it():
    rig = Rig()
    rig.arm()
    rig.engine.advance_us(9_500_000)
    code(rig.pulse([(0, 0, 1_000_000, 900_000_000)]), 0)
    assert rig.state()["lease_s"] == 10


def test_it_expires_and_another_may_take_it():
    rig = Rig()
    rig.arm()
    old = rig.lease
    body = rig.body([PULSE])
    rig.engine.advance_us(10_000_001)
    assert rig.state()["lease_s"] == 0
    code(rig.ask(body, old), 122)
    before = rig.generation
    new = rig.take_lease()
    assert new != old
    assert rig.generation == before + 1
    code(rig.ask(body, old), 122)
    code(rig.ask(body, new), 131)
    code(rig.pulse([PULSE]), 0)
    assert rig.gates() == 1


def test_a_client_may_propose_its_key_so_that_a_lost_reply_costs_nothing():
    rig = Rig()
    first = code(rig.ask("SYST:LEAS?", "1234abcd"), 0)
    again = code(rig.ask("SYST:LEAS?", "1234abcd"), 0)
    assert first.text == again.text == "1234abcd"
    assert first.generation == again.generation == 1


def test_release():
    rig = Rig()
    key = rig.take_lease()
    code(rig.ask("SYST:LEAS:REL"), 121)
    reply = code(rig.ask("SYST:LEAS:REL", key), 0)
    assert reply.generation == 2
    code(rig.ask("SYST:LEAS:REL", key), 122)
    code(rig.ask("SYST:LEAS?"), 0)


def test_a_bare_line_cannot_take_it():
    rig = Rig()
    rig.say("SYST:LEAS?")
    assert rig.error() == -221
    assert rig.generation == 0


def test_others_cannot_change_the_set_up():
    rig = Rig()
    rig.arm()
    before = rig.generation
    for body in SETTINGS:
        code(rig.ask(body), 121)
        code(rig.ask(body, "00000000"), 121)
        assert rig.say(body) == ""
        assert rig.error() == 121, body
    assert rig.generation == before
    assert rig.say("ARM?") == "c0ffee\n"


def test_the_holder_and_without_a_holder_anybody_can():
    rig = Rig()
    settings = [body for body in SETTINGS if "CLE" not in body]
    for body in settings:
        code(rig.ask(body), 0)
    code(rig.clear(), 0)
    key = rig.take_lease()
    for body in settings:
        code(rig.ask(body, key), 0)
    code(rig.clear(key), 0)


def test_others_may_read():
    rig = Rig()
    rig.take_lease()
    code(rig.ask("MEAS:ROWS? 0,4"), 0)
    assert rig.say("MEAS:CELL? 0,0") != ""


def test_bare_pulses_are_refused_under_any_lease():
    rig = Rig()
    rig.arm()
    rig.say("PULS 1,2,1,10us")
    assert rig.error() == 121
    assert rig.gates() == 0


def test_abort_needs_no_lease():
    rig = Rig()
    rig.take_lease()
    code(rig.ask("ABOR"), 0)
