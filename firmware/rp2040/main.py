"""The application on the board's own hardware. Ctrl-C at the start of a line ends it, with the lines safe."""

import time

import machine
import ohm
from application import Application
from flash_files import FlashFiles

FAREWELL_MS = 50
"""The last reply is on its way to the host."""


def main() -> None:
    """Run the board until it is interrupted or reset, or left for the boot loader."""
    identity = {"serial": ohm.serial(), "reason": ohm.boot_reason()}
    application = Application(identity["reason"])
    board = application.board()
    identity.update(application.facts)
    try:
        board(ohm.Engine(), ohm.Stream(), FlashFiles("/board"), identity, boot_loader=True).run()
    finally:
        ohm.stop()
    time.sleep_ms(FAREWELL_MS)
    machine.bootloader()


main()
