"""The language rules of the firmware: what MicroPython on the RP2040 runs, checked in the syntax tree.

A subset of Python: five modules, no features that MicroPython lacks, no reliance on what differs between the two.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FIRMWARE = Path(__file__).parents[2] / "firmware" / "ohmboard"
MODULES = {"binascii", "struct", "json", "os", "ohmboard"}


def type_checking_only(tree: ast.Module) -> set[ast.AST]:
    """Every node below an `if TYPE_CHECKING:`."""
    guarded: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for statement in node.body:
                guarded.update(ast.walk(statement))
    return guarded


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["ohmboard" if node.level else (node.module or "").split(".")[0]]
    return []


def offences(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    typing_only = type_checking_only(tree)
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        line = getattr(node, "lineno", 0)
        for module in imported(node):
            if module not in MODULES:
                yield f"line {line}: imports {module}"
        if isinstance(node, ast.Match):
            yield f"line {line}: match"
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            yield f"line {line}: async"
        if isinstance(node, ast.arguments) and node.posonlyargs:
            yield f"line {node.posonlyargs[0].lineno}: positional-only arguments"
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {line}: a floating-point number"
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"line {line}: / gives a floating-point number"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in {"float", "print", "exec", "eval"}
        ):
            yield f"line {line}: {node.func.id}()"
        if isinstance(node, ast.ClassDef) and (node.decorator_list or node.keywords):
            yield f"line {line}: a class decorator or metaclass"


FILES = sorted(FIRMWARE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(FIRMWARE)) for path in FILES])
def test_firmware_keeps_to_the_subset(path: Path) -> None:
    assert list(offences(path.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from dataclasses import dataclass",
        "match x:\n    case 1:\n        pass",
        "def f(a, /): pass",
        "x = 0.5",
        "x = 1 / 2",
        "x = 4\nx /= 2",
        "print(1)",
        "async def f(): pass",
        "@d\nclass C: pass",
    ],
)
def test_an_offence_is_found(source: str) -> None:
    assert list(offences(source))


@pytest.mark.parametrize(
    "source",
    [
        "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from typing import Protocol",
        "import struct, json",
        "from ohmboard import store",
        "x = 7 // 2",
    ],
)
def test_the_subset_is_allowed(source: str) -> None:
    assert not list(offences(source))
