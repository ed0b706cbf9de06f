"""Presets: a device class with its parameters, range, recommended limits and amplitudes, and where they come from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib import resources
from typing import Any

from ohmsim.description import Description
from ohmsim.errors import ParameterError, PresetError
from ohmsim.frontend import BOARD, FrontEndParameters
from ohmsim.overlays.stack import SECTIONS as OVERLAYS

Table = Mapping[str, Any]
Setting = float | str

FRONT_END = "front_end"
SECTIONS = ("device", "read_noise", "current_noise", "stuck", "selector", *OVERLAYS, "network", FRONT_END)
"""Sections whose parameters may be set from outside, as `section.name=value`."""

FRONT_ENDS = ("nominal", "board")
"""What `front_end=` may be as a whole: without deviations, or with all that the board's description states."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One preset.

    Attributes:
        name: of its file. model: name of the device model. description, source: for people.
        set_polarity: 1 if a row more positive than its column drives towards SET, else -1.
        low_s, high_s: ends of the usable conductance range, S.
        limits, programming: recommendations for a device file (SI units).
        parameters: by section of SECTIONS.
    """

    name: str
    model: str
    description: str
    source: str
    set_polarity: int
    low_s: float
    high_s: float
    limits: Table
    programming: Table
    parameters: Mapping[str, Mapping[str, object]]

    @classmethod
    def load(cls, name: str) -> Preset:
        """The preset of that name. Raises PresetError, which lists the names that exist."""
        if name not in names():
            raise PresetError(f"there is no preset {name!r}; presets are {', '.join(names())}")
        text = (resources.files("ohmsim") / "presets" / f"{name}.toml").read_text()
        toml: Table = tomllib.loads(text)
        try:
            about, span = toml["preset"], toml["range"]
            return cls(
                name=name,
                model=about["model"],
                description=about["description"],
                source=about["source"],
                set_polarity=about["set_polarity"],
                low_s=span["low_s"],
                high_s=span["high_s"],
                limits=toml["limits"],
                programming=toml["programming"],
                parameters={section: toml.get(section, {}) for section in SECTIONS},
            )
        except KeyError as error:
            raise PresetError(f"preset {name} lacks {error}") from error

    def changed(self, settings: Mapping[str, Setting]) -> Preset:
        """The same preset with some parameters set, by `section.name`; `front_end` alone is one of FRONT_ENDS.

        Raises ParameterError for an unknown section, front end, or text where a number belongs.
        """
        parameters = {section: dict(values) for section, values in self.parameters.items()}
        if FRONT_END in settings:
            for section, values in _front_end(settings[FRONT_END]).items():
                parameters[section] |= values
        for key, value in settings.items():
            if key == FRONT_END:
                continue
            section, _, name = key.partition(".")
            if section not in parameters or not name:
                raise ParameterError(key, value, f"named section.parameter with a section of {', '.join(SECTIONS)}")
            parameters[section][name] = _number(key, value)
        return replace(self, parameters=parameters)

    def describe(self) -> dict[str, object]:
        """Everything about the preset, ready for JSON."""
        return asdict(self)


def names() -> list[str]:
    """Names of the presets that exist."""
    folder = resources.files("ohmsim") / "presets"
    return sorted(each.name.removesuffix(".toml") for each in folder.iterdir() if each.name.endswith(".toml"))


def _front_end(name: Setting) -> dict[str, dict[str, float]]:
    """Parameters by section of a front end as a whole: amplifiers and converters, and the switches of the rows."""
    if name not in FRONT_ENDS:
        raise ParameterError(FRONT_END, name, f"one of {', '.join(FRONT_ENDS)}")
    if name == "nominal":
        return {FRONT_END: asdict(FrontEndParameters()), "network": {"row_ohm": 0.0}}
    return {FRONT_END: asdict(BOARD), "network": {"row_ohm": Description.load().switch_ohm}}


def _number(key: str, value: Setting) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise ParameterError(key, value, "a number") from error
