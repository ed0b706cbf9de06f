"""The whole board as one design."""

from __future__ import annotations

from ohm8.circuit.arming import arming
from ohm8.circuit.calibration import calibration
from ohm8.circuit.columns import columns
from ohm8.circuit.connectors import connectors
from ohm8.circuit.controller import controller
from ohm8.circuit.converters import converters
from ohm8.circuit.latches import latches
from ohm8.circuit.model import Design
from ohm8.circuit.power import power
from ohm8.circuit.rows import rows

REVISION = "A"


def board() -> Design:
    """The 8 x 8 interface board."""
    sheets = (rows(), columns(), converters(), latches(), arming(), calibration(), power(), controller(), connectors())
    return Design("ohm8", "8 x 8 crossbar interface", REVISION, sheets)
