"""Behavioural models. Every figure is a catalogue value from memory (typical, 25 °C) unless another source is named.

They show what the circuit does with amplifiers and switches of these figures; they are not the makers' models.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Amplifier:
    """An op amp.

    Gain-bandwidth and second pole in Hz, slew rate in V/s, open-loop output resistance at 1 MHz in ohm, current limit
    in A, resistance that the output stage leaves to a rail in ohm (so the swing shrinks with the load), input
    capacitance in F, noise in V/sqrt(Hz), headroom to the rails in V, supply below which it does nothing in V.
    """

    gain_bandwidth: float
    second_pole: float
    slew: float
    output_ohm: float
    limit_a: float
    saturated_ohm: float
    input_f: float
    noise: float
    headroom: float
    supply: float


# Gain-bandwidth, slew rate, noise and current: first page of SBOS737 (OPA197). Its output resistance is 3 kilohm at DC
# (maker's forum) and, from memory, 375 ohm at 1 MHz; a lower one is easier on every loop. What is
# left to a rail, 0.43 V at 9 mA and 0.5 V at most, is from memory too.
OPA4197 = Amplifier(10e6, 25e6, 20e6, 375.0, 0.065, 50.0, 8e-12, 5.5e-9, 0.1, 4.5)
TLV9154 = Amplifier(4.5e6, 15e6, 21e6, 525.0, 0.075, 30.0, 5e-12, 10.8e-9, 0.1, 2.7)
AMPLIFIERS = {"OPA4197": OPA4197, "OPA197": OPA4197, "TLV9154": TLV9154}

SWITCH_OFF_OHM = 1e10
SWITCH_F = 15e-12  # each side to ground
SWITCH_SUPPLY_V = 4.5  # total of both rails below which a switch is taken to be open
LOGIC_V = 1.5  # threshold of a gate or of a switch's control
GATE_S = 15e-9  # delay of a gate, a flip-flop; a switch's own is in board.toml
COMPARATOR_S = 60e-9  # MCP6567
COMPARATOR_ON_OHM = 50.0
ADC_INPUT_OHM = 1e6  # AD7606 family

_BOLTZMANN = 1.38e-23
_KELVIN = 300.0
_OPEN_LOOP = 1e6
_STAGE_F = 1e-9

DIODES = {
    "BAV199": "IS=1e-14 N=1.3 RS=1.5 CJO=2p TT=1u",
    "BAV99": "IS=3e-9 N=1.75 RS=0.6 CJO=1.5p TT=6n",
    "BAT54S": "IS=2e-7 N=1.05 CJO=10p",  # behind kilohms: a resistance of its own only hinders the solver
    "BAT54WS": "IS=2e-7 N=1.05 RS=2 CJO=10p",
}


def diodes() -> list[str]:
    """The models of all diodes."""
    return [f".model {name} D({figures})" for name, figures in DIODES.items()]


def subcircuit(name: str, amplifier: Amplifier) -> str:
    """The amplifier as `.subckt name plus minus out positive negative`.

    Its output sources and sinks at most the limit, and near a rail no more than the saturated stage passes: the smaller
    of the two, rounded where they meet.
    """
    gm = 6.2832 * amplifier.gain_bandwidth * _STAGE_F
    most = amplifier.slew * _STAGE_F
    beyond = amplifier.output_ohm * amplifier.limit_a  # the drive goes past the rails by what a full load takes
    noisy = amplifier.noise**2 / (4 * _BOLTZMANN * _KELVIN)
    second = 1 / (6.2832 * amplifier.second_pole * 1e3)
    limit, left = amplifier.limit_a, amplifier.saturated_ohm * amplifier.limit_a
    return "\n".join(
        (
            f".subckt {name} p n o vp vn",
            f"Cp p 0 {amplifier.input_f:g}",
            f"Cn n 0 {amplifier.input_f:g}",
            f"Rn p q {noisy:g}",  # its thermal noise is the amplifier's
            f"Bg 0 x I = {most:g}*tanh({gm:g}*V(q,n)/{most:g})",
            f"Cx x 0 {_STAGE_F:g}",
            f"Rx x 0 {_OPEN_LOOP / gm:g}",
            f"Bw x 0 I = max(V(x)-V(vp)-{beyond:g},0) + min(V(x)-V(vn)+{beyond:g},0)",
            "Ry x y 1k",
            f"Cy y 0 {second:g}",
            f"Bus us 0 V = max(V(vp)-V(o)-{amplifier.headroom:g},0)/{left:g}",
            f"Bds ds 0 V = max(V(o)-V(vn)-{amplifier.headroom:g},0)/{left:g}",
            f"Bu up 0 V = {limit:g}*V(us)/(1+V(us)**4)**0.25 + 1e-9",
            f"Bd dn 0 V = {limit:g}*V(ds)/(1+V(ds)**4)**0.25 + 1e-9",
            f"Bl live 0 V = 0.5*(1+tanh(5*(V(vp,vn)-{amplifier.supply:g})))",
            f"Bo 0 o I = V(live)*(V(y) > V(o) ? V(up)*tanh(V(y,o)/({amplifier.output_ohm:g}*V(up)))"
            f" : V(dn)*tanh(V(y,o)/({amplifier.output_ohm:g}*V(dn))))",
            ".ends",
        )
    )
