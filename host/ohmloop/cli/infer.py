"""`ohmloop infer`: what the boards answer to a file of inputs."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import USAGE, CommandError
from ohmloop.cli.files import check_target, writing
from ohmloop.cli.opening import armed_station, open_device, open_model
from ohmloop.cli.options import Devices, DutFile, ModelName, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from ohmloop.network import Model
    from ohmloop.service.learned import Learned
    from ohmloop.station import Station


def infer(
    device: Devices,
    model: ModelName,
    inputs: Annotated[Path, typer.Argument(help="Input vectors: .npy, or .csv with one vector a line.")],
    dut: DutFile = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the logits there too (.npy).")] = None,
    tuned: Annotated[
        int | None, typer.Option(metavar="RUN", help="The network as a run of `ohmloop tune` left it.")
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --tuned: as a checkpoint of the run has it, e.g. best.")
    ] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Ask boards that hold a network. Moves nothing; inputs are held to the read limit."""
    import numpy as np

    from ohmloop.programming import Acceptance
    from ohmloop.service.hosted import HOLDS, HostedNetwork
    from ohmloop.store.replacing import replacing

    if checkpoint is not None and tuned is None:
        raise CommandError("--checkpoint is one of a run: name it with --tuned RUN", USAGE)
    check_target(output, ".npy")
    network, under_test = open_model(model), open_device(device, dut)
    try:
        with inputs.open("rb") as file, warnings.catch_warnings(category=UserWarning, action="ignore"):  # of no data
            values = np.load(file) if inputs.suffix == ".npy" else np.loadtxt(file, delimiter=",", ndmin=2)
    except OSError as error:
        raise CommandError(f"cannot read input vectors from {inputs}: {error.strerror}", USAGE) from error
    except (ValueError, EOFError) as error:
        raise CommandError(f"cannot read input vectors from {inputs}: {error}", USAGE) from error
    if not values.size:
        raise CommandError(f"{inputs} holds no input vectors", USAGE)
    vectors = network.checked(values)
    with (
        armed_station(device, under_test, store) as station,
        HostedNetwork(network, station.boards, under_test) as hosted,
    ):
        if tuned is not None:
            hosted.adopt(_learned(station, network, tuned, checkpoint))
        held = hosted.fraction_held(Acceptance().tolerance)
        if held < HOLDS:
            raise CommandError(
                f"the boards do not hold {network.name!r}: {held:.0%} of the cells are near their target, "
                f"{HOLDS:.0%} are needed; program it first"
            )
        run = station.begin("infer", {"model": network.name, "vectors": len(vectors)})
        logits = hosted.infer(vectors)
        run.put("infer", {"inputs": vectors, "logits": logits})
        run.finish("done", {"cells_held": held})
    if output is not None:
        with writing(output, "ask again with another"), replacing(output) as file:
            np.save(file, logits, allow_pickle=False)
    classes = logits.argmax(axis=1)
    if json:
        print_json({"run": run.id, "model": network.name, "class": classes.tolist(), "logits": logits.tolist()})
        return
    print_table(
        ("vector", "class", "logits"),
        [(i, c, " ".join(f"{v:.3f}" for v in row)) for i, (c, row) in enumerate(zip(classes, logits, strict=True))],
    )


def _learned(station: Station, network: Model, number: int, checkpoint: str | None) -> Learned:
    """What a run of `ohmloop tune` made of a network: as it left it, or as one of its checkpoints has it.

    Raises NotFound, CommandError for another run, and for a checkpoint that it does not have.
    """
    from ohmloop.learning.session import CHECKPOINT, STATE
    from ohmloop.service.learned import KIND, Learned, fingerprint
    from ohmloop.service.runs import find_run

    run = find_run(station.store, number)
    if run.kind != KIND or run.parameters.get("weights") != fingerprint(network) or not run.has(STATE):
        raise CommandError(
            f"run {number} ({run.kind}) did not teach {network.name!r}: name one of `ohmloop tune`", USAGE
        )
    name = STATE if checkpoint is None else CHECKPOINT + checkpoint
    if not run.has(name):
        raise CommandError(f"run {number} has no checkpoint {checkpoint!r}; verification keeps 'best'", USAGE)
    return Learned.of(run.get(name), network)
