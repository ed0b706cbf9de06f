"""What can be wrong with an emulator's set-up, by type."""

from __future__ import annotations


class EmulatorError(Exception):
    """The emulator cannot do what was asked. The message says what, and what would be right."""


class ParameterError(EmulatorError):
    """A parameter is unknown or outside its validity.

    Attributes:
        parameter: name of the parameter.
        valid: what would be right, in words.
    """

    def __init__(self, parameter: str, given: object, valid: str) -> None:
        super().__init__(f"{parameter} must be {valid}, not {given!r}")
        self.parameter = parameter
        self.valid = valid


class StaleBuild(EmulatorError):
    """The compiled part of the emulator does not go with its sources."""


class PresetError(EmulatorError):
    """A preset is unknown or its file is wrong."""


class StateError(EmulatorError):
    """A state folder belongs to another emulator or is damaged."""


class NetworkError(EmulatorError):
    """The voltages of a resistive network cannot be worked out."""


class FloatingError(NetworkError):
    """Part of a network has no path to anything that is driven: its voltage is anything at all."""


class ConvergenceError(NetworkError):
    """An iteration did not reach its tolerance, and no other way to the solution was left."""
