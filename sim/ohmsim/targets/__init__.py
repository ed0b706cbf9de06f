"""What can run a board's firmware: this Python, MicroPython's unix port, or the very image on an emulated RP2040."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ohmsim.board import EmulatedBoard, Spec
from ohmsim.wire.port import Port

TARGETS = ("cpython", "unix", "rp2040")


def build_board(target: str, spec: Spec, ports: Sequence[Port], firmware: Path) -> EmulatedBoard:
    """A board of a target; `firmware` is the folder of what `make firmware` built.

    Raises ParameterError, StateError, ChildError.
    """
    if target == "rp2040":
        from ohmsim.targets.rp2040 import ChipBoard, Image

        return ChipBoard(spec, ports, Image.built(firmware))
    if target == "unix":
        from ohmsim.targets.unix import UnixBoard

        return UnixBoard(spec, ports, firmware)
    return EmulatedBoard(spec, ports)
