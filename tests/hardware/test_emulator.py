"""The emulator's front end beside the schematic in ngspice, curve by curve: within 2 % of the range."""

from __future__ import annotations

from typing import Any

import pytest
from ohm8.spice.bench import Bench
from tests.hardware import compare
from tests.hardware.compare import Pair

TOLERANCE = 0.02


def check(pair: Pair) -> None:
    assert pair.spice.size > 3
    assert abs(pair.spice).max() > 0.02 * pair.span, "a curve that is zero shows nothing"
    assert pair.apart <= TOLERANCE, pair.title


@pytest.mark.parametrize("loaded", [False, True], ids=["one cell", "loaded lines"])
@pytest.mark.parametrize("which", "LMH")
def test_settling(bench: Bench, facts: dict[str, Any], which: str, loaded: bool) -> None:
    """Also of the step itself: in range H a reading at 0.2 V is a small part of the range."""
    pair = compare.settling(bench, facts, which, loaded=loaded)
    check(pair)
    assert pair.apart * pair.span < 0.06 * abs(pair.spice).max()


@pytest.mark.parametrize("which", "LMH")
def test_pulse_shape_between_its_edges(bench: Bench, which: str) -> None:
    check(compare.pulse(bench, which))


@pytest.mark.parametrize("which", "LMH")
def test_current_limit(bench: Bench, facts: dict[str, Any], which: str) -> None:
    """Until drivers and amplifiers are at their rails: the last step of the sweep brings little more."""
    current, output = compare.limit(bench, facts, which)
    check(current)
    check(output)
    steps = current.spice[1:] - current.spice[:-1]
    assert steps[-1] < 0.7 * steps[0], "something gave way"


@pytest.mark.parametrize("heavy", [False, True], ids=["product", "crosstalk"])
@pytest.mark.parametrize("which", "LMH")
def test_the_whole_array(bench: Bench, which: str, heavy: bool) -> None:
    check(compare.array(bench, which, heavy=heavy))


@pytest.mark.parametrize("which", "LMH")
def test_noise(bench: Bench, which: str) -> None:
    check(compare.noise(bench, which))
