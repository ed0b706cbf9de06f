"""Emulated boards for the command line, tests and demonstrations, which reach links only through a station."""

from __future__ import annotations

from ohmloop.link.child import EmulatedBoard, EmulatorFailed, EmulatorProcess
from ohmloop.link.control import Control, ControlRefused

__all__ = ["Control", "ControlRefused", "EmulatedBoard", "EmulatorFailed", "EmulatorProcess"]
