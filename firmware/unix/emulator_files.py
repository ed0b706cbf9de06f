"""The board's files, kept by the emulator."""

import binascii

import emulator


class EmulatorFiles:
    """Raw files. A write that the emulator cuts never returns: the process ends, as a processor without supply does."""

    def read(self, name: str) -> "bytes | None":
        """The content, or None if there is no such file."""
        reply = emulator.ask("file_read " + name)
        return None if reply == "none" else binascii.unhexlify(reply[1:])

    def write(self, name: str, data: bytes) -> None:
        """Replace the content."""
        error = emulator.ask("file_write " + name + " x" + binascii.hexlify(data).decode())
        if error:
            raise OSError(int(error))

    def remove(self, name: str) -> None:
        """Remove the file."""
        emulator.ask("file_remove " + name)

    def names(self) -> "list[str]":
        """What there is."""
        return emulator.ask("file_names").split()
