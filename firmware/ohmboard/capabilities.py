"""What the board can do, in one JSON line."""

import json

from ohmboard import _board, engine_codes
from ohmboard.sizes import MAX_LINE, MAX_PULSES, MAX_READINGS

FEATURES = ("abort", "block", "calibration", "effects", "lease", "multiply", "progress")

BOOT_LOADER = "boot_loader"


def max_vectors(rows: int, cols: int) -> int:
    """Vectors in one multiplication: inputs and outputs each fit one line and one buffer."""
    return MAX_READINGS // max(rows, cols)


def capabilities(serial: str, firmware: str, rows: int, cols: int, calibration: str, boot_loader: bool) -> str:
    """The line; volts in uV, times in ns, currents in units of 10 pA."""
    board = _board.ENGINE
    facts = {
        "protocol": _board.PROTOCOL,
        "board": _board.NAME,
        "revision": _board.REVISION,
        "serial": serial,
        "firmware": firmware,
        "rows": rows,
        "cols": cols,
        "max_pulses": MAX_PULSES,
        "max_readings": MAX_READINGS,
        "max_vectors": max_vectors(rows, cols),
        "max_line": MAX_LINE,
        "ranges": [{"name": name, "full_scale_a_e11": scale} for name, scale in _board.RANGES],
        "limits": {
            "v_cell_uv": board[engine_codes.BOARD_V_CELL_UV],
            "v_read_uv": board[engine_codes.BOARD_V_READ_UV],
            "v_read_unarmed_uv": board[engine_codes.BOARD_V_READ_UNARMED_UV],
            "pulse_min_ns": board[engine_codes.BOARD_PULSE_MIN_NS],
            "pulse_max_ns": board[engine_codes.BOARD_PULSE_MAX_NS],
            "range_max": board[engine_codes.BOARD_RANGE_MAX],
            "pulses_max": board[engine_codes.BOARD_PULSES_MAX],
            "exchange_max_ns": board[engine_codes.BOARD_EXCHANGE_MAX_NS],
        },
        "line": {
            "min_uv": board[engine_codes.BOARD_LINE_MIN_UV],
            "max_uv": board[engine_codes.BOARD_LINE_MAX_UV],
            "tol_offset_uv": board[engine_codes.BOARD_LINE_TOL_OFFSET_UV],
            "tol_gain_ppm": board[engine_codes.BOARD_LINE_TOL_GAIN_PPM],
            "lsb_nv": _board.LINE_LSB_NV,
        },
        "calibration": calibration,
        "features": list(FEATURES + ((BOOT_LOADER,) if boot_loader else ())),
    }
    return json.dumps(facts)
