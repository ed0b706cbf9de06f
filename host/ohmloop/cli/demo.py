"""`ohmloop demo`: from pretrained weights to answers over HTTP, on emulated boards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ohmloop.cli.demonstration.faults import EXAMPLE, Faults
from ohmloop.cli.files import check_can_draw
from ohmloop.cli.output import AsJson, print_json


def demo(
    seed: Annotated[int, typer.Option(min=0, max=1_000_000, help="Seed of the emulated devices.")] = 1,
    fault: Annotated[str | None, typer.Option(metavar="SPEC", help=f"What is to go wrong: {EXAMPLE}")] = None,
    folder: Annotated[Path, typer.Option(help="Where maps and journal go.")] = Path("demo"),
    json: AsJson = False,
) -> None:
    """Program pretrained digits into emulated boards, serve them, ask over HTTP, and compare with the truth."""
    check_can_draw()
    faults = Faults.parse(fault) if fault is not None else None
    from ohmloop.cli.demonstration.run import demonstrate
    from ohmloop.cli.progress import CampaignProgress

    def say(step: str) -> None:
        if not json:
            print(step, file=sys.stderr)

    with CampaignProgress(quiet=json) as progress:
        result = demonstrate(folder, seed, faults, say=say, progress=progress)
    if json:
        print_json(result.as_json())
        return
    for line in result.lines():
        print(line)
