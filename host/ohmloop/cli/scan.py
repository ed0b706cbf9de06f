"""`ohmloop scan`: what every cell of the arrays holds now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ohmloop.cli.files import check_target, writing
from ohmloop.cli.opening import armed_station, open_device
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table


def scan(
    device: Devices,
    dut: DutFile = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the conductances there too (.npz, S, an array a board)."),
    ] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Arm the boards with their device file and read every cell once, at its read voltage. Moves nothing."""
    import numpy as np
    from numpy.typing import NDArray

    from ohmloop.procedures.scan import scan as read_all
    from ohmloop.store.replacing import replacing

    check_target(output, ".npz")
    under_test = open_device(device, dut)
    found: dict[str, NDArray[np.float64]] = {}
    with armed_station(device, under_test, store) as station:
        run = station.begin("scan", {"devices": list(device)})
        for board in station.boards:
            found[board.capabilities.serial] = read_all(board, under_test.setup, run).conductances_s
        run.finish("done", {"cells": sum(values.size for values in found.values())})
    if output is not None:
        with writing(output, f"`ohmloop runs export {run.id} FOLDER` writes the readings"), replacing(output) as file:
            np.savez_compressed(file, allow_pickle=False, **found)
    summaries: list[dict[str, Any]] = []
    for serial, values in found.items():
        within = values[np.isfinite(values)]
        least_s, median_s, most_s = np.percentile(within, (0, 50, 100)).tolist() if within.size else (None, None, None)
        summaries.append(
            {
                "board": serial,
                "geometry": "x".join(map(str, values.shape)),
                "median_s": median_s,
                "least_s": least_s,
                "most_s": most_s,
                "over_range": int(np.isinf(values).sum()),
            }
        )
    if json:
        print_json({"run": run.id, "boards": summaries})
        return
    print_table(
        ("board", "array", "least", "median", "most", "over range"),
        [
            (
                one["board"],
                one["geometry"],
                *(_microsiemens(one[name]) for name in ("least_s", "median_s", "most_s")),
                one["over_range"],
            )
            for one in summaries
        ],
    )


def _microsiemens(value_s: float | None) -> str:
    return "-" if value_s is None else f"{value_s * 1e6:.2f} µS"
