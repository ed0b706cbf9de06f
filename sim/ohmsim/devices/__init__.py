"""Models of memory cells, one a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ohmsim.devices.base import Device
from ohmsim.devices.mss import Mss, MssParameters
from ohmsim.devices.synaptogen import Synaptogen, SynaptogenParameters
from ohmsim.devices.vteam import Vteam, VteamParameters
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource
from ohmsim.parameters import checked
from ohmsim.state import State

if TYPE_CHECKING:
    from ohmsim.parameters import Parameters

__all__ = [
    "MODELS",
    "Device",
    "Mss",
    "MssParameters",
    "Synaptogen",
    "SynaptogenParameters",
    "Vteam",
    "VteamParameters",
    "build_device",
]

Build = Callable[[Any, int, NoiseSource, State], Device]

MODELS: dict[str, tuple[Build, type[Parameters]]] = {
    "mss": (Mss, MssParameters),
    "synaptogen": (Synaptogen, SynaptogenParameters),
    "vteam": (Vteam, VteamParameters),
}
"""Name of a model -> its class and the class of its parameters."""


def build_device(model: str, parameters: Mapping[str, object], cells: int, noise: NoiseSource, state: State) -> Device:
    """`cells` cells of the model of that name. Raises ParameterError."""
    if model not in MODELS:
        raise ParameterError("model", model, f"one of {', '.join(sorted(MODELS))}")
    kind, parameter_kind = MODELS[model]
    return kind(checked(parameter_kind, parameters, "device."), cells, noise, state)
