import binascii
import struct

from rig import Files, PowerLost

from ohmboard.store import Store


def test_nothing_is_there_at_first():
    store = Store(Files())
    assert store.load("boot") is None
    assert not store.damaged("boot")


def test_what_is_saved_is_loaded():
    store = Store(Files())
    for content in (b"", b"x", bytes(range(256)), b"y" * 5000):
        assert store.save("record", content)
        assert store.load("record") == content
    assert store.load("other") is None


def test_two_files_take_turns():
    files = Files()
    store = Store(files)
    for i in range(5):
        store.save("record", b"%d" % i)
        assert len(files.content) == min(i + 1, 2)
    assert store.describe()["record.a"]["sequence"] + store.describe()["record.b"]["sequence"] == 9


def cut_everywhere(in_place):
    old = b"the old content of the record"
    new = b"the new content, which is longer than the old one"
    files = Files()
    store = Store(files)
    store.save("record", b"older still, and quite a bit longer than all the others are")
    store.save("record", old)
    before = dict(files.content)
    size = 8 + len(new) + 4
    for cut in range(size + 1):
        files.content = dict(before)
        files.cut = cut
        files.in_place = in_place
        try:
            store.save("record", new)
        except PowerLost:
            lost = True
        assert lost
        files.cut = None
        found = Store(files).load("record")
        assert found == (new if cut == size else old), cut
        assert Store(files).save("record", b"and it goes on")
        assert Store(files).load("record") == b"and it goes on"


def test_a_reset_at_every_byte_of_a_write_that_truncates():
    cut_everywhere(False)


def test_a_reset_at_every_byte_of_a_write_in_place():
    cut_everywhere(True)


def test_a_reset_in_the_very_first_write():
    for cut in range(8 + 5 + 4):
        files = Files()
        files.cut = cut
        try:
            Store(files).save("record", b"first")
        except PowerLost:
            lost = True
        assert lost
        files.cut = None
        store = Store(files)
        assert store.load("record") is None
        assert store.damaged("record")
        assert store.save("record", b"again")
        assert store.load("record") == b"again"


def test_every_damaged_byte_is_found():
    files = Files()
    store = Store(files)
    store.save("record", b"older")
    store.save("record", b"newer")
    newest = "record.b" if store.describe()["record.b"]["sequence"] == 2 else "record.a"
    good = files.content[newest]
    for at in range(len(good)):
        files.content[newest] = good[:at] + bytes([good[at] ^ 0x40]) + good[at + 1 :]
        assert store.load("record") == b"older", at


def test_sequence_numbers_wrap():
    files = Files()
    store = Store(files)
    store.save("record", b"first")
    body = struct.pack("<II", 0xFFFFFFFF, 4) + b"last"
    files.content = {"record.a": body + struct.pack("<I", binascii.crc32(body) & 0xFFFFFFFF)}
    assert store.load("record") == b"last"
    assert store.save("record", b"wrapped")
    assert store.load("record") == b"wrapped"


def test_files_that_refuse_are_reported():
    files = Files()
    store = Store(files)
    store.save("record", b"old")
    files.refuse = True
    assert not store.save("record", b"new")
    files.refuse = False
    assert store.load("record") == b"old"
