"""What a board says of itself: capabilities once, state whenever it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ohmloop.crossbar import Capabilities, Geometry, Limits, LineAccuracy, ProtocolError
from ohmloop.drivers.compatibility import require_protocol
from ohmloop.drivers.words import CURRENT_UNITS, RANGES, LimitWords

MICROVOLT = 1e-6
"""Resolution of a voltage on the wire, V."""


@dataclass(frozen=True, slots=True)
class BoardState:
    """State of a board at one moment.

    Attributes:
        generation: of set-up and lease. effects: exchanges of pulses since its boot.
        armed: hash of the armed device file, or None. latched: reason of a shutdown, or None.
        latch: shutdowns since its boot; the number of the one that is latched.
        limits: in force.
    """

    generation: int
    effects: int
    armed: str | None
    latched: str | None
    latch: int
    limits: LimitWords


def parse_capabilities(text: str, place: str) -> Capabilities:
    """What SYSTem:CAPabilities? of the board at `place` answers. Raises FirmwareMismatch, ProtocolError."""
    facts = _json(text)
    try:
        protocol = facts["protocol"]
        require_protocol(protocol, facts.get("serial", "?"), place)
        limits, line = facts["limits"], facts["line"]
        cell_v = limits["v_cell_uv"] / 1e6
        return Capabilities(
            board=f"{facts['board']} {facts['revision']}",
            serial=facts["serial"],
            firmware=facts["firmware"],
            protocol=protocol,
            geometry=Geometry(facts["rows"], facts["cols"]),
            max_pulses=facts["max_pulses"],
            max_readings=facts["max_readings"],
            max_vectors=facts["max_vectors"],
            full_scale_a={r["name"]: r["full_scale_a_e11"] / CURRENT_UNITS for r in facts["ranges"]},
            limits=Limits(
                v_read=limits["v_read_uv"] / 1e6,
                v_set=cell_v,
                v_reset=cell_v,
                width_max_s=limits["pulse_max_ns"] / 1e9,
                range_max=RANGES[limits["range_max"]],
                pulses_max=limits["pulses_max"],
            ),
            v_read_unarmed=limits["v_read_unarmed_uv"] / 1e6,
            pulse_min_s=limits["pulse_min_ns"] / 1e9,
            exchange_max_s=limits["exchange_max_ns"] / 1e9,
            accuracy=_accuracy(line),
            calibration=facts["calibration"],
            features=frozenset(facts["features"]),
        )
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ProtocolError(f"the board's capabilities are not understood ({error!r}): {text[:200]}") from error


def _accuracy(line: Mapping[str, int]) -> LineAccuracy:
    """Offset and gain as the board checks them: it adds the tolerance to what the converter's rounding may add."""
    gain = line["tol_gain_ppm"] / 1e6
    rounding_v = line["lsb_nv"] / 2e9 + MICROVOLT
    return LineAccuracy(line["tol_offset_uv"] / 1e6 + rounding_v * (1 + gain), gain)


def parse_state(text: str) -> BoardState:
    """What SYSTem:STATe? answers. Raises ProtocolError."""
    state = _json(text)
    try:
        return BoardState(
            state["generation"],
            state["effects"],
            state["armed"],
            state["latched"],
            state["latch"],
            LimitWords(**state["limits"]),
        )
    except (KeyError, TypeError) as error:
        raise ProtocolError(f"the board's state is not understood ({error!r}): {text[:200]}") from error


def _json(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise ProtocolError(f"the board sent {text[:200]!r}, which is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ProtocolError(f"the board sent {text[:200]!r}, which is not a JSON object")
    return value
