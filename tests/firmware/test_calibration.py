from expect import code
from rig import Files, PowerLost, Rig


def test_a_correction_is_in_force_at_once():
    rig = Rig()
    before = rig.ask("MEAS:CELL? 1,0").text
    code(rig.ask("CAL:LINE ROW,OFFS,1,2 mV"), 0)
    assert rig.say("CAL:LINE? ROW,OFFSET,1") == "0.002000\n"
    assert rig.say("CAL:LINE? ROW,OFFS,0") == "0.000000\n"
    after = rig.ask("MEAS:CELL? 1,0").text
    assert int(after[:-4]) < int(before[:-4])
    code(rig.ask("CAL:LINE COL,GAIN,3,-1200"), 0)
    assert rig.say("CAL:LINE? COL,GAIN,3") == "-1200\n"


def test_a_correction_beyond_the_tolerance_is_refused_and_the_old_one_stays():
    rig = Rig()
    code(rig.ask("CAL:LINE ROW,OFFS,1,0.003"), 0)
    identity = rig.say("CAL?")
    code(rig.ask("CAL:LINE ROW,OFFS,1,0.006"), 112)
    code(rig.ask("CAL:LINE ROW,GAIN,1,3000"), 112)
    assert rig.say("CAL:LINE? ROW,OFFS,1") == "0.003000\n"
    assert rig.say("CAL?") == identity


def test_arguments():
    rig = Rig()
    for line, expected in (
        ("CAL:LINE ROW,OFFS,4,0", -222),
        ("CAL:LINE DIAG,OFFS,0,0", -224),
        ("CAL:LINE ROW,SLOPE,0,0", -224),
        ("CAL:LINE ROW,GAIN,0,0.5", -222),
        ("CAL:LINE ROW,GAIN,0,1 V", -131),
        ("CAL:LINE ROW,OFFS,0,NaN", -104),
        ("CAL:LINE? ROW,OFFS,4", -222),
    ):
        code(rig.ask(line), expected)


def test_identity_follows_what_is_in_force():
    rig = Rig()
    assert rig.say("CAL?") == "none\n"
    rig.ask("CAL:LINE ROW,OFFS,1,0.001")
    first = rig.say("CAL?").strip()
    assert len(first) == 8
    assert rig.ask("SYST:CAP?").json()["calibration"] == first
    rig.ask("CAL:LINE ROW,OFFS,1,0.002")
    assert rig.say("CAL?").strip() not in (first, "none")
    rig.ask("CAL:LINE ROW,OFFS,1,0.001")
    assert rig.say("CAL?").strip() == first
    rig.ask("CAL:RES")
    assert rig.say("CAL?") == "none\n"


def test_saved_corrections_are_there_after_a_reboot_and_others_are_not():
    rig = Rig()
    rig.ask("CAL:LINE ROW,OFFS,1,0.001")
    rig.ask("CAL:LINE COL,GAIN,2,-77")
    identity = rig.say("CAL?")
    code(rig.ask("CAL:SAVE"), 0)
    rig.ask("CAL:LINE ROW,OFFS,1,0.003")
    after = Rig(files=rig.files)
    assert after.say("CAL?") == identity
    assert after.say("CAL:LINE? ROW,OFFS,1") == "0.001000\n"
    assert after.say("CAL:LINE? COL,GAIN,2") == "-77\n"
    assert after.error() == 0


def test_a_calibration_of_another_geometry_is_not_used():
    rig = Rig()
    rig.ask("CAL:LINE ROW,OFFS,1,0.001")
    rig.ask("CAL:SAVE")
    after = Rig(rows=2, cols=8, files=rig.files)
    assert after.say("CAL?") == "none\n"
    assert after.error() == -314


def test_a_damaged_calibration_is_reported():
    rig = Rig()
    rig.ask("CAL:LINE ROW,OFFS,1,0.001")
    rig.ask("CAL:SAVE")
    rig.files.content["calibration.a"] = rig.files.content["calibration.a"][:-1] + b"!"
    after = Rig(files=rig.files)
    assert after.say("CAL?") == "none\n"
    assert after.say("SYST:ERR?") == '-314,"Save/recall memory lost; calibration"\n'


def test_a_reset_at_every_byte_of_saving():
    rig = Rig()
    rig.ask("CAL:LINE ROW,OFFS,1,0.001")
    rig.ask("CAL:SAVE")
    old = rig.say("CAL?")
    before = dict(rig.files.content)
    size = 8 + 4 + 4 * 16 + 4
    for cut in range(size + 1):
        files = Files()
        files.content = dict(before)
        board = Rig(files=files)
        board.ask("CAL:LINE ROW,OFFS,1,0.002")
        new = board.say("CAL?")
        files.cut = cut
        try:
            board.ask("CAL:SAVE")
        except PowerLost:
            lost = True
        assert lost
        files.cut = None
        assert Rig(files=files).say("CAL?") == (new if cut == size else old), cut


def test_saving_that_fails_is_refused():
    rig = Rig()
    rig.files.refuse = True
    code(rig.ask("CAL:SAVE"), -314)
