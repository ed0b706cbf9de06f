"""`python -m ohmsim`: start emulated boards and say where they are."""

from __future__ import annotations

import sys

from ohmsim.errors import StaleBuild


def run() -> int:
    """Run the emulator; 2 if its compiled part does not go with its sources."""
    try:
        from ohmsim.launch import main
    except StaleBuild as error:
        sys.stderr.write(f"ohmsim: {error}\n")
        return 2
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(run())
