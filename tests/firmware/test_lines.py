from rig import BenchEngine

from ohmboard.lines import LineQueue
from ohmboard.sizes import MAX_LINE, QUEUE_LINES

engine = BenchEngine([])


def feed(queue, data):
    offset = 0
    while offset < len(data):
        offset = queue.feed(data, offset)


def taken(queue):
    line = bytearray(MAX_LINE)
    lines = []
    while queue.count:
        length, _ = queue.take(memoryview(line))
        lines.append(bytes(line[:length]))
    return lines


def test_lines_split_at_every_place():
    data = b"*IDN?\nMEAS:CELL? 0,0\r\n\nX\n"
    for cut in range(len(data) + 1):
        queue = LineQueue(engine)
        feed(queue, data[:cut])
        feed(queue, data[cut:])
        assert taken(queue) == [b"*IDN?", b"MEAS:CELL? 0,0", b"", b"X"]


def test_a_whole_line_that_nothing_waits_before_need_not_wait():
    queue = LineQueue(engine)
    line = memoryview(bytearray(MAX_LINE))
    data = b"first\nsecond\nthird"
    assert queue.straight(data, 0, line) == 5
    assert bytes(line[:5]) == b"first"
    assert queue.straight(data, 6, line) == 6
    assert bytes(line[:6]) == b"second"
    assert queue.straight(data, 13, line) == -1


def test_a_line_is_fed_if_something_came_before_it_or_its_end_is_not_simple():
    line = memoryview(bytearray(MAX_LINE))
    for before in (b"begun", b"whole\n", b"x" * 3 * MAX_LINE):
        queue = LineQueue(engine)
        feed(queue, before)
        assert queue.straight(b"line\n", 0, line) == -1, before
    queue = LineQueue(engine)
    for data in (b"line\r\n", b"\n", b"x" * (MAX_LINE + 1) + b"\n"):
        assert queue.straight(data, 0, line) == -1, data


def test_feed_stops_at_the_end_of_a_line():
    queue = LineQueue(engine)
    assert queue.feed(b"abc\ndef", 0) == 4
    assert queue.feed(b"abc\ndef", 4) == 7
    assert taken(queue) == [b"abc"]


def test_only_one_carriage_return_is_ignored():
    queue = LineQueue(engine)
    feed(queue, b"a\r\r\n\rb\n\r\n")
    assert taken(queue) == [b"a\r", b"\rb", b""]


def test_the_longest_line_passes_and_a_longer_one_does_not():
    for end in (b"\n", b"\r\n"):
        queue = LineQueue(engine)
        feed(queue, b"x" * MAX_LINE + end)
        assert taken(queue) == [b"x" * MAX_LINE]
        assert queue.overruns == 0
        feed(queue, b"y" * (MAX_LINE + 1) + end + b"after\n")
        assert taken(queue) == [b"after"]
        assert queue.overruns == 1


def test_an_endless_line_is_discarded_once():
    queue = LineQueue(engine)
    for _ in range(20):
        feed(queue, b"z" * 5000)
    assert queue.overruns == 1
    feed(queue, b"\nafter\n")
    assert taken(queue) == [b"after"]


def test_the_queue_is_bounded_in_lines():
    queue = LineQueue(engine)
    for i in range(QUEUE_LINES + 3):
        feed(queue, b"%d\n" % i)
    assert queue.overruns == 3
    assert taken(queue) == [b"%d" % i for i in range(QUEUE_LINES)]
    feed(queue, b"again\n")
    assert taken(queue) == [b"again"]


def test_the_queue_is_bounded_in_bytes():
    queue = LineQueue(engine)
    long = b"x" * MAX_LINE
    feed(queue, long + b"\n" + long + b"\nshort\n")
    assert queue.overruns == 1
    feed(queue, b"more\n")
    assert taken(queue)[0] == long


def test_lines_keep_their_content_while_others_leave():
    queue = LineQueue(engine)
    line = bytearray(MAX_LINE)
    expected = []
    got = []
    for i in range(60):
        text = b"%d:" % i + b"abcdefgh" * (250 + 37 * i % 600)
        expected.append(text)
        feed(queue, text + b"\n")
        feed(queue, b"")
        if i % 3 != 0:
            length, _ = queue.take(memoryview(line))
            got.append(bytes(line[:length]))
        while queue.count > 4:
            length, _ = queue.take(memoryview(line))
            got.append(bytes(line[:length]))
    assert got + taken(queue) == expected
    assert queue.overruns == 0


def test_cancel_marks_what_waits_and_nothing_later():
    queue = LineQueue(engine)
    line = memoryview(bytearray(MAX_LINE))
    feed(queue, b"one\ntwo\n")
    queue.cancel()
    feed(queue, b"three\n")
    assert [queue.take(line)[1] for _ in range(3)] == [True, True, False]


def test_a_cancelled_place_is_good_for_a_new_line():
    queue = LineQueue(engine)
    line = memoryview(bytearray(MAX_LINE))
    feed(queue, b"x\n" * QUEUE_LINES)
    queue.cancel()
    assert [queue.take(line)[1] for _ in range(QUEUE_LINES)] == [True] * QUEUE_LINES
    feed(queue, b"x\n" * QUEUE_LINES)
    assert [queue.take(line)[1] for _ in range(QUEUE_LINES)] == [False] * QUEUE_LINES


def test_the_newest_line_can_be_dropped():
    queue = LineQueue(engine)
    feed(queue, b"one\ntwo\n")
    assert bytes(queue.newest()) == b"two"
    queue.drop_newest()
    feed(queue, b"three\n")
    assert taken(queue) == [b"one", b"three"]
