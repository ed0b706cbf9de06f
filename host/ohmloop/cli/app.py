"""The `ohmloop` command with all its sub-commands, and how it fails."""

from __future__ import annotations

import os
import sys
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


app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def ohmloop(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Hardware-in-the-loop control of memristor crossbars."""


app.command()(demo.demo)
app.command()(emulate.emulate)
app.command()(scan.scan)
app.command()(doctor.doctor)
app.command()(flash.flash)
app.command()(arm.arm)
app.command()(calibrate.calibrate)
app.command()(form.form)
app.command()(characterise.characterise)
app.command("iv-sweep")(iv_sweep.iv_sweep)
app.command("pulse-response")(pulse_response.pulse_response)
app.command()(program.program)
app.command()(verify.verify)
app.command()(tune.tune)
app.command()(infer.infer)
app.command()(serve.serve)
app.add_typer(runs.app, name="runs")
app.command()(stop.stop)


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
