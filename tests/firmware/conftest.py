"""Lets the test files import rig, on which they run under MicroPython as well."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
