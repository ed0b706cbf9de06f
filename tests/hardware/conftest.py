"""The board as KiCad sees it: needs KiCad, so these tests run only when their folder is named (make hardware)."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "hardware"))

from ohm8 import netlist as exported  # noqa: E402
from ohm8.netlist import Netlist  # noqa: E402
from ohm8.spice.bench import Bench  # noqa: E402
from ohm8.spice.deck import Facts  # noqa: E402

KICAD = ROOT / "hardware/tools/kicad.sh"
PROJECT = "hardware/kicad/ohm8"
UNAVAILABLE = 3


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    named = any(
        ROOT / "tests/hardware" in (path := Path(arg.split("::")[0]).resolve(), *path.parents) for arg in config.args
    )
    return None if named else True


def kicad(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command where KiCad is unpacked; skips the test, with the reason, where it cannot be had."""
    done = subprocess.run([KICAD, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode == UNAVAILABLE and "not available" in done.stderr:
        pytest.skip(done.stderr.strip())
    return done


@pytest.fixture(scope="session")
def netlist() -> Netlist:
    """The netlist exported from the committed schematic."""
    out = ROOT / ".cache/hardware/ohm8.net"
    out.parent.mkdir(parents=True, exist_ok=True)
    target = str(out.relative_to(ROOT))
    done = kicad(
        "kicad-cli", "sch", "export", "netlist", "--format", "kicadsexpr", "-o", target, f"{PROJECT}.kicad_sch"
    )
    assert done.returncode == 0, done.stderr
    return exported.read(out)


@pytest.fixture(scope="session")
def facts() -> dict[str, Any]:
    """hardware/board.toml."""
    return tomllib.loads((ROOT / "hardware/board.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def bench(netlist: Netlist, facts: dict[str, Any]) -> Bench:
    """Decks of this board. ngspice comes with KiCad: the netlist's fixture has skipped where it cannot be had."""
    return Bench(netlist, Facts.of(facts))


@pytest.fixture(scope="session")
def check() -> Callable[..., dict[str, Any]]:
    """Runs `kicad-cli AREA KIND` and gives its JSON report."""

    def run(area: str, kind: str, *options: str) -> dict[str, Any]:
        out = ROOT / f".cache/hardware/{kind}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        source = f"{PROJECT}.kicad_{area}"
        target = str(out.relative_to(ROOT))
        done = kicad("kicad-cli", area, kind, *options, "--format", "json", "-o", target, source)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(out.read_text(encoding="utf-8")))

    return run
