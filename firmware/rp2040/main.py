"""The application on the board's own hardware. Ctrl-C at the start of a line ends it, with the lines safe."""

import ohm
from flash_files import FlashFiles
from ohmboard.board import Board


def main() -> None:
    """Run the board until it is interrupted or reset."""
    identity = {"serial": ohm.serial(), "reason": ohm.boot_reason()}
    try:
        Board(ohm.Engine(), ohm.Stream(), FlashFiles("/board"), identity).run()
    finally:
        ohm.stop()


main()
