import json

from expect import code
from rig import ENERGISED, MICROSECOND, Rig, base64

from ohmboard.board import Board

PULSE = (1, 2, 1_000_000, 10 * MICROSECOND)


def tripped():
    rig = Rig()
    rig.arm()
    rig.engine.trip_at(1)
    code(rig.pulse([PULSE]), 109)
    return rig


def test_a_trip_is_told_and_latches():
    rig = tripped()
    kinds = [notice.text.split(" ", 1) for notice in rig.notices]
    assert [kind for kind, _ in kinds] == ["TRIP", "SHUTDOWN"]
    assert json.loads(kinds[1][1]) == {"reason": "trip", "latch": 1}
    state = rig.state()
    assert (state["latched"], state["energised"]) == ("trip", False)
    assert rig.engine.record()[ENERGISED] == 0
    assert rig.say("SYST:ERR?") == '120,"Latched shutdown; trip"\n'
    assert rig.board.counters.trips == 1


def test_only_queries_clear_abort_and_cls_work_while_it_is_latched():
    rig = tripped()
    for body in ("*IDN?", "*STB?", "SYST:STAT?", "SYST:CAP?", "SYST:EFF?", "CONF?", "DIAG:COUN?", "*CLS", "ABOR"):
        code(rig.ask(body, rig.lease), 0)
    for body in (
        "*RST",
        "*ESE 1",
        "CONF 0.04,1,L,GND,L",
        "ARM c0ffee,0.3,2,2,1,H,1000",
        "DIS",
        "CAL:SAVE",
        "MEAS:CELL? 0,0",
        "MEAS:ROWS? 0,4",
        "MEAS:LIST? " + base64([0]),
        "MULT? " + base64([0] * 4),
    ):
        assert code(rig.ask(body, rig.lease), 120).text == "Latched shutdown; trip", body
    code(rig.pulse([PULSE]), 120)
    rig.say("*CLS")
    rig.say("MEAS:BLOC? 0,1")
    assert rig.error() == 120


def test_clear_needs_the_lease_and_steps_the_generation():
    rig = tripped()
    before = rig.generation
    code(rig.clear(), 121)
    assert rig.state()["latched"] == "trip"
    assert code(rig.clear(rig.lease), 0).generation == before + 1
    assert rig.state()["latched"] is None
    code(rig.ask("MEAS:CELL? 0,0"), 0)
    code(rig.pulse([PULSE]), 0)


def test_a_program_names_the_shutdown_that_it_clears():
    rig = tripped()
    code(rig.ask("SYST:CLE", rig.lease), -221)
    code(rig.ask("SYST:CLE " + rig.epoch, rig.lease), -109)
    code(rig.ask("SYST:CLE 0000000000000000,1", rig.lease), 130)
    code(rig.ask(f"SYST:CLE {rig.epoch},2", rig.lease), -222)
    code(rig.ask(f"SYST:CLE {rig.epoch},0", rig.lease), -221)
    assert rig.state()["latched"] == "trip"
    code(rig.ask(f"SYST:CLE {rig.epoch},1", rig.lease), 0)
    assert (rig.state()["latched"], rig.state()["latch"]) == (None, 1)


def test_a_late_copy_of_a_clear_does_not_clear_the_next_shutdown():
    rig = tripped()
    line = rig.envelope(f"SYST:CLE {rig.epoch},1", rig.lease)
    rig.raw(line)
    cleared = rig.generation
    rig.raw(line)
    assert rig.generation == cleared
    rig.engine.trip_at(1)
    code(rig.pulse([PULSE]), 109)
    assert rig.replies(rig.raw(line))[0].code == -221
    assert (rig.state()["latched"], rig.state()["latch"]) == ("trip", 2)


def test_people_clear_without_a_number():
    rig = Rig()
    rig.engine.break_adc(True)
    code(rig.ask("MEAS:CELL? 0,0"), 111)
    rig.engine.break_adc(False)
    assert rig.say("*CLS;SYST:CLE") == ""
    assert rig.state()["latched"] is None


def test_a_board_without_a_boot_loader_refuses_to_leave():
    rig = Rig()
    code(rig.ask("SYST:BOOT"), -221)
    code(rig.ask("MEAS:CELL? 0,0"), 0)


def test_a_board_leaves_for_its_boot_loader_only_disarmed_and_with_its_lines_safe():
    rig = Rig(boot_loader=True)
    rig.arm()
    code(rig.ask("SYST:BOOT", rig.lease), -221)
    code(rig.ask("DIS", rig.lease), 0)
    code(rig.ask("MEAS:CELL? 0,0"), 0)
    code(rig.ask("SYST:BOOT"), 121)
    assert not rig.board.leaving
    code(rig.ask("SYST:BOOT", rig.lease), 0)
    assert rig.engine.record()[ENERGISED] == 0
    assert rig.raw(b"*IDN?\n") == b""
    rig.board.run()


def test_the_first_reason_stays():
    rig = tripped()
    for _ in range(20):
        rig.raw(b"@1 *IDN? *00000000\n")
    assert rig.state()["latched"] == "trip"
    code(rig.clear(rig.lease), 0)
    assert rig.state()["latched"] is None


def test_a_broken_converter_latches():
    rig = Rig()
    rig.engine.break_adc(True)
    code(rig.ask("MEAS:CELL? 0,0"), 111)
    assert rig.state()["latched"] == "converter fault"
    rig.engine.break_adc(False)
    code(rig.clear(), 0)
    code(rig.ask("MEAS:CELL? 0,0"), 0)


def test_a_refusal_does_not_latch():
    rig = Rig()
    rig.arm()
    code(rig.pulse([(0, 0, 9_000_000, 10_000)]), 102)
    code(rig.ask("MEAS:CELL? 9,9"), -222)
    assert rig.state()["latched"] is None


def test_abort_puts_an_idle_board_into_its_safe_state():
    rig = Rig()
    rig.ask("MEAS:CELL? 0,0")
    assert rig.engine.record()[ENERGISED] == 1
    assert rig.state()["energised"] is True
    code(rig.ask("ABOR"), 0)
    assert rig.engine.record()[ENERGISED] == 0
    assert rig.state()["energised"] is False
    assert rig.state()["latched"] is None


def test_a_fault_of_the_application_leaves_the_lines_safe_and_a_second_one_ends_it():
    rig = Rig()
    rig.ask("MEAS:CELL? 0,0")

    def fault():
        raise ValueError("a bug")

    rig.stream.on_idle = fault
    try:
        rig.board.run()
    except ValueError:
        ended = True
    assert ended
    assert rig.engine.record()[ENERGISED] == 0
    assert rig.board.latch.reason == "internal error"
    assert rig.unasked()[-1].text.startswith("SHUTDOWN")


def test_a_fault_of_the_application_is_told_once_the_lines_are_safe():
    rig = Rig()
    rig.ask("MEAS:CELL? 0,0")
    told = []

    def on_fault(fault):
        told.append((repr(fault), rig.engine.record()[ENERGISED]))

    board = Board(rig.engine, rig.stream, rig.files, rig.identity, 4, 4, on_fault)

    def fault():
        raise ValueError("a bug")

    rig.stream.on_idle = fault
    try:
        board.run()
    except ValueError:
        ended = True
    assert ended
    assert len(told) == 1, told
    assert "a bug" in told[0][0]
    assert told[0][1] == 0
