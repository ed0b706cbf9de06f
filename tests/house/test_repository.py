"""House rules of tracked files that no linter checks."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
# Spelled so that this file does not name what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:(?:work|farm)\b|(?:root|home|tmp)/\w)")
REGISTRY_HOST = re.compile(r"\b(?:py[p]i|np[m]js|files\.pythonhosted|(?:deb|ftp|security)\.debian)\.org\b")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|HA[C]K|X[X]X)\b")
SLEEP = re.compile(r"\b(?:time|asyncio)\.slee[p]\(")
CODE = {".py", ".c", ".h", ".ts", ".mjs", ".sh"}


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found[path.relative_to(ROOT)] = raw.decode()
    return found


def places(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_machine_paths(texts: dict[Path, str]) -> None:
    assert places(texts, MACHINE_PATH) == []


def test_no_registry_hosts(texts: dict[Path, str]) -> None:
    assert places(texts, REGISTRY_HOST) == []


def test_nothing_is_left_for_later(texts: dict[Path, str]) -> None:
    assert places({path: text for path, text in texts.items() if path.suffix in CODE}, UNFINISHED) == []


def test_no_test_sleeps(texts: dict[Path, str]) -> None:
    assert places({path: text for path, text in texts.items() if path.parts[0] == "tests"}, SLEEP) == []


def test_one_idea_a_file(texts: dict[Path, str]) -> None:
    long = {
        str(path): lines
        for path, text in texts.items()
        if path.suffix in CODE and (lines := len(text.splitlines())) > LONGEST_FILE
    }
    assert long == {}


@pytest.mark.parametrize("text", ["see /wo" + "rk/main", "cd /ro" + "ot/x", "'/tm" + "p/run.log'", "/ho" + "me/me/x"])
def test_machine_paths_are_recognised(text: str) -> None:
    assert MACHINE_PATH.search(text)


@pytest.mark.parametrize("text", ["docs/work/page", "https://example.org/work/x", "/workers", "set/root.py"])
def test_other_paths_are_not_machine_paths(text: str) -> None:
    assert not MACHINE_PATH.search(text)
