from rig import ARM, Rig, base64

from ohmboard.commands import TABLE

# One good line for every row of the table; None for those that need a token and have tests of their own.
EXAMPLES = {
    "*CLS": "*CLS",
    "*ESE": "*ESE 255",
    "*ESE?": "*ESE?",
    "*ESR?": "*ESR?",
    "*IDN?": "*IDN?",
    "*OPC": "*OPC",
    "*OPC?": "*OPC?",
    "*RST": "*RST",
    "*SRE": "*SRE 0",
    "*SRE?": "*SRE?",
    "*STB?": "*STB?",
    "*TST?": "*TST?",
    "*WAI": "*WAI",
    "ABORt": "ABORT",
    "SYSTem:ERRor[:NEXT]?": "SYST:ERR:NEXT?",
    "SYSTem:ERRor:COUNt?": "SYST:ERR:COUN?",
    "SYSTem:VERSion?": "SYST:VERS?",
    "SYSTem:HELP?": "SYST:HELP? *IDN?",
    "SYSTem:CAPabilities?": "SYST:CAP?",
    "SYSTem:STATe?": "SYST:STAT?",
    "SYSTem:TIMe?": "SYST:TIM?",
    "SYSTem:LEASe?": None,
    "SYSTem:LEASe:RELease": None,
    "SYSTem:EFFect?": "SYST:EFF?",
    "SYSTem:CLEar": "SYST:CLE",
    "SYSTem:BOOTloader": None,
    "ARM": ARM,
    "ARM?": "ARM?",
    "DISarm": "DIS",
    "CONFigure": "CONF 0.04,1,AUTO,THIR,L",
    "CONFigure?": "CONF?",
    "SENSe:VOLTage": "SENS:VOLT 40 mV",
    "SENSe:VOLTage?": "SENS:VOLT?",
    "SENSe:AVERage": "SENS:AVER 1",
    "SENSe:AVERage?": "SENS:AVER?",
    "SENSe:RANGe": "SENS:RANG M",
    "SENSe:RANGe?": "SENS:RANG?",
    "SOURce:BIAS": "SOUR:BIAS GND",
    "SOURce:BIAS?": "SOUR:BIAS?",
    "SOURce:RANGe": "SOUR:RANG H",
    "SOURce:RANGe?": "SOUR:RANG?",
    "MEASure:CELL?": "MEAS:CELL? 3,3",
    "MEASure:LIST?": "MEAS:LIST? " + base64([0, 3 << 16 | 3]),
    "MEASure:ROWS?": "MEAS:ROWS? 0,4",
    "MEASure:BLOCk?": "MEAS:BLOC? 1,1",
    "MULTiply?": "MULT? " + base64([10_000, 0, -10_000, 0]),
    "PULSe": None,
    "PULSe:LIST": None,
    "CALibration:LINE": "CAL:LINE ROW,OFFS,0,0.001",
    "CALibration:LINE?": "CAL:LINE? COL,GAIN,3",
    "CALibration:SAVE": "CAL:SAVE",
    "CALibration:RESet": "CAL:RES",
    "CALibration?": "CAL?",
    "DIAGnostic:COUNters?": "DIAG:COUN?",
    "DIAGnostic:SELF?": "DIAG:SELF?",
    "DIAGnostic:FILEs?": "DIAG:FILE?",
}


def test_the_examples_cover_the_table():
    assert sorted(EXAMPLES) == sorted([command.header for command in TABLE])


def test_each_command_is_carried_out_bare():
    for command in TABLE:
        line = EXAMPLES[command.header]
        if line is None:
            continue
        rig = Rig()
        answer = rig.raw(line.encode() + b"\n")
        assert rig.error() == 0, line
        if command.header == "SYSTem:EFFect?":
            assert answer == b"\n"
        else:
            assert (len(answer) > 1) == command.query, line
        assert answer.endswith(b"\n") or not command.query
        assert rig.gates() == 0


def test_each_command_is_answered_in_an_envelope():
    for command in TABLE:
        line = EXAMPLES[command.header]
        if line is None or command.header == "MEASure:BLOCk?":
            continue
        rig = Rig()
        reply = rig.clear() if command.header == "SYSTem:CLEar" else rig.ask(line)
        assert reply.code == 0, line
        if command.header != "SYSTem:EFFect?":
            assert (reply.text != "") == command.query, line


def test_help_lists_every_header_and_explains_each():
    rig = Rig()
    headers = rig.ask("SYST:HELP?").text.split(",")
    assert headers == [command.header for command in TABLE]
    for header in headers:
        plain = header.replace("[", "").replace("]", "")
        reply = rig.ask("SYST:HELP? " + plain)
        assert reply.code == 0, header
        assert reply.text.startswith(header), header
        assert " -- " in reply.text
    assert rig.ask("SYST:HELP? CONF").text.startswith(
        "CONFigure <v_read>,<averages>,L|M|H|AUTO,GND|HALF|THIRd,L|M|H -- "
    )
    assert rig.ask("SYST:HELP? FOO").code == -113


def test_changes_of_the_set_up_step_the_generation_once_and_nothing_else_does():
    changing = ("*RST", "ARM", "DISarm", "SYSTem:CLEar")
    prefixes = ("CONFigure", "SENSe", "SOURce", "CALibration")
    for command in TABLE:
        line = EXAMPLES[command.header]
        if line is None:
            continue
        rig = Rig()
        rig.raw(line.encode() + b"\n")
        changes = command.header in changing or (command.header.startswith(prefixes) and not command.query)
        assert rig.generation == (1 if changes else 0), line


def test_a_refused_change_leaves_the_generation():
    rig = Rig()
    for line in ("SENS:VOLT 3", "SENS:AVER 3", "ARM aa,-1,1,1,1,H,1", "CAL:LINE ROW,OFFS,0,1"):
        assert rig.ask(line).code != 0, line
    assert rig.generation == 0
