from expect import code
from rig import MICROSECOND, Rig, effect

PULSE = (1, 2, 1_000_000, 10 * MICROSECOND)
NEXT = (2, 1, -800_000, 10 * MICROSECOND)
NO_READING = -2147483648


def armed():
    rig = Rig()
    rig.arm()
    return rig


def send(rig, body):
    return rig.ask(body, rig.lease)


def test_a_list_runs_and_says_what_it_did():
    rig = armed()
    reply = code(rig.pulse([PULSE, NEXT], readback="EACH"), 0)
    number, generation, applied, status, time_us, readings = effect(reply)
    assert (number, generation, applied, status) == (1, rig.generation, 2, 0)
    assert 0 < time_us <= rig.engine.time_us()
    assert len(readings) == 2
    assert NO_READING not in readings
    assert rig.gates() == 2
    assert rig.engine.record()[0] > 900_000
    assert rig.engine.record()[1] < -700_000


def test_read_back_is_optional_and_may_come_after_the_list():
    rig = armed()
    assert effect(rig.pulse([PULSE]))[5] == []
    assert len(effect(rig.pulse([PULSE, NEXT, PULSE], readback="AFT"))[5]) == 3
    assert len(effect(rig.pulse([PULSE], readback="AFTER"))[5]) == 1


def test_the_longest_list():
    rig = armed()
    reply = code(rig.pulse([PULSE] * 256, readback="EACH"), 0)
    assert effect(reply)[2] == 256
    assert len(effect(reply)[5]) == 256
    assert rig.gates() == 256
    refused = rig.pulse([PULSE] * 257)
    assert refused.code == -222
    assert rig.counter == 1


def test_a_repetition_is_answered_and_not_run():
    rig = armed()
    body = rig.body([PULSE], readback="EACH")
    first = code(send(rig, body), 0)
    for _ in range(5):
        again = send(rig, body)
        assert (again.code, again.text) == (0, first.text)
        assert again.number != first.number
    assert rig.gates() == 1
    assert rig.counter == 1
    assert rig.board.counters.replays == 5


def test_only_the_last_effect_is_repeated():
    rig = armed()
    first = rig.body([PULSE])
    send(rig, first)
    code(rig.pulse([NEXT]), 0)
    reply = code(send(rig, first), 133)
    assert reply.text.endswith("counter 2")
    assert rig.gates() == 2


def test_a_used_number_with_another_body_is_refused():
    rig = armed()
    send(rig, rig.body([PULSE]))
    code(send(rig, rig.body([NEXT], number=1)), 132)
    code(send(rig, rig.body([PULSE], number=1) + " "), 132)
    assert rig.gates() == 1


def test_numbers_out_of_sequence_are_refused():
    rig = armed()
    for number in (0, 2, 3, 2147483647):
        reply = send(rig, rig.body([PULSE], number=number))
        assert reply.code == (132 if number == 0 else 133), number
        assert reply.text.endswith("counter 0")
    code(rig.pulse([PULSE]), 0)
    assert rig.gates() == 1


def test_another_boot_is_refused_first_of_all():
    rig = armed()
    for epoch in ("0" * 16, rig.epoch[:-1] + ("0" if rig.epoch[-1] != "0" else "1")):
        code(rig.ask(rig.body([PULSE], epoch=epoch, generation=99, number=99)), 130)
    assert rig.gates() == 0


def test_the_lease_is_demanded_second():
    rig = armed()
    code(rig.ask(rig.body([PULSE], generation=99, number=99)), 122)
    code(rig.ask(rig.body([PULSE]), "00000000"), 122)
    body = rig.body([PULSE])
    code(send(rig, body), 0)
    code(rig.ask(body), 122)
    assert rig.gates() == 1


def test_a_repetition_comes_before_the_generation():
    rig = armed()
    body = rig.body([PULSE])
    first = send(rig, body)
    rig.ask("SOUR:BIAS GND", rig.lease)
    again = code(send(rig, body), 0)
    assert again.text == first.text
    assert again.generation == first.generation + 1
    assert effect(again)[1] == first.generation
    assert rig.gates() == 1


def test_another_set_up_is_refused_before_the_number():
    rig = armed()
    body = rig.body([PULSE])
    rig.ask("SOUR:BIAS GND", rig.lease)
    reply = code(send(rig, body), 131)
    assert reply.text.endswith(f"now {rig.generation}")
    code(send(rig, rig.body([PULSE], generation=0, number=7)), 131)
    assert rig.gates() == 0
    code(rig.pulse([PULSE]), 0)


def test_limits_come_last_and_use_no_number():
    rig = armed()
    body = rig.body([PULSE, (0, 0, 3_000_000, 10 * MICROSECOND)])
    code(send(rig, body), 102)
    code(send(rig, body), 102)
    assert (rig.counter, rig.gates()) == (0, 0)
    assert rig.engine.record()[:2] == [0, 0]
    code(rig.pulse([PULSE]), 0)
    assert rig.counter == 1


def test_malformed_bulk_data_uses_no_number():
    rig = armed()
    head = f"PULS:LIST {rig.epoch},{rig.generation},1,NONE,"
    for data, expected in (("AAAA", -104), ("AAAAAAAA", -104), ("!", -104), ("", -109), ("=" * 16, -104)):
        code(send(rig, head + data), expected)
    assert rig.counter == 0


def test_the_token_itself_must_be_well_formed():
    rig = armed()
    good = rig.body([PULSE]).split(" ", 1)[1].split(",")
    for place, value, expected in (
        (0, "xyz", -104),
        (0, rig.epoch[1:], -104),
        (1, "-1", -222),
        (2, "x", -104),
        (2, "1e10", -222),
        (3, "SOME", -224),
    ):
        fields = list(good)
        fields[place] = value
        code(send(rig, "PULS:LIST " + ",".join(fields)), expected)
    assert rig.gates() == 0


def test_a_bare_list_is_refused():
    rig = armed()
    rig.say(rig.body([PULSE]))
    assert rig.error() == -221
    assert rig.gates() == 0


def test_an_unarmed_board_refuses_pulses():
    rig = Rig()
    rig.take_lease()
    code(rig.pulse([PULSE]), 101)
    rig.arm()
    code(rig.pulse([PULSE]), 0)
    code(rig.ask("DIS", rig.lease), 0)
    code(rig.pulse([PULSE]), 101)
    assert rig.gates() == 1


def test_the_stored_reply_can_be_asked_for():
    rig = armed()
    assert rig.ask("SYST:EFF?").text == ""
    first = rig.pulse([PULSE], readback="EACH")
    assert rig.ask("SYST:EFF?").text == first.text
    assert rig.say("SYST:EFF?") == first.text + "\n"
    rig.pulse([(0, 0, 9_000_000, 10)])
    assert rig.ask("SYST:EFF?").text == first.text


def test_a_trip_in_the_middle_is_partial_and_is_repeated_as_such():
    rig = armed()
    rig.engine.trip_at(3)
    body = rig.body([PULSE] * 5, readback="EACH")
    first = send(rig, body)
    code(first, 109)
    number, _, applied, status, _, readings = effect(first)
    assert (number, applied, status) == (1, 3, 109)
    assert len(readings) == 5
    assert readings[3:] == [NO_READING] * 2
    gates = rig.gates()
    again = send(rig, body)
    assert (again.code, again.text) == (109, first.text)
    code(send(rig, rig.body([PULSE])), 120)
    assert rig.gates() == gates
    assert rig.counter == 1


def test_an_abort_in_the_middle_is_partial_and_is_repeated_as_such():
    rig = armed()
    body = rig.body([(0, 0, 1_000_000, 20_000_000)] * 5, readback="AFTER")
    rig.stream.script = [b""] * 6 + [b"ABOR\n"]
    first = send(rig, body)
    code(first, 110)
    assert 1 <= effect(first)[2] < 5
    assert effect(first)[5][4] == NO_READING
    gates = rig.gates()
    again = send(rig, body)
    assert (again.code, again.text) == (110, first.text)
    assert rig.gates() == gates == effect(first)[2]
    code(rig.pulse([PULSE]), 0)


def test_a_broken_converter_uses_the_number_up():
    rig = armed()
    body = rig.body([PULSE], readback="EACH")
    rig.engine.break_adc(True)
    first = code(send(rig, body), 111)
    assert effect(first)[2] == 1
    rig.engine.break_adc(False)
    assert send(rig, body).text == first.text
    assert rig.gates() == 1
    assert rig.state()["latched"] == "converter fault"


def test_a_reboot_forgets_the_effect_and_changes_the_epoch():
    rig = armed()
    body = rig.body([PULSE])
    send(rig, body)
    after = Rig(files=rig.files)
    after.arm()
    assert after.epoch != rig.epoch
    code(after.ask(body, after.lease), 130)
    assert after.ask("SYST:EFF?").text == ""
    assert after.gates() == 0


def test_a_bare_pulse_counts_and_cannot_be_taken_for_a_list():
    rig = Rig()
    rig.say("ARM c0ffee,0.3,2,2,1,H,1000")
    assert rig.say("PULS 1,2,1.0,10us") == ""
    assert rig.error() == 0
    assert (rig.gates(), rig.counter) == (1, 1)
    assert effect(rig.ask("SYST:EFF?"))[:4] == [1, 1, 1, 0]
    rig.take_lease()
    code(rig.pulse([PULSE], number=1), 132)
    code(rig.pulse([PULSE]), 0)
    assert rig.gates() == 2


def test_a_bare_pulse_is_held_to_the_limits():
    rig = Rig()
    for arm, line, expected in (
        (False, "PULS 0,0,1,10us", 101),
        (True, "PULS 0,0,2.1,10us", 102),
        (True, "PULS 0,0,-2.1,10us", 102),
        (True, "PULS 0,0,1,100ns", 104),
        (True, "PULS 4,0,1,10us", -222),
        (True, "PULS 0,0,NaN,10us", -104),
        (True, "PULS 0,0,1,1V", -131),
    ):
        if arm:
            rig.say("ARM c0ffee,0.3,2,2,1,H,1000")
        assert rig.say(line) == ""
        assert rig.error() == expected, line
    assert rig.gates() == 0


def test_an_enveloped_single_pulse_is_refused():
    rig = armed()
    code(rig.ask("PULS 0,0,1,10us", rig.lease), -221)
    assert rig.gates() == 0
