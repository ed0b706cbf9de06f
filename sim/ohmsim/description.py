"""The interface board as hardware/board.toml describes it: the part that the emulated front end needs, in SI units."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

FILE = "board.toml"


def board_file() -> str:
    """Text of the description: shipped inside the package; in a checkout, where the board is designed."""
    shipped = resources.files("ohmsim") / FILE
    if shipped.is_file():
        return shipped.read_text()
    return (Path(__file__).parents[2] / "hardware" / FILE).read_text()


@dataclass(frozen=True, slots=True)
class Description:
    """What the front end is made of.

    Attributes:
        v_per_code, zero_code: nominal transfer of a line driver.
        tol_offset_v, tol_gain: its worst case before calibration.
        rf_ohm: transimpedance of the ranges L, M, H.
        adc_span_v: full scale while reading and while programming; adc_noise_v: rms of one sample at each.
        trip_pos_v, trip_neg_v: amplifier output at which the comparators trip; trip_delay_ns: until lines are off.
        dac_word_ns, dac_update_ns: one word to a line, and the common update.
        latch_ns, adc_frame_ns: pattern and result frame of each group of `group` lines (boards are stacked in eights).
        conversion_ns: of 2^k internal samples, by k.
        group: lines on one board of a stack.
        watchdog_ns: the processor is reset if it was not fed for so long.
    """

    v_per_code: float
    zero_code: int
    tol_offset_v: float
    tol_gain: float
    rf_ohm: tuple[float, ...]
    adc_span_v: tuple[float, float]
    adc_noise_v: tuple[float, float]
    trip_pos_v: float
    trip_neg_v: float
    trip_delay_ns: int
    dac_word_ns: int
    dac_update_ns: int
    latch_ns: int
    adc_frame_ns: int
    conversion_ns: tuple[int, ...]
    group: int
    watchdog_ns: int

    @classmethod
    def load(cls) -> Description:
        """Read the board's description."""
        toml: dict[str, Any] = tomllib.loads(board_file())
        clock, dac, line, adc, trip = (toml[name] for name in ("clock", "dac", "line", "adc", "trip"))
        # Gaps between words and frames from the board notes: chip-select handling of the port, 0.33 to 0.5 us.
        word_ns = max(round(dac["frame_bits"] / clock["spi0_dac_hz"] * 1e9) + 330, dac["min_frame_period_ns"])
        latch_ns = round(toml["latch"]["bits"] / clock["spi0_latch_hz"] * 1e9) + 350
        frame_ns = round(adc["channels"] * adc["bits"] / clock["spi1_adc_hz"] * 1e9) + 500
        ranges = {each["name"]: each["rf_ohm"] for each in toml["range"]}
        return cls(
            v_per_code=line["scale_v_per_code"],
            zero_code=line["zero_code"],
            tol_offset_v=line["tol_offset_v"],
            tol_gain=line["tol_gain"],
            rf_ohm=(ranges["L"], ranges["M"], ranges["H"]),
            adc_span_v=(2.5, 10.0),
            adc_noise_v=(adc["noise_uv_rms"]["v2_5"] * 1e-6, adc["noise_uv_rms"]["v10"] * 1e-6),
            trip_pos_v=trip["v_pos"],
            trip_neg_v=trip["v_neg"],
            trip_delay_ns=trip["delay_ns"],
            dac_word_ns=word_ns,
            dac_update_ns=200,
            latch_ns=latch_ns,
            adc_frame_ns=frame_ns,
            conversion_ns=tuple(us * 1000 for us in adc["conv_us"].values()),
            group=toml["board"]["rows"],
            watchdog_ns=toml["limits"]["watchdog_ms"] * 1_000_000,
        )
