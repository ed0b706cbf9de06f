"""KiCad's S-expressions: nested lists of atoms; quoted strings keep their quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Node = list[Any]  # atoms (str) and Nodes; a quoted string keeps its quotes

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[()]|[^\s()]+')
_WIDTH = 110


def parse(text: str) -> Node:
    """The one list that `text` holds."""
    stack: list[Node] = [[]]
    for token in _TOKEN.findall(text):
        if token == "(":
            stack.append([])
        elif token == ")":
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    if len(stack) != 1 or len(stack[0]) != 1:
        raise ValueError("not one balanced S-expression")
    return list(stack[0][0])


def dump(node: Node, depth: int = 0) -> str:
    """`node` as text: short lists on a line, longer ones a child a line, indented by tabs as KiCad does."""
    flat = _flat(node)
    if len(flat) <= _WIDTH and not any(isinstance(child, list) and _deep(child) for child in node):
        return "\t" * depth + flat
    lines = []
    head = [child for child in node if not isinstance(child, list)]
    lines.append("\t" * depth + "(" + " ".join(head))
    lines += [dump(child, depth + 1) for child in node if isinstance(child, list)]
    return "\n".join(lines) + "\n" + "\t" * depth + ")"


def quote(text: str) -> str:
    """`text` as a quoted atom."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def unquote(atom: str) -> str:
    """The text of a quoted atom."""
    return re.sub(r"\\(.)", r"\1", atom[1:-1]) if atom.startswith('"') else atom


def number(value: float) -> str:
    """A coordinate in millimetres: four decimals, without trailing zeros or a negative zero."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def children(node: Node, head: str) -> Iterator[Node]:
    """The lists in `node` that begin with `head`."""
    return (child for child in node if isinstance(child, list) and child and child[0] == head)


def child(node: Node, head: str) -> Node:
    """The first list in `node` that begins with `head`.

    Raises:
        KeyError: there is none.
    """
    for found in children(node, head):
        return found
    raise KeyError(head)


def _flat(node: Node) -> str:
    return "(" + " ".join(_flat(child) if isinstance(child, list) else child for child in node) + ")"


def _deep(node: Node) -> bool:
    return any(isinstance(child, list) for child in node)
