"""The examples of docs/reference/wire.md."""

import binascii
import re
from pathlib import Path

from rig import Rig

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "wire.md").read_text()
ENVELOPES = re.findall(r"^[→←] (@.*)$", PAGE, flags=re.MULTILINE)


def test_every_envelope_of_the_page_has_its_crc() -> None:
    assert len(ENVELOPES) >= 12
    for line in ENVELOPES:
        body, _, crc = line.rpartition(" *")
        assert f"{binascii.crc32(body.encode()):08x}" == crc, line


def test_the_requests_of_the_page_are_understood() -> None:
    rig = Rig(rows=8, cols=8)
    requests = [line for line in re.findall(r"^→ (@.*)$", PAGE, flags=re.MULTILINE) if "PULS" not in line]
    for line in requests:
        replies = [reply for reply in rig.replies(rig.raw(line.encode() + b"\n")) if reply.number]
        assert len(replies) == 1
        assert f"@{replies[0].number} {replies[0].code} " in PAGE, line


def test_the_bare_dialogue_is_what_the_board_says() -> None:
    rig = Rig(rows=8, cols=8)
    dialogue = PAGE.split("## Bare lines")[1].split("```")[1]
    for request, answer in re.findall(r"^→ (.*)\n(?:← (.*))?", dialogue, flags=re.MULTILINE):
        said = rig.say(request).strip()
        if "CELL" in request:
            assert re.fullmatch(r"\d+E-11", said)
            assert re.fullmatch(r"\d+E-11", answer)
        else:
            assert said == answer.replace("0123", "bench-1"), request
