"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ohmloop.store import Store

Devices = Annotated[
    list[str],
    typer.Option(
        "--device",
        "-d",
        metavar="URL",
        help="A board: serial:///dev/ttyACM0, tcp://lab-pc:5025, emu://8x8?seed=7. Repeat for several boards.",
    ),
]
DutFile = Annotated[
    Path | None,
    typer.Option("--dut", metavar="FILE", help="Device file (TOML) of what is in the boards; needed but for emu://."),
]
ModelName = Annotated[
    str, typer.Option("--model", "-m", help="A network: `digits`, which comes along, or a .npz or .safetensors file.")
]
StorePath = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", envvar="OHMLOOP_STORE", help="Where runs are kept (SQLite)."),
]


def default_store() -> Path:
    """Where runs are kept unless told otherwise."""
    from platformdirs import user_data_path

    return user_data_path("ohmloop", appauthor=False) / "runs.sqlite"


def open_store(path: Path | None, *, reading: bool = False) -> Store:
    """The store at `path`, or at its usual place; made if need be, unless it is only read. Raises StoreError."""
    from ohmloop.store import Store

    return Store(path or default_store(), reading=reading)
