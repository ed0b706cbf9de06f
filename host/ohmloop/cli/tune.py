"""`ohmloop tune`: boards that hold a network learn from examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import FAILED, USAGE, CommandError
from ohmloop.cli.files import check_picture, draw_into
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device, open_model
from ohmloop.cli.options import Devices, DutFile, ModelName, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from ohmloop.learning import Examples
    from ohmloop.station import Station

NAMES = ("inputs", "targets")
ASIDE = ("validation_inputs", "validation_targets")


def tune(
    device: Devices,
    model: ModelName,
    examples: Annotated[
        Path | None,
        typer.Argument(
            help="Examples (.npz): inputs, targets; validation_inputs, validation_targets if there are any."
        ),
    ] = None,
    dut: DutFile = None,
    rule: Annotated[str, typer.Option(help="Learning rule: progressive, repair, sgd, bias-scale, …")] = "progressive",
    steps: Annotated[int, typer.Option(min=0, help="Steps; 0 for what the rule usually needs.")] = 0,
    loss: Annotated[str, typer.Option(help="cross-entropy (targets are classes) or squared error.")] = "cross-entropy",
    pulses: Annotated[float, typer.Option(min=0, max=1e6, help="Most pulses, as a mean over all cells.")] = 3.0,
    most_pulses: Annotated[int, typer.Option(min=0, help="Most pulses of any one cell.")] = 100,
    validation: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Fraction set aside to verify with, if the file has none.")
    ] = 0.2,
    seed: Annotated[int, typer.Option(min=0, help="Of the order of examples, and of which are set aside.")] = 0,
    picture: Annotated[Path | None, typer.Option(help="Draw how it went into this PNG.")] = None,
    resume: Annotated[int | None, typer.Option(metavar="RUN", help="Go on with an interrupted run.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Fine-tune a network that the boards hold. The first Ctrl-C waits for a safe point, the second stops at once."""
    from ohmloop.cli.tuning_progress import TuningProgress
    from ohmloop.learning.picture import draw_session
    from ohmloop.learning.rules.named import loss_named
    from ohmloop.service.hosted import HostedNetwork
    from ohmloop.service.learned import KIND
    from ohmloop.service.programming import settle_interrupted
    from ohmloop.service.tuning import Tuning, TuningPlan, begun, resumed

    check_picture(picture)
    if (examples is None) == (resume is None):
        raise CommandError("give a file of examples, or --resume RUN, which keeps its own", USAGE)
    try:
        plan = TuningPlan(rule, loss, steps, pulses, most_pulses)
    except ValueError as error:
        raise CommandError(str(error), USAGE) from None
    network, under_test = open_model(model), open_device(device, dut)
    lessons = None if examples is None else _lessons(examples, validation, seed)

    def settle(station: Station) -> None:
        if resume is not None:
            settle_interrupted(station, resume, KIND)

    with (
        armed_station(device, under_test, store, before=settle) as station,
        HostedNetwork(network, station.boards, under_test) as hosted,
    ):
        if lessons is not None:
            run = begun(station, hosted, plan, *lessons)
        else:
            assert resume is not None, "one of both was asked for"
            run = resumed(station, hosted, resume)
        with TuningProgress(loss_named(run.parameters["loss"]).score_name, quiet=json) as progress:
            tuning = Tuning(station, hosted, run, tell=progress)
            summary = carry_out(station, KIND, tuning, resume=run.id)
        if json:
            print_json(summary)
        else:
            print_table(
                ("run", "rule", "steps", "best", "now", "pulses a cell", "most", "stuck", "energy"),
                [
                    (
                        summary["run"],
                        summary["rule"],
                        summary["step"],
                        _score(summary["best"]),
                        _score(summary["verified"]),
                        f"{summary['pulses_a_cell']:.2f}",
                        summary["largest_pulses"],
                        summary["stuck"],
                        f"{1e6 * summary['energy_j']:.1f} µJ",
                    )
                ],
            )
        draw_into(picture, run.id, lambda path: draw_session(run, path))
    if not tuning.complete:
        raise CommandError(f"stopped before the end; go on with --resume {tuning.run.id}", FAILED)


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def _lessons(path: Path, fraction: float, seed: int) -> tuple[Examples, Examples]:
    """Examples of a file, some of them set aside. Raises CommandError for anything else than arrays of numbers."""
    import numpy as np

    from ohmloop.learning import Examples
    from ohmloop.network.errors import WeightFileError
    from ohmloop.network.importers.npz import read_npz
    from ohmloop.service.tuning import parted

    try:
        arrays = read_npz(path, str(path))
    except WeightFileError as error:
        raise CommandError(str(error), USAGE) from error
    unknown, missing = set(arrays) - {*NAMES, *ASIDE}, set(NAMES) - set(arrays)
    if unknown or missing or len(set(ASIDE) & set(arrays)) == 1:
        raise CommandError(
            f"{path} must hold {' and '.join(NAMES)}, and both or neither of {' and '.join(ASIDE)}; "
            f"it holds {', '.join(sorted(arrays)) or 'nothing'}",
            USAGE,
        )
    inputs = arrays["inputs"].astype(np.float64)
    if ASIDE[0] not in arrays:
        return parted(inputs, arrays["targets"], fraction, seed)
    return (
        Examples(inputs, arrays["targets"], seed),
        Examples(arrays[ASIDE[0]].astype(np.float64), arrays[ASIDE[1]], seed),
    )
