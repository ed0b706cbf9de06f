"""`ohmloop doctor`: what works on this machine, and what does not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from ohmloop.cli.failure import FAILED
from ohmloop.cli.options import StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `fine` is None for what is only said."""

    what: str
    fine: bool | None
    said: str


def doctor(
    device: Annotated[
        list[str] | None, typer.Option("--device", "-d", metavar="URL", help="Look at this board, too.")
    ] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Look at this machine: Python, the emulator, serial ports, the store, boards. Moves nothing."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", lambda: sys.version.split()[0]),
        ("emulator", lambda: _board("emu://2x2")),
        ("store", lambda: _store(store)),
        *((url, lambda url=url: _board(url)) for url in device or []),
    ]
    findings = [_look(what, check) for what, check in checks] + list(_ports())
    if json:
        print_json([{"what": f.what, "fine": f.fine, "said": f.said} for f in findings])
    else:
        signs = {True: "ok", False: "FAILED", None: "-"}
        print_table(("", "", ""), [(signs[finding.fine], finding.what, finding.said) for finding in findings])
    if any(finding.fine is False for finding in findings):
        raise typer.Exit(FAILED)


def _look(what: str, check: Callable[[], str]) -> Finding:
    from ohmloop.crossbar import CrossbarError
    from ohmloop.station import StationError
    from ohmloop.store import StoreError

    try:
        return Finding(what, True, check())
    except (CrossbarError, StationError, StoreError, OSError) as error:
        return Finding(what, False, str(error))


def _board(url: str) -> str:
    from ohmloop.station.visit import visit

    with visit(url) as board:
        said = board.capabilities
        return f"{said.board}, {said.geometry}, serial {said.serial}, firmware {said.firmware}"


def _store(path: object) -> str:
    from pathlib import Path

    assert path is None or isinstance(path, Path)
    with open_store(path) as kept:
        return f"{kept.path}, {len(kept.runs())} runs"


def _ports() -> Iterator[Finding]:
    import os

    from serial.tools.list_ports import comports

    for port in sorted(comports()):
        allowed = os.access(port.device, os.R_OK | os.W_OK)
        said = f"{port.description}, serial://{port.device}" if allowed else "no permission: join the group dialout"
        yield Finding(f"serial port {port.device}", allowed, said)
