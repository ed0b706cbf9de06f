"""A board whose firmware runs in MicroPython's unix port, on the same hardware and in the same time as on CPython."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ohmsim.board import Spec
from ohmsim.child import Child, ChildError, Handler
from ohmsim.hal import Hal
from ohmsim.hal_bridge import RAILS
from ohmsim.targets.remote import RemoteBoard
from ohmsim.wire.port import Port

PROGRAM = "ohmboard-unix"
MAIN = "ohm_main"


class UnixBoard(RemoteBoard):
    """One board on MicroPython's unix port. Raises ParameterError, StateError, ChildError."""

    hal: Hal

    def __init__(self, spec: Spec, ports: Sequence[Port], firmware: Path) -> None:
        self._program = firmware / PROGRAM
        if not self._program.is_file():
            raise ChildError(f"there is no {PROGRAM} in {firmware}: make firmware")
        super().__init__(spec, ports)
        hal = self.hal
        self._handlers: dict[str, Handler] = {
            "dac_load": lambda words: hal.dac_load(int(words[0]), np.array(words[1:], np.uint16)),
            "dac_update": _told(hal.dac_update),
            "latch": lambda words: hal.latch(*(np.frombuffer(bytes.fromhex(word), np.uint8) for word in words)),
            "adc_span": _told(hal.adc_span),
            "adc_sample": self._adc_sample,
            "energise": _told(hal.energise),
            "energised": _asked(hal.energised),
            "gate_open": _told(hal.gate_open),
            "gate_wait": _asked(hal.gate_wait),
            "gate_close": _told(hal.gate_close),
            "rails": self._rails,
            "delay_ns": _told(hal.delay_ns),
            "clock_ns": _asked(hal.clock_ns),
            "watchdog": _told(hal.watchdog),
            "read": lambda words: f"ok {self.stream.read(int(words[0])).hex()}",
            "write": lambda words: self.stream.write(bytes.fromhex("".join(words))),
            "file_read": self._file_read,
            "file_write": self._file_write,
            "file_remove": self._file_remove,
            "file_names": lambda _: " ".join(["ok", *self.files.names()]),
        }

    def _run_firmware(self, identity: dict[str, str]) -> None:
        environment = {**os.environ, "OHM_SERIAL": identity["serial"], "OHM_BOOT_REASON": identity["reason"]}
        geometry = str(self.spec.rows), str(self.spec.cols)
        self._child = child = Child([str(self._program), "-m", MAIN, *geometry], environment)
        try:
            self._serve(child, self._handlers)
        finally:
            child.end()

    # --- what the firmware asks ---

    def _adc_sample(self, words: list[str]) -> str:
        codes = np.zeros(int(words[1]), np.int16)
        result = self.hal.adc_sample(int(words[0]), codes)
        return " ".join(map(str, ["ok", result, *codes.tolist()]))

    def _rails(self, words: list[str]) -> str:
        uv = np.zeros(RAILS, np.int32)
        self.hal.rails(uv)
        return " ".join(map(str, ["ok", *uv.tolist()]))

    def _file_read(self, words: list[str]) -> str:
        data = self.files.read(words[0])
        return "ok none" if data is None else f"ok x{data.hex()}"

    def _file_write(self, words: list[str]) -> str:
        try:
            self.files.write(words[0], bytes.fromhex(words[1][1:]))
        except OSError as error:
            return f"ok {error.errno}"
        return "ok"

    def _file_remove(self, words: list[str]) -> str:
        self.files.remove(words[0])
        return "ok"


def _told(method: Callable[..., None]) -> Handler:
    """A method that takes integers and is not waited for."""
    return lambda words: method(*map(int, words))


def _asked(method: Callable[..., int]) -> Handler:
    """A method that takes integers and answers one."""
    return lambda words: f"ok {method(*map(int, words))}"
