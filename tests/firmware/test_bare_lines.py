from rig import ARM, Rig

from ohmboard.sizes import MAX_LINE

IDENTITY = "ohmloop,ohm8-4x4,bench-1,0.1.0\n"


def test_a_query_answers_one_line():
    assert Rig().say("*IDN?") == IDENTITY


def test_a_command_answers_nothing():
    rig = Rig()
    assert rig.say("*ESE 32") == ""
    assert rig.error() == 0


def test_blanks_and_case_do_not_matter():
    rig = Rig()
    for line in ("  *idn?  ", ":*IDN?", "*IDN? "):
        assert rig.say(line) == IDENTITY, line
    assert rig.say("meas:cell?   1 , 2") == rig.say("MEASure:CELL? 1,2")


def test_a_carriage_return_before_the_end_is_ignored():
    assert Rig().raw(b"*IDN?\r\n").decode() == IDENTITY


def test_empty_lines_are_nothing():
    rig = Rig()
    assert rig.raw(b"\n\r\n   \n;\n ; ;\n") == b""
    assert rig.error() == 0


def test_split_and_merged_lines():
    rig = Rig()
    data = b"*IDN?\n*OPC?\r\n*ESE?\n"
    expected = IDENTITY + "1\n0\n"
    assert rig.raw(data).decode() == expected
    for cut in range(1, len(data)):
        assert (rig.raw(data[:cut]) + rig.raw(data[cut:])).decode() == expected, cut
    assert b"".join([rig.raw(data[i : i + 1]) for i in range(len(data))]).decode() == expected


def test_more_lines_in_one_chunk_than_the_queue_holds():
    rig = Rig()
    assert rig.raw(b"*OPC?\n" * 100).decode() == "1\n" * 100
    assert rig.error() == 0


def test_semicolons_join_answers():
    rig = Rig()
    assert rig.say("*OPC?; *ESE 4 ;*ESE?;") == "1;4\n"
    assert rig.say("MEAS:ROWS? 0,1;*OPC?").strip().split(";")[1] == "1"


def test_the_first_error_ends_a_compound_line():
    rig = Rig()
    assert rig.say("*OPC?;FOO;*ESE 7") == "1\n"
    assert rig.error() == -113
    assert rig.error() == 0
    assert rig.say("*ESE?") == "0\n"


def test_a_failing_query_answers_nothing():
    rig = Rig()
    assert rig.say("MEAS:CELL? 9,9") == ""
    assert rig.say("SYST:ERR?") == '-222,"Data out of range; cell 9,9 of 4x4"\n'


def test_wrong_arguments():
    rig = Rig()
    for line, code in (
        ("*ESE", -109),
        ("*ESE 1,2", -108),
        ("*ESE x", -104),
        ("*ESE 256", -222),
        ("*ESE -1", -222),
        ("*ESE 1.5", -222),
        ("*ESE 1V", -131),
        ("*IDN? 3", -108),
        ("MEAS:CELL? 1", -109),
        ("MEAS:CELL? 1,", -109),
        ("MEAS:CELL? ,1", -109),
        ("MEAS:CELL? 1,2,3", -108),
        ("MEAS:LIST?", -109),
        ("MEAS:LIST? !!!!", -104),
        ("MEAS:LIST? AAA", -104),
        ("SENS:VOLT NaN", -104),
        ("SENS:VOLT INF", -104),
        ("SENS:VOLT 0.2 A", -131),
        ("SENS:VOLT 9999999", -222),
        ("SOUR:BIAS FLOAT", -224),
        ("SOUR:RANG AUTO", -224),
        ("SENS:AVER 3", -224),
        ("SENS:AVER 8192", -222),
        ("ARM xyz,0.1,1,1,1,H,1", -104),
        (ARM + ",1", -108),
        ("PULS:LIST 1", -109),
        ("NOSUCH:THING? 1", -113),
        ("SYST", -113),
        ("*ESE " + "0" * 300, -100),
    ):
        assert rig.say(line) == "", line
        assert rig.error() == code, line


def test_garbage_bytes_are_refused_and_the_next_line_works():
    rig = Rig()
    for junk in (b"\x00\x01\x02", b"\xff\xfe\xfd", "é".encode(), b"*IDN\x00?", b"@", b"@@@", b'"' * 40, b"\x1b[A"):
        assert rig.raw(junk + b"\n") == b""
        assert rig.error() < 0, junk
        assert rig.say("*IDN?") == IDENTITY
    assert all(" " <= c <= "~" for c in rig.say("SYST:ERR?").strip())


def test_text_that_is_not_ascii_is_a_syntax_error():
    rig = Rig()
    for junk in ("*IDN? é".encode(), "SYST:HELP? µ".encode(), b"*IDN?\xff"):
        assert rig.raw(junk + b"\n") == b""
        assert rig.error() == -102, junk


def test_errors_quote_what_was_sent_only_as_printable_text():
    rig = Rig()
    rig.raw(b'FO"\x07O\n')
    assert rig.say("SYST:ERR?") == '-113,"Undefined header; FO??O"\n'


def test_a_line_that_is_too_long_is_discarded_with_an_error():
    rig = Rig()
    assert rig.raw(b"*IDN? " + b" " * MAX_LINE + b"\n*OPC?\n") == b"1\n"
    assert rig.error() == -363
    assert rig.error() == 0
