"""Behavioural models. Every figure is a catalogue value from memory (typical, 25 °C) unless another source is named.

They show what the circuit does with amplifiers and switches of these figures; they are not the makers' models.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Amplifier:
    """An op amp.

    Gain-bandwidth and second pole in Hz, slew rate in V/s, output resistance in ohm and current limit in A, input
    capacitance in F, noise in V/sqrt(Hz), headroom to the rails in V.
    """

    gain_bandwidth: float
    second_pole: float
    slew: float
    output_ohm: float
    limit_a: float
    input_f: float
    noise: float
    headroom: float = 0.3


OPA4197 = Amplifier(10e6, 25e6, 20e6, 60.0, 0.065, 8e-12, 5.5e-9)
TLV9154 = Amplifier(4.5e6, 15e6, 21e6, 60.0, 0.065, 5e-12, 10.8e-9)
AMPLIFIERS = {"OPA4197": OPA4197, "TLV9154": TLV9154}

SWITCH_ON_OHM = 3.0  # board.toml, [line] switch_ron_ohm
SWITCH_OFF_OHM = 1e10
SWITCH_F = 15e-12  # each side to ground
LOGIC_V = 1.5  # threshold of a switch's control

_BOLTZMANN = 1.38e-23
_KELVIN = 300.0
_OPEN_LOOP = 1e6
_STAGE_F = 1e-9

DIODES = (
    ".model BAV199 D(IS=1e-14 N=1.3 RS=1.5 CJO=2p TT=1u)",
    ".model BAV99 D(IS=3e-9 N=1.75 RS=0.6 CJO=1.5p TT=6n)",
)


def subcircuit(name: str, amplifier: Amplifier, rail: float) -> str:
    """The amplifier as `.subckt name plus minus out`, supplied from +-`rail` volts."""
    gm = 6.2832 * amplifier.gain_bandwidth * _STAGE_F
    most = amplifier.slew * _STAGE_F
    top = rail - amplifier.headroom
    noisy = amplifier.noise**2 / (4 * _BOLTZMANN * _KELVIN)
    second = 1 / (6.2832 * amplifier.second_pole * 1e3)
    return "\n".join(
        (
            f".subckt {name} p n o",
            f"Cp p 0 {amplifier.input_f:g}",
            f"Cn n 0 {amplifier.input_f:g}",
            f"Rn p q {noisy:g}",  # its thermal noise is the amplifier's
            f"Bg 0 x I = {most:g}*tanh({gm:g}*V(q,n)/{most:g})",
            f"Cx x 0 {_STAGE_F:g}",
            f"Rx x 0 {_OPEN_LOOP / gm:g}",
            f"Bw x 0 I = 0.1*(max(V(x)-{top + 0.2:g},0) + min(V(x)+{top + 0.2:g},0))",
            "Ry x y 1k",
            f"Cy y 0 {second:g}",
            f"Bo 0 o I = {amplifier.limit_a:g}*tanh((max(min(V(y),{top:g}),{-top:g})-V(o))/"
            f"{amplifier.output_ohm * amplifier.limit_a:g})",
            ".ends",
        )
    )
