import json

from expect import code
from rig import MICROSECOND, MILLISECOND, OPEN, Rig, base64, effect

LONG = (0, 0, 1_000_000, 200 * MILLISECOND)
PULSE = (1, 2, 1_000_000, 10 * MICROSECOND)


def armed():
    rig = Rig()
    rig.arm()
    return rig


def while_running(rig, chunks):
    """What the board writes when these chunks come while a list of 0.6 s runs."""
    rig.stream.script = chunks
    return rig.replies(rig.raw(rig.envelope(rig.body([LONG] * 3), rig.lease, number=5)))


def test_lines_wait_while_a_request_runs_and_are_answered_in_order():
    rig = armed()
    replies = while_running(rig, [rig.envelope("*OPC?", number=6) + rig.envelope("*ESE?", number=7)[:9], b""])
    assert [reply.number for reply in replies] == [5, 6]
    rig = armed()
    replies = while_running(rig, [rig.envelope("*OPC?", number=6), b"", rig.envelope("*IDN?", number=7)])
    assert [reply.number for reply in replies] == [5, 6, 7]


def test_the_queue_is_bounded_and_what_does_not_fit_is_reported():
    rig = armed()
    many = b"".join([rig.envelope("*OPC?", number=10 + i) for i in range(12)])
    replies = while_running(rig, [many])
    assert [reply.number for reply in replies] == [5, 10, 11, 12, 13, 14, 15, 16, 17]
    assert [rig.error() for _ in range(5)] == [-363] * 4 + [0]
    assert rig.board.counters.overruns == 4


def test_abort_acts_within_ten_milliseconds():
    for line in (b"ABOR\n", b" abort \r\n", b":ABORT\n"):
        rig = armed()
        began = rig.engine.time_us()
        replies = while_running(rig, [b"", b"", line])
        assert rig.engine.time_us() - began < 3 * 5_000 + 10_000
        assert [reply.number for reply in replies] == [5]
        code(replies[0], 110)
        assert effect(replies[0])[2] == 1
        assert rig.engine.record()[OPEN] == 0
        assert rig.state()["energised"] is False


def test_an_enveloped_abort_overtakes_and_is_answered_first():
    rig = armed()
    replies = while_running(rig, [rig.envelope("*OPC?", number=6), rig.envelope("ABORt", number=7)])
    assert [(reply.number, reply.code) for reply in replies] == [(7, 0), (5, 110), (6, 0)]
    assert rig.board.counters.aborts == 1


def test_an_abort_with_a_wrong_crc_does_not_act():
    rig = armed()
    replies = while_running(rig, [rig.envelope("ABORt", number=7).replace(b"ABORt", b"ABORT")])
    assert [(reply.number, reply.code) for reply in replies] == [(5, 0)]
    assert rig.error() == -102


def test_an_abort_split_over_two_reads():
    rig = armed()
    replies = while_running(rig, [b"AB", b"", b"OR", b"\n"])
    code(replies[0], 110)


def test_pulses_that_waited_behind_an_abort_do_not_run():
    rig = armed()
    waiting = rig.body([PULSE], number=2)
    replies = while_running(rig, [rig.envelope(waiting, rig.lease, number=6), b"ABOR\n"])
    assert [(reply.number, reply.code) for reply in replies] == [(5, 110), (6, 110)]
    assert effect(replies[1])[:4] == [2, rig.generation, 0, 110]
    assert rig.gates() == 1
    again = rig.ask(waiting, rig.lease)
    assert (again.code, again.text) == (110, replies[1].text)
    assert rig.gates() == 1
    code(rig.pulse([PULSE]), 0)


def test_reads_that_waited_behind_an_abort_do_not_run():
    rig = armed()
    chunk = rig.envelope("MEAS:CELL? 0,0", number=6) + b"ABOR\n" + rig.envelope("MEAS:CELL? 0,0", number=8)
    replies = while_running(rig, [chunk])
    assert [(reply.number, reply.code) for reply in replies] == [(5, 110), (6, 110), (8, 0)]


def test_an_abort_of_a_read():
    rig = Rig(rows=64, cols=64)
    rig.ask("SENS:AVER 4096")
    rig.stream.script = [b"", b"ABOR\n"]
    began = rig.engine.time_us()
    code(rig.ask("MEAS:ROWS? 0,32"), 110)
    assert rig.engine.time_us() - began < 2 * 5_000 + 10_000
    code(rig.ask("MEAS:CELL? 0,0"), 0)


def test_a_read_aborted_in_a_compound_line_ends_the_line():
    rig = Rig(rows=64, cols=64)
    rig.say("SENS:AVER 4096")
    rig.stream.script = [b"", b"ABOR\n"]
    assert rig.say("*OPC?;MEAS:ROWS? 0,32;*OPC?") == "1\n"
    assert rig.error() == 110


def test_long_requests_report_progress_to_programs():
    rig = armed()
    code(rig.pulse([(0, 0, 1_000_000, 900_000_000)]), 0)
    assert rig.notices == []
    rig = Rig()
    rig.ask("CONF 0.04,4096,L,HALF,H")
    # Each change of the row takes a conversion of its own, some 4 ms.
    line = "MEAS:LIST? " + base64([0, 1 << 16] * 500)
    began = rig.engine.time_us()
    code(rig.ask(line), 0)
    lasted = rig.engine.time_us() - began
    progress = [notice.text.split(" ", 1) for notice in rig.notices]
    assert [kind for kind, _ in progress] == ["PROGRESS"] * (lasted // 1_000_000)
    assert len(progress) > 1
    assert json.loads(progress[0][1])["request"] == rig.number
    assert "PROGRESS" not in rig.say(line)


def test_lines_that_came_with_the_request_wait_too():
    rig = armed()
    chunk = rig.envelope(rig.body([LONG]), rig.lease, number=5) + rig.envelope("*OPC?", number=6)
    assert [reply.number for reply in rig.replies(rig.raw(chunk))] == [5, 6]
    chunk = rig.envelope(rig.body([LONG]), rig.lease, number=5) + b"ABOR\n"
    assert [reply.code for reply in rig.replies(rig.raw(chunk))] == [110]


def test_an_over_long_line_while_a_request_runs():
    rig = armed()
    replies = while_running(rig, [b"x" * 9000, b"x" * 9000, b"\n" + rig.envelope("*OPC?", number=6)])
    assert [reply.number for reply in replies] == [5, 6]
    assert rig.error() == -363
