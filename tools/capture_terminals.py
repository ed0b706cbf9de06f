"""Writes the terminal pictures of README.md and docs/howto/firmware.md: real runs of the command, on emulated boards.

Needs `make firmware`. Run it by hand when what the command says has changed.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.other_firmware import install_firmware  # noqa: E402

from ohmloop.crossbar import Geometry  # noqa: E402
from ohmloop.link.child import EmulatorProcess  # noqa: E402
from ohmloop.station import DeviceFile  # noqa: E402

DOCS = ROOT / "docs"
PORT = "5025"
COLUMNS = 110
LONGEST_S = 600

FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""A picture fetches nothing: where its font is missing, another of fixed width does."""


def capture(picture: str, title: str, runs: Sequence[tuple[str, Mapping[str, str]]]) -> None:
    """Run commands in a shell and draw what a person sees of them."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    for command, hidden in runs:
        console.print(Text(f"$ {command}", style="bold"))
        environment = {**os.environ, "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
        full = command
        for shown, real in hidden.items():
            full = full.replace(shown, real)
        done = subprocess.run(
            ["sh", "-c", full],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
        said = done.stderr + done.stdout
        for shown, real in hidden.items():
            said = said.replace(real, shown)
        console.print(Text(said.rstrip()))
    path = DOCS / picture
    path.write_text(FONTS.sub("", console.export_svg(title=title, unique_id=path.stem)))


def draw_demo(place: Path) -> None:
    """What `make demo` runs."""
    capture("demo.svg", "ohmloop demo", [("ohmloop demo --folder out", {"out": str(place)})])


def draw_flash(place: Path) -> None:
    """A board that is sent to its boot loader and written."""
    drive = place / "media"
    options = {"target": "rp2040", "tcp": PORT, "drive": str(drive), "seed": "7"}
    with EmulatorProcess(Geometry(8, 8), options) as emulator:
        command = f"ohmloop flash --device {emulator.boards[0].url} --drive RPI-RP2"
        capture("howto/flash.svg", "ohmloop flash", [(command, {"RPI-RP2": str(drive / "b0")})])


def draw_versions(place: Path) -> None:
    """A board of another version, and one of another protocol."""
    dut = place / "dut.toml"
    dut.write_text(DeviceFile.shipped("vteam", Geometry(8, 8)).text)
    with ExitStack() as running:
        urls = []
        for number, says in enumerate(({"firmware": "0.0.9"}, {"protocol": 0})):
            with pytest.MonkeyPatch.context() as patch:
                install_firmware(place / str(number), patch, **says)
                emulator = EmulatorProcess(Geometry(8, 8), {"tcp": str(int(PORT) + number)})
            urls.append(running.enter_context(emulator).boards[0].url)
        wanted = [f"ohmloop arm --device {url} --dut dut.toml" for url in urls]
        capture("howto/versions.svg", "ohmloop arm", [(command, {"dut.toml": str(dut)}) for command in wanted])


def main() -> None:
    """Draw them all."""
    with TemporaryDirectory() as place:
        draw_demo(Path(place))
        draw_flash(Path(place))
        draw_versions(Path(place))


if __name__ == "__main__":
    main()
