"""From the C engine's HAL to a Python object, without copies and without losing an exception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ohmsim.binding import ffi, lib


class EngineHal(Protocol):
    """What the engine needs of a board; ``ohm_hal.h`` states each function. Arrays are views of the engine's memory."""

    def dac_load(self, side: int, codes: NDArray[np.uint16]) -> None:
        """Load the converter of a side (0 rows, 1 columns)."""

    def dac_update(self) -> None:
        """Let all loaded codes reach their lines."""

    def latch(self, row_on: NDArray[np.uint8], col_range: NDArray[np.uint8]) -> None:
        """Set rows and column ranges."""

    def adc_span(self, span: int) -> None:
        """Set the input span of the current converter."""

    def adc_sample(self, log2_osr: int, codes: NDArray[np.int16]) -> int:
        """Convert all columns into `codes`; 0, or negative if the reply was bad."""

    def energise(self, on: int) -> None:
        """Set or clear the arm flip-flop."""

    def energised(self) -> int:
        """Whether it is set."""

    def gate_open(self, columns: int, width_ns: int) -> None:
        """Open the gate for a time."""

    def gate_wait(self, max_ns: int) -> int:
        """Wait for it to close; 1 while it is open."""

    def gate_close(self) -> None:
        """Close it now."""

    def rails(self, uv: NDArray[np.int32]) -> None:
        """What the monitors of positive and negative supply see, into `uv`."""

    def delay_ns(self, ns: int) -> None:
        """Let time pass."""

    def clock_ns(self) -> int:
        """Time since boot."""

    def watchdog(self) -> None:
        """Feed it."""


class HalBridge:
    """Joins one HAL object to one engine.

    An exception in the HAL cannot pass through C. The first one is kept; from then on the hardware answers as if it
    were gone (not energised, gate closed, converter bad), so that the engine returns at once, and `check` raises it.
    """

    def __init__(self, hal: EngineHal) -> None:
        self.hal = hal
        self.error: BaseException | None = None
        self._views: dict[int, NDArray[Any]] = {}
        self._handle = ffi.new_handle(self)
        self.table = ffi.new("ohm_hal *", {name: getattr(lib, f"sim_{name}") for name in NAMES})
        self.table.ctx = self._handle

    def check(self) -> None:
        """Raise what the HAL raised during the last call, if anything."""
        error, self.error = self.error, None
        if error is not None:
            raise error

    def view(self, pointer: Any, count: int, dtype: DTypeLike, *, writable: bool = False) -> NDArray[Any]:
        """The engine's memory as an array. The engine passes few arrays, each always at the same place."""
        address = int(ffi.cast("uintptr_t", pointer))
        array = self._views.get(address)
        if array is None or len(array) != count:
            size = np.dtype(dtype).itemsize * count
            array = np.frombuffer(ffi.buffer(pointer, size), dtype)
            array.flags.writeable = writable
            self._views[address] = array
        return array


NAMES: list[str] = []

RAILS = 2


def _callback(gone: int | None = None) -> Callable[[Callable[..., Any]], None]:
    """Make a function the C callback of its name; `gone` is the answer of hardware whose simulation has failed."""

    def register(function: Callable[..., Any]) -> None:
        def call(context: Any, *arguments: Any) -> Any:
            bridge: HalBridge = ffi.from_handle(context)
            if bridge.error is None:
                try:
                    return function(bridge, *arguments)
                except BaseException as error:  # noqa: BLE001 raised again as soon as the C call has returned
                    bridge.error = error
            return gone

        ffi.def_extern(name=f"sim{function.__name__}")(call)
        NAMES.append(function.__name__.removeprefix("_"))

    return register


@_callback()
def _dac_load(bridge: HalBridge, side: int, codes: Any, count: int) -> None:
    bridge.hal.dac_load(side, bridge.view(codes, count, np.uint16))


@_callback()
def _dac_update(bridge: HalBridge) -> None:
    bridge.hal.dac_update()


@_callback()
def _latch(bridge: HalBridge, row_on: Any, rows: int, col_range: Any, cols: int) -> None:
    bridge.hal.latch(bridge.view(row_on, rows, np.uint8), bridge.view(col_range, cols, np.uint8))


@_callback()
def _adc_span(bridge: HalBridge, span: int) -> None:
    bridge.hal.adc_span(span)


@_callback(gone=-1)
def _adc_sample(bridge: HalBridge, log2_osr: int, codes: Any, count: int) -> int:
    return bridge.hal.adc_sample(log2_osr, bridge.view(codes, count, np.int16, writable=True))


@_callback()
def _energise(bridge: HalBridge, on: int) -> None:
    bridge.hal.energise(on)


@_callback(gone=0)
def _energised(bridge: HalBridge) -> int:
    return bridge.hal.energised()


@_callback()
def _gate_open(bridge: HalBridge, columns: int, width_ns: int) -> None:
    bridge.hal.gate_open(columns, width_ns)


@_callback(gone=0)
def _gate_wait(bridge: HalBridge, max_ns: int) -> int:
    return bridge.hal.gate_wait(max_ns)


@_callback()
def _gate_close(bridge: HalBridge) -> None:
    bridge.hal.gate_close()


@_callback()
def _rails(bridge: HalBridge, uv: Any) -> None:
    bridge.hal.rails(np.frombuffer(ffi.buffer(uv, 4 * RAILS), np.int32))


@_callback()
def _delay_ns(bridge: HalBridge, ns: int) -> None:
    bridge.hal.delay_ns(ns)


@_callback(gone=0)
def _clock_ns(bridge: HalBridge) -> int:
    return bridge.hal.clock_ns()


@_callback()
def _watchdog(bridge: HalBridge) -> None:
    bridge.hal.watchdog()
