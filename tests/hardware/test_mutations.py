"""Every value of board.toml is held by a check: with any one of them changed, something fails.

The checks are the tests of this folder that read both board.toml and the netlist, run here on changed copies. What is
left is in EXCEPTIONS, each with the reason; an exception that a check does hold is an error, too.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import product
from types import ModuleType
from typing import Any

import pytest
from ohm8.netlist import Netlist
from tests.hardware import test_board_facts, test_board_toml, test_safety

Facts = dict[str, Any]
Check = Callable[[Netlist, Facts], None]
Path = tuple[str | int, ...]

MODULES = (test_board_toml, test_board_facts, test_safety)

CHOICE = "a choice that nothing in the circuit decides"
BOUND = "a bound of the error budget, wider than any part's data: `ohmloop calibrate` measures what is behind it"
SPICE = "held from both sides by ngspice in test_spice.py, too slow to be repeated for every value"
TRIPS = "beside ngspice in test_emulator.py: columns trip there as emulated, and bear what the engine lets them have"
EXCEPTIONS: Mapping[Path, str] = {
    ("line", "tol_offset_v"): BOUND,
    ("line", "tol_gain"): BOUND,
    **{("range", place, name): SPICE for place in range(3) for name in ("load_s", "settle_us", "settle_switch_us")},
    **{("range", place, "col_max_v"): TRIPS for place in range(3)},
    ("amplifier", "line_pf"): TRIPS,
    ("amplifier", "reference_us"): TRIPS,
    ("trip", "tol_v"): BOUND,
    **{
        ("limits", name): CHOICE
        for name in (
            "v_cell", "v_read", "v_read_unarmed", "i_row_a", "i_col_a", "i_total_a", "pulse_min_ns", "pulse_max_us",
            "pulses_max", "exchange_max_us", "watchdog_ms",
        )
    },
}  # fmt: skip


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no table and no list, with the way to it."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, (*path, place))
    else:
        yield path, value


def changed(facts: Facts, path: Path) -> Facts:
    """A copy with that value changed: by 10 % or 1, a text by a letter."""
    copied = copy.deepcopy(facts)
    table: Any = copied
    for step in path[:-1]:
        table = table[step]
    value = table[path[-1]]
    if isinstance(value, str):
        table[path[-1]] = value + "x"
    elif isinstance(value, float):
        table[path[-1]] = value * 1.1
    else:
        table[path[-1]] = value + max(1, abs(value) // 10)
    return copied


def checks_of(module: ModuleType) -> Iterator[Check]:
    """The tests of a module that need no more than netlist and facts, once for each of their parameters."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        needed = set(inspect.signature(function).parameters)
        if not name.startswith("test_") or "facts" not in needed:
            continue
        for arguments in parameters(function):
            if needed - {"netlist", "facts"} == set(arguments):
                yield partial(call, function, arguments)


def call(function: Callable[..., None], arguments: Mapping[str, Any], netlist: Netlist, facts: Facts) -> None:
    fixtures = {"netlist": netlist, "facts": facts}
    function(
        **arguments, **{name: fixtures[name] for name in inspect.signature(function).parameters if name in fixtures}
    )


def parameters(function: Any) -> Iterator[dict[str, Any]]:
    """Every combination of a test's parameters."""
    marks = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    for chosen in product(*(mark.args[1] for mark in marks)):
        found: dict[str, Any] = {}
        for mark, values in zip(marks, chosen, strict=True):
            names = mark.args[0] if isinstance(mark.args[0], (list, tuple)) else mark.args[0].split(",")
            found |= dict(zip(names, values if len(names) > 1 else [values], strict=True))
        yield found


def holds(check: Check, netlist: Netlist, facts: Facts) -> bool:
    try:
        check(netlist, facts)
    except (AssertionError, LookupError, ValueError):
        return True
    return False


@pytest.fixture(scope="module")
def checks() -> list[Check]:
    return [check for module in MODULES for check in checks_of(module)]


def test_nothing_fails_unchanged(netlist: Netlist, facts: Facts, checks: list[Check]) -> None:
    assert len(checks) > 60
    assert not [check for check in checks if holds(check, netlist, facts)]


def test_every_value_is_held(netlist: Netlist, facts: Facts, checks: list[Check]) -> None:
    everything = [path for path, _ in leaves(facts)]
    assert len(everything) > 150
    loose = set()
    for path in everything:
        mutant = changed(facts, path)
        if not any(holds(check, netlist, mutant) for check in checks):
            loose.add(path)
    assert loose - set(EXCEPTIONS) == set(), "nothing checks these"
    assert set(EXCEPTIONS) - loose == set(), "these are checked: no exception is needed"
