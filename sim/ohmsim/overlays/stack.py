"""The overlays of a device, in order: the model wears, its state ages, and its conductance is told at a temperature."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ohmsim.devices.base import Device
from ohmsim.noise import NoiseSource
from ohmsim.overlays.ageing import Ageing, Law
from ohmsim.overlays.drift_cmo import DriftCmo, DriftCmoParameters
from ohmsim.overlays.drift_pcm import DriftPcm, DriftPcmParameters
from ohmsim.overlays.passing import Passing
from ohmsim.overlays.relaxation import Relaxation, RelaxationParameters
from ohmsim.overlays.temperature import ROOM_K, Temperature, TemperatureParameters
from ohmsim.overlays.wear import Wear, WearParameters
from ohmsim.parameters import checked
from ohmsim.state import State

SECTIONS = ("relaxation", "drift_cmo", "drift_pcm", "wear", "temperature")
"""Sections of parameters, by the name of the overlay's file."""


def with_overlays(
    device: Device,
    parameters: Mapping[str, Mapping[str, object]],
    noise: NoiseSource,
    state: State,
    now_s: Callable[[], float],
) -> Device:
    """`device` with what its parameters switch on; itself if that is nothing.

    `parameters` come by section, and sections that are not there are off; `now_s` tells seconds since the emulator's
    start. Raises ParameterError, naming section and parameter.
    """
    relaxation = checked(RelaxationParameters, parameters.get("relaxation", {}), "relaxation.")
    cmo = checked(DriftCmoParameters, parameters.get("drift_cmo", {}), "drift_cmo.")
    pcm = checked(DriftPcmParameters, parameters.get("drift_pcm", {}), "drift_pcm.")
    wear = checked(WearParameters, parameters.get("wear", {}), "wear.")
    temperature = checked(TemperatureParameters, parameters.get("temperature", {}), "temperature.")
    if device.timed:
        device = Passing(device, now_s)
    if wear.hardening or wear.endurance:
        device = Wear(device, wear, noise, state)
    laws: list[Law] = []
    if relaxation.scale:
        laws.append(Relaxation(relaxation))
    if cmo.scale:
        laws.append(DriftCmo(cmo))
    if pcm.scale:
        laws.append(DriftPcm(pcm))
    if laws:
        device = Ageing(device, laws, temperature.acceleration, noise, state, now_s)
    if temperature.kelvin != ROOM_K and temperature.coefficient:
        device = Temperature(device, temperature)
    return device
