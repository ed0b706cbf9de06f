"""`python -m ohmsim`: start emulated boards and say where they are."""

from __future__ import annotations

import sys

from ohmsim.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
