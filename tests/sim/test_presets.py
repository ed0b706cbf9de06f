"""Presets and parameters: what is not valid is refused by name, with what would be."""

import math

import pytest

from ohmsim.board import Spec, build_cells
from ohmsim.devices import MODELS, VteamParameters
from ohmsim.errors import ParameterError, PresetError
from ohmsim.noise import NoiseSource
from ohmsim.parameters import checked, validities
from ohmsim.preset import SECTIONS, Preset, names
from ohmsim.state import State


@pytest.mark.parametrize("name", names())
def test_every_preset_is_complete_and_consistent(name: str) -> None:
    preset = Preset.load(name)
    assert preset.model in MODELS
    assert preset.set_polarity in (1, -1)
    assert len(preset.source) > 40
    assert 0 < preset.low_s < preset.high_s
    programming, limits = preset.programming, preset.limits
    assert programming["read_volts"] < limits["v_read"]
    for direction in ("set", "reset"):
        ladder = [programming[f"{step}_{direction}_v"] for step in ("start", "nominal", "largest")]
        assert ladder == sorted(ladder)
        assert ladder[-1] * 1.0025 + 0.01 <= limits[f"v_{direction}"]  # worst case of two lines


@pytest.mark.parametrize("name", names())
def test_the_range_is_usable_by_nearly_every_cell(name: str) -> None:
    preset = Preset.load(name)
    cells = build_cells(Spec("b0", 64, 64, 1, preset), NoiseSource(1, "b0"), State())
    low_s, high_s = cells.device.bounds_s
    assert (low_s < preset.low_s).mean() > 0.998
    assert (high_s > preset.high_s).mean() > 0.995


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(PresetError, match="vteam"):
        Preset.load("../vteam")


@pytest.mark.parametrize("key", ["v_set", "cells.v_set", "device.", ".v_set", "device"])
def test_settings_need_a_section(key: str) -> None:
    with pytest.raises(ParameterError):
        Preset.load("vteam").changed({key: 1.0})


@pytest.mark.parametrize(
    ("name", "value"),
    [("v_set", 0.0), ("v_set", 50.0), ("v_set", math.nan), ("v_set", math.inf), ("v_set", "1"), ("v_set", True)],
)
def test_a_value_outside_its_validity_is_refused_with_its_range(name: str, value: object) -> None:
    with pytest.raises(ParameterError, match=r"device\.v_set must be .*from 0\.01 to 5 V") as caught:
        checked(VteamParameters, {name: value}, "device.")
    assert caught.value.parameter == "device.v_set"


def test_an_unknown_parameter_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="rate_set"):
        checked(VteamParameters, {"speed": 1.0})


def test_settings_reach_their_section_and_leave_the_preset_alone() -> None:
    preset = Preset.load("vteam")
    changed = preset.changed({"device.v_set": 0.8, "read_noise.white": 0.0})
    assert changed.parameters["device"]["v_set"] == 0.8
    assert preset.parameters["device"]["v_set"] == 0.9
    assert set(changed.parameters) == set(SECTIONS)


def test_defaults_are_within_their_own_validity() -> None:
    for _, parameters in MODELS.values():
        defaults = parameters()
        for name, valid in validities(parameters):
            assert valid.low <= getattr(defaults, name) <= valid.high
