"""The `ohmloop` command with all its sub-commands, and how it fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from ohmloop.cli import (
    arm,
    calibrate,
    characterise,
    demo,
    doctor,
    emulate,
    flash,
    form,
    infer,
    iv_sweep,
    program,
    pulse_response,
    runs,
    scan,
    serve,
    stop,
    tune,
    verify,
)
from ohmloop.cli.failure import describe

DEBUG = "OHMLOOP_DEBUG"


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(version("ohmloop"))
        raise typer.Exit


app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def ohmloop(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Hardware-in-the-loop control of memristor crossbars.

    A first session: doctor, arm, scan, characterise, program, infer or serve. A board on a cable is
    -d serial:///dev/ttyACM0, one without hardware -d emu://8x8. `ohmloop COMMAND --help` says more.
    """


COMMANDS: tuple[tuple[str, Callable[..., None], str], ...] = (
    ("demo", demo.demo, "From weights to answers over HTTP, on emulated boards."),
    ("emulate", emulate.emulate, "Boards without hardware, until Ctrl-C."),
    ("doctor", doctor.doctor, "Look over this machine and its boards. Arms nothing."),
    ("flash", flash.flash, "Write the firmware to a board."),
    ("arm", arm.arm, "Load the limits of a device file into boards."),
    ("scan", scan.scan, "Read every cell. Moves nothing."),
    ("calibrate", calibrate.calibrate, "Correct row drivers by resistors in the socket."),
    ("form", form.form, "Form cells that do not conduct yet. Moves cells for good."),
    ("characterise", characterise.characterise, "Measure a few cells, choose how to program. Moves cells."),
    ("iv-sweep", iv_sweep.iv_sweep, "Read a few cells at many voltages. Moves nothing."),
    ("pulse-response", pulse_response.pulse_response, "Trains of equal pulses on a few cells. Moves cells."),
    ("program", program.program, "Program a network. Moves cells."),
    ("verify", verify.verify, "Read a programming run's boards again. Moves nothing."),
    ("tune", tune.tune, "Let boards that hold a network learn. Moves cells."),
    ("infer", infer.infer, "Ask boards that hold a network. Moves nothing."),
    ("serve", serve.serve, "The REST service: inference, jobs, emergency stop."),
    ("stop", stop.stop, "Emergency stop."),
)
"""Name, what it does, and that in one line; in the order in which a device meets them."""

for _name, _command, _said in COMMANDS:
    app.command(_name, short_help=_said)(_command)
app.add_typer(runs.app, name="runs")


def main() -> None:
    """Run the command line; whatever goes wrong becomes one line and an exit code."""
    try:
        app()
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        failure = describe(error)
        print(f"ohmloop: {failure.line}", file=sys.stderr)
        sys.exit(failure.code)
