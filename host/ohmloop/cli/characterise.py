"""`ohmloop characterise`: what a few cells say of a device, and how it should be programmed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import FAILED, USAGE, CommandError
from ohmloop.cli.files import check_picture, check_target, draw_into, writing
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from ohmloop.programming.characterisation import Characterisation
    from ohmloop.programming.choice import Choice


def characterise(
    device: Devices,
    dut: DutFile = None,
    cells: Annotated[int, typer.Option(min=2, max=1024, help="Cells to measure, spread over the array.")] = 8,
    pulses: Annotated[int, typer.Option(min=1, help="Pulses that may be spent.")] = 2000,
    tolerance: Annotated[
        float, typer.Option(help="Half-width of the band to be reached, fraction of the range.")
    ] = 0.02,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the profile there too (JSON), for `program --profile`.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw what was measured into this PNG.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Measure a few cells of the first board and choose how to program it. Moves cells; `program` uses what it finds.

    Staircases of SET and RESET pulses, one repeated pulse, read noise, and what pulses on one cell do to the others.
    """
    from ohmloop.procedures.errors import ProcedureError
    from ohmloop.programming import Acceptance, ProgrammingError
    from ohmloop.programming.characterised import draw_characterisation
    from ohmloop.service.characterising import KIND, Characterising, choice_for

    check_picture(picture)
    check_target(output, ".json")
    try:
        Acceptance(tolerance=tolerance)
    except ValueError as error:
        raise CommandError(str(error), USAGE) from None
    if len(device) != 1:
        raise CommandError("one board at a time: what it finds holds for all boards with the same device file", USAGE)
    under_test = open_device(device, dut)

    def tell(stage: str, spent: int) -> None:
        if not json:
            print(f"{stage} ({spent} pulses so far)", file=sys.stderr)

    with armed_station(device, under_test, store) as station:
        work = Characterising(station, cells=cells, pulses_max=pulses, tell=tell)
        try:
            carry_out(station, KIND, work)
        except (ProcedureError, ProgrammingError) as error:
            raise CommandError(f"{error}; what was measured is run {work.run.id}", FAILED) from error
    measured = work.measured
    if measured is None:
        raise CommandError("ended before anything could be told; begin again when you like", FAILED)
    choice = choice_for(measured, under_test, tolerance)
    if json:
        print_json({"run": work.run.id, "measured": measured.to_dict(), "choice": choice.to_dict()})
    else:
        _print(measured, choice)
    warn(choice)
    if output is not None:
        with writing(output, "it is kept in the store, where `program` finds it"):
            measured.save(output)
    draw_into(picture, work.run.id, lambda path: draw_characterisation(measured, path))


def warn(choice: Choice) -> None:
    """Say on standard error if an array is not expected to come into band."""
    if not choice.converges:
        left = min(each.contraction for each in choice.outlooks)
        print(
            "ohmloop: this will not converge: what pulses do to the other cells leaves a typical cell with "
            f"{left:.0%} of its error after each pass, and the weakest cells with more than before. Use fewer rows and "
            "columns, or a device with selectors",
            file=sys.stderr,
        )


def _print(measured: Characterisation, choice: Choice) -> None:
    acceptance, profile = choice.acceptance, choice.profile
    print_table(
        ("", ""),
        [
            ("cells measured", f"{len(measured.places)}, {measured.unmoved} did not move"),
            ("pulses spent", measured.pulses),
            ("read noise", f"{measured.read_white:.2%} white, {measured.read_slow:.2%} slow"),
            *(("", reason) for reason in choice.reasons),
            ("policy", choice.policy),
            ("bias", choice.bias.value),
            ("largest SET, RESET", f"{profile.set_drive.max_v:.3f} V, {profile.reset_drive.max_v:.3f} V"),
            ("guard", f"{acceptance.guard:.2f} of a tolerance of {acceptance.tolerance:.1%}"),
            ("passes", acceptance.passes),
        ],
    )
