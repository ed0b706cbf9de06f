from rig import BenchEngine

from ohmboard.engine_codes import SPLIT_HEAD, SPLIT_MOST

engine = BenchEngine([])


def split(text, start=0):
    words = engine.split(text, start, len(text))
    spans = [words[i : i + 3] for i in range(1, len(words), 3)]
    return text[start : words[0]], [(text[a:b], value) for a, b, value in spans]


def test_header_and_arguments():
    assert split(b"*IDN?") == (b"*IDN?", [])
    assert split(b"MEAS:CELL?   ") == (b"MEAS:CELL?", [])
    assert split(b"MEAS:CELL? 3 , 14") == (b"MEAS:CELL?", [(b"3", 3), (b"14", 14)])
    assert split(b"@7 CONF 0.2,,M", 3) == (b"CONF", [(b"0.2", -1), (b"", -1), (b"M", -1)])


def test_only_plain_digits_that_fit_are_a_value():
    texts = [b"0", b"007", b"999999999", b"1000000000", b"-1", b"+1", b"1e3", b"1 2", b"0x1"]
    _, found = split(b"X " + b",".join(texts[:7]))
    assert [value for _, value in found] == [0, 7, 999999999, -1, -1, -1, -1]
    assert split(b"X " + b",".join(texts[7:]))[1] == [(b"1 2", -1), (b"0x1", -1)]


def test_the_last_argument_holds_what_is_left():
    assert split(b"X " + b"a," * (SPLIT_MOST + 2))[1][-1] == (b"a,a,a,", -1)
    long = b"A" * SPLIT_HEAD + b",B"
    assert split(b"X 1," + long)[1] == [(b"1", 1), (long, -1)]
