"""The application in MicroPython's unix port, on the hardware that an emulator plays. Geometry comes with the call."""

import sys

import ohm
from emulator_files import EmulatorFiles
from ohmboard.board import Board


def main() -> None:
    """Run the board until the emulator ends us."""
    identity = {"serial": ohm.serial(), "reason": ohm.boot_reason()}
    rows, cols = int(sys.argv[1]), int(sys.argv[2])
    Board(ohm.Engine(), ohm.Stream(), EmulatorFiles(), identity, rows, cols, print_fault).run()


def print_fault(fault: Exception) -> None:
    """Onto the emulator's standard error."""
    sys.print_exception(fault, sys.stderr)


main()
