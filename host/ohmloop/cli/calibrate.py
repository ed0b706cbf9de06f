"""`ohmloop calibrate`: the row drivers of boards, corrected by resistors in the place of the device."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ohmloop.cli.failure import CommandError
from ohmloop.cli.opening import armed_station, open_device
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table
from ohmloop.cli.resistors import read_resistors


def calibrate(
    device: Devices,
    resistors: Annotated[
        Path,
        typer.Option(
            "--resistors", metavar="FILE", help="CSV of ohms: a line a row, empty or nan where there is none."
        ),
    ],
    dut: DutFile = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the corrections in the board without its supply.")] = False,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Measure reference resistors in the socket and correct the boards' row drivers by them."""
    from ohmloop.procedures.calibrate import CalibrationError
    from ohmloop.procedures.calibrate import calibrate as correct

    reference = read_resistors(resistors)
    under_test = open_device(device, dut)
    with armed_station(device, under_test, store) as station:
        run = station.begin("calibrate", {"devices": list(device), "keep": keep})
        try:
            found = [(board.capabilities.serial, correct(board, reference, run, keep=keep)) for board in station.boards]
        except (CalibrationError, ValueError) as error:
            run.finish("failed", {"reason": str(error)})
            raise CommandError(f"{resistors}: {error}") from error
        made = {serial: each.identity for serial, each in found}
        run.finish("done", {"boards": len(found), "calibrations": made})
    boards = [
        {
            "board": serial,
            "calibration": each.identity,
            "offsets_v": each.rows.offsets_v.tolist(),
            "limited": list(each.limited),
            "gains": each.rows.gains.tolist(),
            "columns": [None if gain != gain else gain for gain in each.columns.tolist()],
            "range": each.current_range.value,
            "before": each.before,
            "after": each.after,
        }
        for serial, each in found
    ]
    if json:
        print_json({"run": run.id, "boards": boards})
        return
    print_table(
        ("board", "largest offset", "largest gain error", "largest deviation before", "after", "calibration"),
        [
            (
                serial,
                f"{abs(each.rows.offsets_v).max() * 1e3:.2f} mV",
                f"{abs(each.rows.gains).max():.3%}",
                f"{each.before:.2%}",
                f"{each.after:.2%}",
                each.identity,
            )
            for serial, each in found
        ],
    )
    for serial, each in found:
        if each.limited:
            print(f"{serial}: rows {', '.join(map(str, each.limited))} are corrected only up to the board's tolerance")
