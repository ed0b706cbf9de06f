"""`ohmloop verify`: what programmed boards still hold."""

from __future__ import annotations

from typing import Annotated

import typer

from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json
from ohmloop.cli.report_view import print_reports


def verify(
    number: Annotated[int, typer.Argument(metavar="RUN", help="Number of the programming run.")],
    device: Devices,
    dut: DutFile = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Read the boards of a programming run again and add what they hold to its report. Moves nothing."""
    from ohmloop.service.rechecking import KIND, Rechecking

    under_test = open_device(device, dut)
    with armed_station(device, under_test, store) as station:
        rechecking = Rechecking(station, number)
        carry_out(station, KIND, rechecking)
    if json:
        print_json({"run": number, "boards": [report.summary() for report in rechecking.reports]})
    else:
        print_reports(rechecking.reports)
