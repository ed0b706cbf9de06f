"""`ohmloop flash --application`: the application alone, onto a running board, and back."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from ohmloop.cli.failure import CommandError
from ohmloop.cli.flash_report import report, say


def deploy(folder: Path | None, device: str, wait_s: float, json: bool) -> None:
    """Deploy the application in `folder`, or the installed one, and ask the board what it runs then."""
    from ohmloop.flashing import Application, deploy_application
    from ohmloop.flashing.application import BACK
    from ohmloop.station.arrival import await_board
    from ohmloop.station.boot_loader import console_port

    application = Application.build(folder)
    about = f"{len(application.romfs) / 1000:.0f} kB, firmware {application.firmware}"
    say(f"{application.folder}: {about}", json)
    with console_port(device) as port:
        deploy_application(application, port, _teller(json))
    say("waiting for the board to restart", json)
    arrived = await_board(lambda: [device], wait_s)
    runs = arrived.capabilities.firmware
    if runs != application.firmware:
        raise CommandError(
            f"board {arrived.capabilities.serial} at {device} runs firmware {runs} although {application.firmware} was "
            f"deployed: its error queue (SYSTem:ERRor?) says why; {BACK}"
        )
    report(arrived, {"application": str(application.folder), "bytes": len(application.romfs)}, json)


def remove(device: str, wait_s: float, json: bool) -> None:
    """Go back to the application in the image."""
    from ohmloop.flashing import remove_application
    from ohmloop.station.arrival import await_board
    from ohmloop.station.boot_loader import console_port

    with console_port(device) as port:
        remove_application(port, _teller(json))
    say("waiting for the board to restart", json)
    report(await_board(lambda: [device], wait_s), {"application": None}, json)


def _teller(json: bool) -> Callable[[str], None]:
    """Shows what mpremote says: one line that changes on a terminal, nothing of its progress elsewhere."""
    if json or not sys.stderr.isatty():
        return lambda line: None
    return lambda line: print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
