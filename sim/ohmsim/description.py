"""The interface board as hardware/board.toml describes it: the part that the emulated front end needs, in SI units."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from math import pi
from pathlib import Path
from typing import Any

FILE = "board.toml"


def board_file() -> str:
    """Text of the description: in a checkout the one that the board is designed by, else the one in the package."""
    designed = Path(__file__).parents[2] / "hardware" / FILE
    return designed.read_text() if designed.is_file() else (resources.files("ohmsim") / FILE).read_text()


@dataclass(frozen=True, slots=True)
class Description:
    """What the front end is made of.

    Attributes:
        v_per_code, zero_code: nominal transfer of a line driver.
        tol_offset_v, tol_gain: its worst case before calibration.
        line_most_v: largest magnitude that a line can be asked for; line_noise_v: of its driver, rms of one sample.
        riso_ohm: behind a row driver, inside its loop; driver_tau_s: time constant of that loop.
        driver_tau_s_per_s: what each siemens on the row adds to it.
        switch_ohm: of a row's switch, to its driver or to ground.
        swing_v: largest output of drivers and amplifiers without a load; driver_saturated_ohm, amplifier_saturated_ohm:
            how much less it is for each ampere.
        rf_ohm: transimpedance of the ranges L, M, H; rf_tol: how far it may be off; rf_tau_s: its time constant;
        rf_tau_s_per_s: what each siemens on a column adds to it.
        reference_tau_s: of a column's reference when a pulse begins; column_f: at a column besides what is connected.
        amplifier_offset_v: largest input offset of a column amplifier; amplifier_v_rthz: its input noise, V/sqrt(Hz).
        adc_span_v: full scale while reading and while programming; adc_noise_v: rms of one sample at each.
        adc_tol: of a reading; adc_crosstalk: of a neighbouring channel; adc_tau_s: of its filter, one pole.
        trip_pos_v, trip_neg_v: amplifier output at which the comparators trip; trip_delay_ns: until lines are off.
        dac_word_ns, dac_update_ns: one word to a line, and the common update.
        latch_ns, adc_frame_ns: pattern and result frame of each group of `group` lines (boards are stacked in eights).
        conversion_ns: of 2^k internal samples, by k.
        group: lines on one board of a stack.
        rails_v: nominal supplies of the analogue part, positive and negative.
        watchdog_ns: the processor is reset if it was not fed for so long.
    """

    v_per_code: float
    zero_code: int
    tol_offset_v: float
    tol_gain: float
    line_most_v: float
    line_noise_v: float
    riso_ohm: float
    driver_tau_s: float
    driver_tau_s_per_s: float
    switch_ohm: float
    swing_v: float
    driver_saturated_ohm: float
    amplifier_saturated_ohm: float
    rf_ohm: tuple[float, ...]
    rf_tol: tuple[float, ...]
    rf_tau_s: tuple[float, ...]
    rf_tau_s_per_s: tuple[float, ...]
    reference_tau_s: float
    column_f: float
    amplifier_offset_v: float
    amplifier_v_rthz: float
    adc_span_v: tuple[float, float]
    adc_noise_v: tuple[float, float]
    adc_tol: float
    adc_crosstalk: float
    adc_tau_s: float
    trip_pos_v: float
    trip_neg_v: float
    trip_delay_ns: int
    dac_word_ns: int
    dac_update_ns: int
    latch_ns: int
    adc_frame_ns: int
    conversion_ns: tuple[int, ...]
    group: int
    rails_v: tuple[float, float]
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
        feedback_s = toml["parts"]["r_shift_ohm"] * float(toml["parts"]["c_fb_drv"].removesuffix("p")) * 1e-12
        driver_s = 1 / (2 * pi * line["gain_bandwidth_hz"])
        input_ohm = toml["parts"]["r_input_ohm"]
        amplifier_s = 1 / (2 * pi * toml["amplifier"]["gain_bandwidth_hz"])

        def slow_s(entry: dict[str, Any]) -> float:
            return float(amplifier_s * (1 + toml["amplifier"]["output_ohm"] / entry["rf_ohm"]))

        ranges = sorted(toml["range"], key=lambda each: "LMH".index(each["name"]))
        return cls(
            v_per_code=line["scale_v_per_code"],
            zero_code=line["zero_code"],
            tol_offset_v=line["tol_offset_v"],
            tol_gain=line["tol_gain"],
            line_most_v=-line["min_v"],
            line_noise_v=line["noise_uv_rms"] * 1e-6,
            riso_ohm=line["riso_ohm"],
            # Dominant pole of an amplifier with a gain of gain_bandwidth / f behind its output resistance Ro, C from
            # there and R from behind Riso back to its input, G on the line:
            # R C (1 + Riso G) + 2 (1 + (Riso + Ro) G) driver_s.
            driver_tau_s=feedback_s + 2 * driver_s,
            driver_tau_s_per_s=feedback_s * line["riso_ohm"] + 2 * driver_s * (line["riso_ohm"] + line["output_ohm"]),
            switch_ohm=line["switch_ron_ohm"],
            swing_v=line["swing_v"],
            driver_saturated_ohm=line["saturated_ohm"],
            amplifier_saturated_ohm=toml["amplifier"]["saturated_ohm"],
            rf_ohm=tuple(each["rf_ohm"] for each in ranges),
            rf_tol=tuple(each["tol"] for each in ranges),
            # The same with Cf around it, Rf from its output to the line, Rin from there to its input, G on the line:
            # Cf (Rf + Rin + Rf Rin G) + (1 + Rf G) (1 + Ro / Rf) amplifier_s.
            rf_tau_s=tuple((each["rf_ohm"] + input_ohm) * each["cf_pf"] * 1e-12 + slow_s(each) for each in ranges),
            rf_tau_s_per_s=tuple(
                each["rf_ohm"] * (input_ohm * each["cf_pf"] * 1e-12 + slow_s(each)) for each in ranges
            ),
            reference_tau_s=toml["amplifier"]["reference_us"] * 1e-6,
            column_f=toml["amplifier"]["line_pf"] * 1e-12,
            amplifier_offset_v=toml["amplifier"]["offset_uv"] * 1e-6,
            amplifier_v_rthz=toml["amplifier"]["noise_nv_rthz"] * 1e-9,
            adc_span_v=(2.5, 10.0),
            adc_noise_v=(adc["noise_uv_rms"]["v2_5"] * 1e-6, adc["noise_uv_rms"]["v10"] * 1e-6),
            adc_tol=adc["tol"],
            adc_crosstalk=adc["crosstalk"],
            adc_tau_s=1 / (2 * pi * adc["bandwidth_hz"]),
            trip_pos_v=trip["v_pos"],
            trip_neg_v=trip["v_neg"],
            trip_delay_ns=trip["delay_ns"],
            dac_word_ns=word_ns,
            dac_update_ns=200,
            latch_ns=latch_ns,
            adc_frame_ns=frame_ns,
            conversion_ns=tuple(us * 1000 for us in adc["conv_us"].values()),
            group=toml["board"]["rows"],
            rails_v=(line["rail_v"], -line["rail_v"]),
            watchdog_ns=toml["limits"]["watchdog_ms"] * 1_000_000,
        )
