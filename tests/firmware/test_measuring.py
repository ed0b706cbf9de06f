import struct

from expect import code
from rig import CELL_NS, Rig, base64, currents

READ = 40_000 * CELL_NS // 10_000_000 * 1000  # uV * nS = fA; in units of 10 pA


def near(value, expected):
    return abs(value - expected) <= abs(expected) // 100


def test_one_cell():
    rig = Rig()
    reply = code(rig.ask("MEAS:CELL? 1,2"), 0)
    assert reply.text.endswith("E-11")
    assert near(int(reply.text[:-4]), READ)
    assert rig.say("MEAS:CELL? 1,2") == reply.text + "\n"


def test_each_cell_is_its_own():
    rig = Rig(rows=2, cols=3, conductances_ns=[10_000, 20_000, 30_000, 40_000, 50_000, 60_000])
    _, readings = currents(code(rig.ask("MEAS:ROWS? 0,2"), 0))
    assert len(readings) == 6
    for place, reading in enumerate(readings):
        assert near(reading, READ * (place + 1) // 5), place
    _, listed = currents(code(rig.ask("MEAS:LIST? " + base64([1 << 16 | 2, 0, 1 << 16])), 0))
    assert listed == [readings[5], readings[0], readings[3]]


def test_readings_carry_the_time_of_their_end():
    rig = Rig()
    first, _ = currents(rig.ask("MEAS:ROWS? 0,1"))
    second, _ = currents(rig.ask("MEAS:ROWS? 0,1"))
    assert first < second


def test_bare_forms_are_text():
    rig = Rig()
    _, readings = currents(rig.ask("MEAS:ROWS? 1,2"))
    expected = ",".join([f"{reading}E-11" for reading in readings]) + "\n"
    assert rig.say("MEAS:ROWS? 1,2") == expected
    assert rig.say("MEAS:LIST? " + base64([row << 16 | col for row in (1, 2) for col in range(4)])) == expected


def test_many_readings_as_text():
    rig = Rig(rows=16, cols=16)
    assert len(rig.say("MEAS:ROWS? 0,16").strip().split(",")) == 256
    joined = rig.say("MEAS:ROWS? 0,16;*OPC?").strip().split(";")
    assert (len(joined[0].split(",")), joined[1]) == (256, "1")


def test_block_is_a_definite_block_and_bare_only():
    rig = Rig()
    _, readings = currents(rig.ask("MEAS:ROWS? 0,4"))
    data = struct.pack("<16i", *readings)
    assert rig.raw(b"MEAS:BLOC? 0,4\n") == b"#264" + data + b"\n"
    assert rig.raw(b"*OPC?;MEAS:BLOC? 0,4\n") == b"1;#264" + data + b"\n"
    code(rig.ask("MEAS:BLOC? 0,4"), -221)


def test_sizes_are_bounded():
    rig = Rig(rows=64, cols=64)
    _, readings = currents(code(rig.ask("MEAS:ROWS? 0,32"), 0))
    assert len(readings) == 2048
    code(rig.ask("MEAS:ROWS? 0,33"), -222)
    _, readings = currents(code(rig.ask("MEAS:LIST? " + base64([5] * 2048)), 0))
    assert len(readings) == 2048
    code(rig.ask("MEAS:LIST? " + base64([5] * 2049)), -222)
    _, outputs = currents(code(rig.ask("MULT? " + base64([0] * 2048)), 0))
    assert outputs == [0] * 2048
    code(rig.ask("MULT? " + base64([0] * (33 * 64))), -222)


def test_places_outside_the_array():
    rig = Rig()
    code(rig.ask("MEAS:CELL? 4,0"), -222)
    code(rig.ask("MEAS:CELL? 0,4"), -222)
    code(rig.ask("MEAS:CELL? -1,0"), -222)
    code(rig.ask("MEAS:ROWS? 3,2"), -222)
    code(rig.ask("MEAS:ROWS? 0,0"), -222)
    code(rig.ask("MEAS:ROWS? 2147483647,2147483647"), -222)
    code(rig.ask("MEAS:LIST? " + base64([4 << 16])), -222)
    code(rig.ask("MEAS:LIST? " + base64([-1])), -222)


def test_bulk_data_of_a_wrong_shape():
    rig = Rig()
    code(rig.ask("MULT? " + base64([0, 0, 0])), -104)
    code(rig.ask("MEAS:LIST? QUJD"), -104)
    code(rig.ask("MEAS:LIST? AAAA"), -104)
    code(rig.ask("MEAS:LIST? AAAAA==="), -104)


def test_unarmed_reads_are_held_to_the_unarmed_limit():
    rig = Rig()
    code(rig.ask("SENS:VOLT 0.2"), 0)
    reply = code(rig.ask("MEAS:CELL? 0,0"), 103)
    assert "limit 0.050000 V" in reply.text
    assert rig.engine.record()[:2] == [0, 0]
    rig.ask("ARM c0ffee,0.3,2,2,1,H,1000")
    assert rig.say("SENS:VOLT?") == "0.200000\n"
    code(rig.ask("MEAS:CELL? 0,0"), 0)


def test_inputs_are_held_to_the_read_limit():
    rig = Rig()
    rig.arm()
    _, outputs = currents(code(rig.ask("MULT? " + base64([100_000, -100_000, 50_000, 0])), 0))
    assert all(near(value, 50_000 * CELL_NS // 10_000_000 * 1000) for value in outputs)
    before = rig.engine.record()[:2]
    reply = code(rig.ask("MULT? " + base64([0, 0, 0, 0, 0, 0, 310_000, 0])), 103)
    assert "asked 0.310000 V" in reply.text
    assert rig.engine.record()[:2] == before


def test_reading_opens_no_programming_gate():
    rig = Rig()
    rig.ask("MEAS:ROWS? 0,4")
    rig.ask("MULT? " + base64([40_000] * 4))
    record = rig.engine.record()
    assert record[2] == 0
    assert record[0] < 50_000


def test_a_current_above_the_range_is_flagged():
    rig = Rig(rows=1, cols=1, conductances_ns=[2_000_000])
    rig.ask("SENS:RANG L")
    assert rig.ask("MEAS:CELL? 0,0").text == "9.9E37"
    _, readings = currents(rig.ask("MEAS:ROWS? 0,1"))
    assert readings == [2147483647]
