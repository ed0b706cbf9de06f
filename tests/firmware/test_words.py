from expect import refusal
from rig import Rig

from ohmboard.arguments import Choice
from ohmboard.commands import INDEX, TABLE
from ohmboard.dispatch import SPELLINGS
from ohmboard.errors import ILLEGAL_VALUE
from ohmboard.words import HeaderIndex, short, spellings


def test_short_and_long_form_and_nothing_between():
    assert short("SYSTem") == "SYST"
    index = HeaderIndex(["SYSTem"])
    for word in ("SYST", "syst", "System", "SYSTEM"):
        assert index.find(word) == 0, word
    for word in ("SYS", "SYSTE", "SYSTEMS", "", "SYST "):
        assert index.find(word) < 0, word


def test_the_spellings_that_are_kept_are_bounded():
    rig = Rig()
    spelt = "system:version?"
    words = ["".join([c.upper() if n >> i & 1 else c for i, c in enumerate(spelt)]) for n in range(2 * SPELLINGS)]
    for _ in range(2):
        for word in words:
            assert rig.say(word) == rig.say("SYST:VERS?"), word
    assert len(rig.board.dispatcher._known) == SPELLINGS


def test_what_is_sent_again_is_not_parsed_again_and_what_is_refused_is_not_kept():
    bias = Choice("bias", ("GND", "HALF", "THIRd"))
    for _ in range(2):
        assert bias.read(memoryview(b"half,"), 0, 4, -1) == 1
        refusal(ILLEGAL_VALUE, bias.read, memoryview(b"THIX"), 0, 3, -1)
        assert bias.read(memoryview(b"half,third"), 5, 10, -1) == 2


def test_optional_nodes_may_be_left_out():
    assert spellings("SYSTem:ERRor[:NEXT]?") == ["SYSTem:ERRor?", "SYSTem:ERRor:NEXT?"]
    assert spellings("ABORt") == ["ABORt"]


def test_headers_are_found_in_both_forms():
    index = HeaderIndex(["SYSTem:ERRor[:NEXT]?", "SYSTem:ERRor", "*IDN?"])
    for header in ("SYST:ERR?", "system:error?", ":SYST:ERROR:NEXT?", "SYST:ERR:next?"):
        assert index.find(header) == 0, header
    assert index.find("SYST:ERR") == 1
    assert index.find("*idn?") == 2
    for header in ("", ":", "?", "*IDN", "SYST", "SYST::ERR?", "::SYST:ERR?", "SYST:ERR??", "SYSTE:ERR?", "SYST:ERR:"):
        assert index.find(header) == -1, header


def test_every_command_is_found_by_its_short_and_its_long_form():
    for place, command in enumerate(TABLE):
        for spelling in spellings(command.header):
            shortened = ":".join([short(node) for node in spelling.split(":")])
            for header in (spelling, spelling.upper(), shortened, shortened.lower(), ":" + shortened):
                assert INDEX.find(header) == place, header


def test_no_mnemonic_means_two_things():
    meanings = {}
    for command in TABLE:
        for spelling in spellings(command.header):
            for node in spelling.rstrip("?").split(":"):
                for form in (node.upper(), short(node)):
                    assert meanings.setdefault(form, short(node)) == short(node), form


def test_choices_are_words_too():
    bias = Choice("bias", ("GND", "HALF", "THIRd"))
    assert [bias.parse(text) for text in ("gnd", "HALF", "THIR", "third")] == [0, 1, 2, 2]
    refusal(ILLEGAL_VALUE, bias.parse, "THI")
