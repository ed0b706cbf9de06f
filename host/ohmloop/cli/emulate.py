"""`ohmloop emulate`: boards without hardware, for whoever wants to talk to one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ohmloop.cli.failure import CommandError
from ohmloop.cli.output import AsJson, print_json, print_table

START_S = 30.0
"""Longest wait for the emulator to say where its boards are, s."""
END_S = 5.0
"""Longest wait for it to end once it is told to, s."""


def emulate(
    geometry: Annotated[str, typer.Argument(help="Rows x columns of each board, up to 128x128.")] = "8x8",
    boards: Annotated[int, typer.Option(min=1, max=64, help="Boards in this process.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of everything random in the devices.")] = 0,
    device: Annotated[str, typer.Option(help="Device model or preset.")] = "vteam",
    tcp: Annotated[int, typer.Option(min=0, max=65535, help="First TCP port of the boards; 0 takes free ones.")] = 0,
    pty: Annotated[bool, typer.Option("--pty", help="A pseudo-terminal for each board too, as for PyVISA.")] = False,
    control: Annotated[int, typer.Option(min=0, max=65535, help="Port for truth and faults; 0 takes a free one.")] = 0,
    state_dir: Annotated[Path | None, typer.Option(help="Keep the boards' files and cells there.")] = None,
    realtime: Annotated[bool, typer.Option("--realtime", help="At the pace of a real board.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter of the device model.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Start emulated boards and leave them running until Ctrl-C."""
    import subprocess
    from json import loads
    from select import select

    command = [sys.executable, "-m", "ohmsim", "--with-parent", "--geometry", geometry]
    for name, value in (("boards", boards), ("seed", seed), ("device", device), ("tcp", tcp), ("control", control)):
        command += [f"--{name}", str(value)]
    command += ["--state-dir", str(state_dir)] if state_dir else []
    command += ["--pty"] if pty else []
    command += ["--realtime"] if realtime else []
    for setting in settings or []:
        command += ["--set", setting]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdin is not None
        assert emulator.stdout is not None
        try:
            readable, _, _ = select([emulator.stdout], [], [], START_S)
            line = emulator.stdout.readline() if readable else ""
            if not line:
                emulator.stdin.close()
                raise CommandError(f"the emulator did not start (exit code {emulator.wait(END_S)})")
            _show(loads(line), json)
            emulator.wait()
        except KeyboardInterrupt:
            emulator.stdin.close()
            emulator.wait(END_S)


def _show(ready: dict[str, Any], json: bool) -> None:
    if json:
        print_json(ready)
    else:
        rows = [(b["name"], b["serial"], b["tcp"], b["pty"] or "-") for b in ready["boards"]]
        print_table(("board", "serial", "address", "terminal"), rows)
        print(f"control port {ready['control']}; Ctrl-C ends the boards", file=sys.stderr)
    sys.stdout.flush()
