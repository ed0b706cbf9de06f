from expect import code
from rig import MICROSECOND, Rig

WIDTH = 10 * MICROSECOND


def armed(limits="0.3,1.0,0.8,0.0001,M,3"):
    rig = Rig()
    rig.take_lease()
    code(rig.ask("ARM c0ffee," + limits, rig.lease), 0)
    code(rig.ask("CONF 0.1,1,M,GND,M", rig.lease), 0)
    return rig


def test_a_refusal_names_cell_numbers_and_limit():
    rig = armed()
    reply = code(rig.pulse([(3, 2, 1_200_000, WIDTH)]), 102)
    assert reply.text == "Voltage above limit; cell 3,2 asked 1.200000 V, worst case 1.200000 V, limit 1.000000 V"
    reply = code(rig.pulse([(0, 1, -810_000, WIDTH)]), 102)
    assert "cell 0,1 asked -0.810000 V" in reply.text
    assert reply.text.endswith("limit 0.800000 V")


def test_the_worst_case_of_the_lines_counts():
    rig = armed()
    reply = code(rig.pulse([(3, 2, 1_000_000, WIDTH)]), 102)
    assert "asked 1.000000 V, worst case 1.0" in reply.text
    code(rig.pulse([(3, 2, 980_000, WIDTH)]), 0)


def test_width_range_count_and_duration():
    rig = armed()
    reply = code(rig.pulse([(1, 1, 500_000, 200 * MICROSECOND)]), 104)
    assert reply.text == "Pulse width outside limits; cell 1,1 asked 0.000200000 s, limit 0.000100000 s"
    reply = code(rig.pulse([(1, 1, 500_000, 499)]), 104)
    assert reply.text.endswith("asked 0.000000499 s, limit 0.000000500 s")
    reply = code(rig.pulse([(1, 1, 500_000, WIDTH)] * 4), 106)
    assert reply.text == "Pulse count above limit; cell 1,1 asked 4, limit 3"
    code(rig.ask("SOUR:RANG H", rig.lease), 0)
    reply = code(rig.pulse([(1, 1, 500_000, WIDTH)]), 105)
    assert reply.text == "Current range above limit; asked H, limit M"
    assert rig.gates() == 0


def test_a_list_is_bounded_in_time_and_a_single_pulse_by_its_width():
    rig = armed("0.3,1.0,0.8,1,M,100")
    reply = code(rig.pulse([(1, 1, 500_000, 600_000_000)] * 2), 107)
    assert reply.text == "Exchange too long; asked 1.200000000 s, limit 1.000000000 s"
    assert rig.gates() == 0
    code(rig.pulse([(1, 1, 500_000, 1_000_000_000)]), 0)


def test_pulses_are_counted_since_arming():
    rig = armed()
    for _ in range(3):
        code(rig.pulse([(1, 1, 500_000, WIDTH)]), 0)
    code(rig.pulse([(1, 1, 500_000, WIDTH)]), 106)
    code(rig.pulse([(1, 2, 500_000, WIDTH)]), 0)
    code(rig.ask("ARM c0ffee,0.3,1.0,0.8,0.0001,M,3", rig.lease), 0)
    code(rig.pulse([(1, 1, 500_000, WIDTH)]), 0)


def test_the_board_s_own_limits_hold_whatever_is_armed():
    rig = armed("100,100,100,2,H,2000000")
    code(rig.pulse([(0, 0, 7_000_000, WIDTH)]), 102)
    code(rig.pulse([(0, 0, 5_500_000, WIDTH)]), 108)
    assert rig.gates() == 0


def test_arguments_of_arming():
    rig = Rig()
    for line, expected in (
        ("ARM ,0.3,1,1,1,H,1", -109),
        ("ARM c0ffee,0.3,1,1,1,AUTO,1", -224),
        ("ARM c0ffee,-0.3,1,1,1,H,1", -222),
        ("ARM c0ffee,0.3,1,1,1,H,-1", -222),
        ("ARM c0ffee,0.3,1,1,1,H", -109),
        ("ARM " + "a" * 65 + ",0.3,1,1,1,H,1", -104),
    ):
        code(rig.ask(line), expected)
        assert rig.say("ARM?") == "NONE\n"
    code(rig.ask("ARM " + "a" * 64 + ",0.3,1,1,1,H,1"), 0)
    assert rig.say("ARM?") == "a" * 64 + "\n"
    code(rig.ask("DIS"), 0)
    assert rig.say("ARM?") == "NONE\n"


def test_a_refused_arming_keeps_the_armed_device():
    rig = armed()
    code(rig.ask("ARM dead,0.3,1,-1,1,H,1", rig.lease), -222)
    assert rig.say("ARM?") == "c0ffee\n"
    code(rig.pulse([(3, 2, 980_000, WIDTH)]), 0)


def test_no_pair_saw_more_than_the_limits():
    rig = armed()
    rig.ask("SOUR:BIAS THIR", rig.lease)
    for uv in (980_000, 990_000, 1_000_000, 1_100_000, -780_000, -800_000, 2_000_000_000):
        rig.pulse([(2, 2, uv, WIDTH)])
    record = rig.engine.record()
    assert record[0] <= 1_000_000
    assert record[1] >= -800_000
    assert record[2] > 0
