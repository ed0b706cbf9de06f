"""The emulator's command line: options, one line of JSON when everything is ready, and an orderly end."""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ohmsim.board import EmulatedBoard, Spec
from ohmsim.control import ControlPort
from ohmsim.errors import EmulatorError, ParameterError
from ohmsim.preset import Preset, names
from ohmsim.targets import TARGETS, build_board
from ohmsim.wire.port import Port
from ohmsim.wire.pty import PtyPort
from ohmsim.wire.tcp import TcpPort

BOARDS_MAX = 64

FIRMWARE = Path(__file__).parents[2] / "build" / "firmware"


def main(arguments: Sequence[str]) -> int:
    """Run the emulator until it is told to end; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="ohmsim: %(message)s")
    options = _options().parse_args(arguments)
    try:
        if options.describe:
            _say(Preset.load(options.device).changed(_settings(options.set)).describe())
            return 0
        boards = _boards(options)
        control = ControlPort(boards, options.control)
    except EmulatorError as error:
        logging.getLogger(__name__).error("%s", error)
        return 2
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    if options.with_parent:
        threading.Thread(target=_outlive_no_parent, args=(end,), daemon=True).start()
    for board in boards:
        board.start()
    control.start()
    _say(_ready(boards, control))
    end.wait()
    control.stop()
    for board in boards:
        board.stop()
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ohmsim", description="Emulated crossbar boards that run their own firmware.")
    add = parser.add_argument
    add("--geometry", default="8x8", help="rows x columns of each board, e.g. 32x32 (1 to 128 each)")
    add("--boards", type=int, default=1, help="number of boards")
    add("--seed", type=int, default=0, help="seed of all random numbers")
    add("--device", default="vteam", help=f"preset of the cells: {', '.join(names())}")
    add(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.NAME=VALUE",
        help="change a parameter of the preset; front_end=board for a front end as it is built",
    )
    add("--tcp", type=int, metavar="PORT", help="TCP port of the first board, the next ones follow; 0 takes free ones")
    add("--pty", action="store_true", help="give each board a pseudo-terminal")
    add("--control", type=int, default=0, metavar="PORT", help="control port; 0 takes a free one")
    add("--state-dir", type=Path, metavar="DIR", help="keep arrays and flash in this folder")
    add(
        "--drive",
        type=Path,
        metavar="DIR",
        help="in BOOTSEL mode each board shows its drive there, as DIR/b0, DIR/b1, …",
    )
    add("--target", choices=TARGETS, default="cpython", help="what runs the firmware")
    add("--firmware", type=Path, default=FIRMWARE, metavar="DIR", help="where `make firmware` left its results")
    add("--engine-time", action="store_true", help="count no time for the board's processor (target cpython)")
    add("--realtime", action="store_true", help="no faster than the board would be")
    add("--with-parent", action="store_true", help="end when standard input closes")
    add("--describe", action="store_true", help="print the preset as JSON and end")
    return parser


def _boards(options: argparse.Namespace) -> list[EmulatedBoard]:
    geometry = re.fullmatch(r"(\d{1,4})x(\d{1,4})", options.geometry)
    if geometry is None:
        raise ParameterError("geometry", options.geometry, "rows x columns, e.g. 8x8")
    if not 1 <= options.boards <= BOARDS_MAX:
        raise ParameterError("boards", options.boards, f"from 1 to {BOARDS_MAX}")
    preset = Preset.load(options.device).changed(_settings(options.set))
    boards = []
    for index in range(options.boards):
        name = f"b{index}"
        spec = Spec(
            name=name,
            rows=int(geometry[1]),
            cols=int(geometry[2]),
            seed=options.seed,
            preset=preset,
            folder=None if options.state_dir is None else options.state_dir / name,
            realtime=options.realtime,
            drive=None if options.drive is None else options.drive / name,
            engine_time=options.engine_time,
        )
        boards.append(build_board(options.target, spec, _ports(options, index), options.firmware))
    return boards


def _ports(options: argparse.Namespace, index: int) -> list[Port]:
    ports: list[Port] = []
    if options.tcp is not None or not options.pty:
        ports.append(TcpPort(options.tcp + index if options.tcp else 0))
    if options.pty:
        ports.append(PtyPort())
    return ports


def _settings(pairs: Sequence[str]) -> dict[str, str]:
    settings = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise ParameterError("--set", pair, "like section.name=number")
        settings[name] = text
    return settings


def _ready(boards: Sequence[EmulatedBoard], control: ControlPort) -> dict[str, object]:
    def address(board: EmulatedBoard, kind: type[Port]) -> str | None:
        return next((port.address for port in board.ports if isinstance(port, kind)), None)

    return {
        "boards": [
            {
                "name": board.spec.name,
                "serial": board.serial,
                "tcp": address(board, TcpPort),
                "pty": address(board, PtyPort),
                "geometry": f"{board.spec.rows}x{board.spec.cols}",
            }
            for board in boards
        ],
        "control": control.address,
        "pid": os.getpid(),
    }


def _say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _outlive_no_parent(end: threading.Event) -> None:
    """A killed host closes its end of our standard input: then we end too."""
    # Not through sys.stdin: its lock, held by a thread that waits, would break the interpreter's own end.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    end.set()
