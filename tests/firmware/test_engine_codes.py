"""The application's copies of the engine's numbers against ohm_engine.h, and generated files against their sources."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ohmboard import _board, engine_codes

ROOT = Path(__file__).parents[2]
HEADER = (ROOT / "firmware" / "engine" / "ohm_engine.h").read_text()


def enumerators() -> dict[str, int]:
    """Every enumerator of the header with its value."""
    found: dict[str, int] = {}
    text = re.sub(r"/\*.*?\*/", "", HEADER, flags=re.DOTALL)
    for body in re.findall(r"enum\s*\w*\s*\{(.*?)\}", text, flags=re.DOTALL):
        value = -1
        for entry in filter(None, (part.strip() for part in body.split(","))):
            name, _, given = entry.partition("=")
            value = int(given) if given else value + 1
            found[name.strip()] = value
    return found


ENGINE = enumerators()
NAMED = [
    name
    for name, value in vars(engine_codes).items()
    if name.isupper() and isinstance(value, int) and name not in ("TABLES",)
]


@pytest.mark.parametrize("name", NAMED)
def test_number_is_that_of_the_header(name: str) -> None:
    assert getattr(engine_codes, name) == ENGINE[f"OHM_{name}"]


@pytest.mark.parametrize(
    ("words", "prefix"),
    [(engine_codes.RANGES, "RANGE"), (engine_codes.BIASES, "BIAS"), (engine_codes.READBACKS, "READBACK")],
)
def test_words_stand_in_the_order_of_the_header(words: tuple[str, ...], prefix: str) -> None:
    assert [ENGINE[f"OHM_{prefix}_{word.upper()}"] for word in words] == list(range(len(words)))


def test_every_status_has_an_error_number() -> None:
    from ohmboard.refusals import CODES

    statuses = {value for name, value in ENGINE.items() if name.startswith("OHM_E_")}
    assert statuses <= set(CODES)
    assert len({CODES[status] for status in statuses}) == len(statuses)


def test_board_description_is_complete() -> None:
    assert len(_board.ENGINE) == ENGINE["OHM_BOARD_COUNT"]
    assert all(isinstance(value, int) for value in _board.ENGINE)


@pytest.mark.parametrize("tool", ["generate_board.py", "generate_commands.py"])
def test_generated_file_is_up_to_date(tool: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / tool, "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
