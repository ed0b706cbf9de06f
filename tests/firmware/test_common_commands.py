from rig import Rig


def test_power_on_is_noted_once():
    rig = Rig()
    assert rig.say("*ESR?") == "128\n"
    assert rig.say("*ESR?") == "0\n"


def test_events_follow_the_class_of_the_error():
    rig = Rig()
    rig.say("*CLS")
    for line, bit in (("FOO", 32), ("MEAS:CELL? 9,9", 16), ("PULS 0,0,1,1us", 8), ("*OPC", 1)):
        rig.say(line)
        assert rig.say("*ESR?") == f"{bit}\n", line


def test_status_byte_and_its_masks():
    rig = Rig()
    rig.say("*CLS")
    assert rig.say("*STB?") == "0\n"
    rig.say("FOO")
    assert rig.say("*STB?") == "4\n"
    rig.say("*ESE 32")
    assert rig.say("*STB?") == "36\n"
    rig.say("*SRE 32")
    assert rig.say("*STB?") == "100\n"
    rig.say("*SRE 255")
    assert rig.say("*SRE?") == "191\n"
    rig.say("*CLS")
    assert rig.say("*STB?") == "0\n"
    assert rig.say("*ESE?") == "32\n"


def test_clear_empties_the_error_queue():
    rig = Rig()
    rig.say("FOO")
    rig.say("*CLS")
    assert rig.say("SYST:ERR?") == '0,"No error"\n'


def test_errors_come_out_in_order_and_the_queue_overflows_once():
    rig = Rig()
    rig.say("*ESE 999")
    for _ in range(20):
        rig.say("FOO")
    assert rig.say("SYST:ERR:COUN?") == "16\n"
    codes = [rig.error() for _ in range(17)]
    assert codes == [-222] + [-113] * 14 + [-350, 0]


def test_reset_disarms_and_gives_the_default_set_up():
    rig = Rig()
    rig.arm()
    rig.ask("CONF 0.2,64,M,GND,L", rig.lease)
    before = rig.generation
    gates = rig.gates()
    reply = rig.ask("*RST", rig.lease)
    assert (reply.code, reply.generation) == (0, before + 1)
    assert rig.say("CONF?") == "0.040000,16,AUTO,HALF,H\n"
    assert rig.say("ARM?") == "NONE\n"
    assert rig.gates() == gates


def test_operation_complete_wait_and_self_test():
    rig = Rig()
    assert rig.say("*OPC?") == "1\n"
    assert rig.say("*WAI") == ""
    assert rig.say("*TST?") == "0\n"
    assert rig.say("DIAG:SELF?") == '0,"pass"\n'
