import binascii

from rig import BenchEngine

from ohmboard.envelope import Malformed, parse
from ohmboard.request import NO_LEASE, Request

engine = BenchEngine([])


def sealed(text):
    data = text if isinstance(text, bytes) else text.encode()
    return data + b" *%08x" % (binascii.crc32(data) & 0xFFFFFFFF)


def read(line):
    request = Request(memoryview(bytearray(line)))
    parse(engine, request, len(line))
    return request.number, request.lease, bytes(request.body())


def malformed(line):
    try:
        read(line)
    except Malformed:
        return True
    return False


def test_id_and_body():
    assert read(sealed("@7 *IDN?")) == (7, NO_LEASE, b"*IDN?")
    assert read(sealed("@4294967295 SYST:ERR?")) == (4294967295, NO_LEASE, b"SYST:ERR?")


def test_lease():
    assert read(sealed("@7/0badcafe PULS:LIST x")) == (7, 0x0BADCAFE, b"PULS:LIST x")
    assert read(sealed("@7/00000000 *IDN?"))[1] == 0


def test_a_body_under_a_lease_is_known_by_its_check_sum():
    for body in ("*IDN?", "PULS:LIST " + "x" * 1000):
        for line in (f"@1/0000002a {body}", f"@4000000000/0000002b {body}"):
            line = sealed(line)
            request = Request(memoryview(bytearray(line)))
            parse(engine, request, len(line))
            assert request.crc == binascii.crc32(body.encode())


def test_a_body_may_hold_blanks_and_stars():
    assert read(sealed("@7  a *b * c"))[2] == b" a *b * c"
    assert read(sealed("@7 *12345678 *90"))[2] == b"*12345678 *90"


def test_every_single_wrong_bit_is_found():
    good = sealed("@31/0badcafe MEAS:CELL? 1,2")
    for at in range(len(good)):
        for bit in range(8):
            bad = bytearray(good)
            bad[at] ^= 1 << bit
            assert malformed(bytes(bad)), bytes(bad)


def test_every_cut_is_found():
    good = sealed("@31 MEAS:CELL? 1,2")
    for length in range(1, len(good)):
        assert malformed(good[:length])


def test_forms_that_are_no_envelope():
    for text in (
        "@0 *IDN?",
        "@4294967296 *IDN?",
        "@99999999999 *IDN?",
        "@-1 *IDN?",
        "@+1 *IDN?",
        "@01 *IDN?",
        "@1_0 *IDN?",
        "@ *IDN?",
        "@x *IDN?",
        "@1/ *IDN?",
        "@1/badcafe *IDN?",
        "@1/0BADCAFE *IDN?",
        "@1/0badcafe1 *IDN?",
        "@1/0badcafg *IDN?",
        "@1",
        "@1*IDN?",
        "@" + "1" * 30,
        b"@\xb2 *IDN?",
    ):
        assert malformed(sealed(text)), text


def test_the_crc_is_written_in_lower_case():
    text = "@6 *IDN?"
    crc = f"{binascii.crc32(text.encode()) & 0xFFFFFFFF:08X}"
    assert crc != crc.lower()
    assert malformed(f"{text} *{crc}".encode())


def test_the_engine_seals_what_it_opens():
    text = b"@7 0 x"
    line = bytearray(text + b"." * 10)
    assert engine.seal_envelope(line, len(text)) == len(line)
    assert bytes(line) == sealed(text)
    assert engine.seal_envelope(line, len(text) + 1) < 0
