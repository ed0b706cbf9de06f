"""`ohmloop doctor`: what works on this machine and on its boards, and what to do where something does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import FAILED, UNREACHABLE
from ohmloop.cli.options import StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table
from ohmloop.cli.resistors import read_resistors

if TYPE_CHECKING:
    from ohmloop.station.bring_up import Step
    from ohmloop.store import Store

MACHINE = "this machine"

SIGNS = {"passed": "ok", "failed": "FAILED", "not possible": "-"}


def doctor(
    device: Annotated[
        list[str] | None, typer.Option("--device", "-d", metavar="URL", help="Look this board over, too.")
    ] = None,
    empty: Annotated[
        bool,
        typer.Option("--empty", help="Nothing is in the sockets: read every cell with up to 0.05 V; it must be open."),
    ] = False,
    resistors: Annotated[
        Path | None,
        typer.Option(
            "--resistors",
            metavar="FILE",
            help="These are in the sockets (CSV of ohms, a line a row, empty for none): read them with up to 0.05 V.",
        ),
    ] = None,
    overload: Annotated[
        bool,
        typer.Option("--overload", help="330 ohm are in the sockets, row i to column i: make every column trip."),
    ] = False,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Look over this machine and the boards named, step by step. Nothing is armed, and every line stays at 0 V.

    Only --empty, --resistors and --overload apply a voltage, at most 0.05 V. Ends with 1 if a step failed, with 3 if a
    board could not be reached.
    """
    from ohmloop.station.bring_up import UNREACHED, Outcome, examine

    resistors_ohm = None if resistors is None else read_resistors(resistors)
    with ExitStack() as opened:
        kept, of_the_store = _store(opened, store)
        found = [(MACHINE, step) for step in (*_machine(), of_the_store, *_ports())]
        for url in device or []:
            steps = examine(url, kept, socket_empty=empty, resistors_ohm=resistors_ohm, overload=overload)
            found += ((url, step) for step in steps)
    if json:
        print_json([{"where": where, **asdict(step)} for where, step in found])
    else:
        _show(found)
    failed = [step.name for _, step in found if step.outcome is Outcome.FAILED]
    if failed:
        raise typer.Exit(UNREACHABLE if UNREACHED in failed else FAILED)


def _machine() -> Iterator[Step]:
    from ohmloop.crossbar import CrossbarError
    from ohmloop.station.bring_up import Outcome, Step
    from ohmloop.station.visit import visit

    yield Step("python", Outcome.PASSED, sys.version.split()[0])
    try:
        with visit("emu://2x2") as board:
            said = board.capabilities
        yield Step("emulator", Outcome.PASSED, f"{said.board}, {said.geometry}, firmware {said.firmware}")
    except CrossbarError as error:
        yield Step("emulator", Outcome.FAILED, str(error), advice="install ohmloop again")


def _store(opened: ExitStack, path: Path | None) -> tuple[Store | None, Step]:
    from ohmloop.station.bring_up import Outcome, Step
    from ohmloop.store import StoreError

    try:
        kept = opened.enter_context(open_store(path))
        return kept, Step("store", Outcome.PASSED, f"{kept.path}, {len(kept.runs())} runs")
    except (StoreError, OSError) as error:
        return None, Step("store", Outcome.FAILED, str(error), advice="name another file with --store")


def _ports() -> Iterator[Step]:
    """A port that may not be opened is no fault of this machine: nobody has said that a board is on it."""
    import os

    from serial.tools.list_ports import comports

    from ohmloop.station.bring_up import Outcome, Step

    for port in sorted(comports()):
        allowed = os.access(port.device, os.R_OK | os.W_OK)
        yield Step(
            f"serial port {port.device}",
            Outcome.PASSED if allowed else Outcome.NOT_POSSIBLE,
            f"{port.description}, serial://{port.device}",
            "may be read and written",
            "" if allowed else "join the group dialout and log in again",
        )


def _show(found: Sequence[tuple[str, Step]]) -> None:
    """One table for each place; what to do next stands under it, in the order of the steps."""
    for place in dict.fromkeys(where for where, _ in found):
        steps = [step for where, step in found if where == place]
        print(place)
        print_table(
            ("", "step", "measured", "limit"),
            [(SIGNS[step.outcome], step.name, step.measured, step.limit) for step in steps],
        )
        for step in steps:
            if step.advice:
                print(f"{step.name}: {step.advice}")
