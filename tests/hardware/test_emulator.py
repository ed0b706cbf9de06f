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


@pytest.mark.parametrize(
    ("which", "line_pf", "tripping_v"), [("L", 50, 0.915), ("L", 200, 0.395), ("M", 50, 4.03), ("M", 200, 2.47)]
)
def test_a_column_that_steps(bench: Bench, which: str, line_pf: float, tripping_v: float) -> None:
    """Both trip, or neither does, 8 % below and above the voltage at which the schematic begins to."""
    assert compare.column_trips(bench, which, -0.92 * tripping_v, line_pf * 1e-12) == (False, False)
    assert compare.column_trips(bench, which, -1.08 * tripping_v, line_pf * 1e-12) == (True, True)


@pytest.mark.parametrize("which", "LMH")
def test_columns_bear_what_the_engine_lets_them_have(bench: Bench, facts: dict[str, Any], which: str) -> None:
    """With 200 pF on the line."""
    most_v = facts["range"]["LMH".index(which)]["col_max_v"]
    assert compare.column_trips(bench, which, -min(most_v, 4.99), 200e-12) == (False, False)


@pytest.mark.parametrize("heavy", [False, True], ids=["product", "crosstalk"])
@pytest.mark.parametrize("which", "LMH")
def test_the_whole_array(bench: Bench, which: str, heavy: bool) -> None:
    check(compare.array(bench, which, heavy=heavy))


@pytest.mark.parametrize("which", "LMH")
def test_noise(bench: Bench, which: str) -> None:
    check(compare.noise(bench, which))
