"""Writes the schematic: python -m ohm8.schematic FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from ohm8.circuit.board import board
from ohm8.schematic.project import write

write(board(), Path(sys.argv[1]))
