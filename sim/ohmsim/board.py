"""One emulated board: cells, front end, hardware and wire, and the thread in which its firmware runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ohmboard.board import Board
from ohmsim.cells import CellArray
from ohmsim.clock import Clock
from ohmsim.description import Description
from ohmsim.devices import build_device
from ohmsim.engine import Engine
from ohmsim.errors import ParameterError
from ohmsim.files import Files, FolderFiles, MemoryFiles, PowerLost
from ohmsim.frontend import FrontEnd, FrontEndParameters
from ohmsim.hal import Hal, Reset
from ohmsim.hardware import Hardware
from ohmsim.network.wires import WireParameters, Wires
from ohmsim.noise import NoiseSource
from ohmsim.overlays.current_noise import CurrentNoise, CurrentNoiseParameters
from ohmsim.overlays.read_noise import ReadNoise, ReadNoiseParameters
from ohmsim.overlays.selector import Selector, SelectorParameters
from ohmsim.overlays.stack import with_overlays
from ohmsim.overlays.stuck import Stuck, StuckParameters
from ohmsim.overlays.temperature import TemperatureParameters
from ohmsim.parameters import checked
from ohmsim.preset import Preset
from ohmsim.processor import ProcessorEngine, ProcessorTimes
from ohmsim.record import Record
from ohmsim.state import State
from ohmsim.wire.port import Port
from ohmsim.wire.stream import BoardStopped, ProcessorReset, WireStream

LINES_MAX = 128
END_S = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a board is made of.

    Attributes:
        name: keys its random numbers together with `seed`; unique in an emulator.
        rows, cols: 1 to 128 each.
        preset: device class and parameters.
        folder: where its flash and its array live on between emulators, or None.
        realtime: hold it back to the wall clock.
        drive: folder that appears while it is in BOOTSEL mode, or None; the emulated RP2040 has one.
        engine_time: its processor takes no time: only converters, settling, gates and the wire do.
    """

    name: str
    rows: int
    cols: int
    seed: int
    preset: Preset
    folder: Path | None = None
    realtime: bool = False
    drive: Path | None = None
    engine_time: bool = False

    @property
    def serial(self) -> str:
        """Serial number; says that this board is simulated."""
        return f"SIM-{self.seed}-{self.name}"


def _at_rest() -> float:
    return 0.0


def build_cells(spec: Spec, noise: NoiseSource, state: State, now_s: Callable[[], float] = _at_rest) -> CellArray:
    """The array of a board; `now_s` tells its time, which stands still without it. Raises ParameterError."""
    for name, lines in (("rows", spec.rows), ("cols", spec.cols)):
        if not 1 <= lines <= LINES_MAX:
            raise ParameterError(name, lines, f"from 1 to {LINES_MAX}")
    preset, cells = spec.preset, spec.rows * spec.cols
    parameters = preset.parameters
    device = build_device(preset.model, parameters["device"], cells, noise, state)
    selector = None
    selecting = checked(SelectorParameters, parameters["selector"], "selector.")
    if selecting.gate_v:
        device = selector = Selector(device, selecting)
    device = with_overlays(device, parameters, noise, state, now_s)
    read_noise = checked(ReadNoiseParameters, parameters["read_noise"], "read_noise.")
    array = CellArray(
        spec.rows,
        spec.cols,
        device,
        ReadNoise(read_noise, spec.rows, spec.cols, noise, state),
        preset.set_polarity,
        Record(spec.rows, spec.cols, state),
        state,
    )
    array.stuck = Stuck.born(
        checked(StuckParameters, parameters["stuck"], "stuck."), cells, noise, preset.low_s, preset.high_s
    )
    array.selector = selector
    array.wires = Wires.of(checked(WireParameters, parameters["network"], "network."), spec.rows, spec.cols)
    current = checked(CurrentNoiseParameters, parameters["current_noise"], "current_noise.")
    if current.bandwidth:
        kelvin = checked(TemperatureParameters, parameters["temperature"]).kelvin
        array.current_noise = CurrentNoise(current, kelvin, spec.rows, spec.cols, noise)
    return array


def open_state(spec: Spec) -> State:
    """What the board's chip remembers. Raises StateError for a folder of another board."""
    if spec.folder is None:
        return State()
    identity = {
        "geometry": f"{spec.rows}x{spec.cols}",
        "seed": spec.seed,
        "board": spec.name,
        "preset": spec.preset.name,
        "parameters": spec.preset.parameters["device"],
    }
    return State(spec.folder / "array", identity)


class EmulatedBoard:
    """A board that runs. Its array and flash survive resets; everything else starts anew.

    Attributes:
        resets: restarts of the processor since the emulator began. crashes: errors that ended the application.

    Raises ParameterError, StateError.
    """

    def __init__(self, spec: Spec, ports: Sequence[Port]) -> None:
        self.spec = spec
        self.ports = ports
        noise, state = NoiseSource(spec.seed, spec.name), open_state(spec)
        clock = Clock(realtime=spec.realtime)
        self.cells = build_cells(spec, noise, state, lambda: clock.now_ns * 1e-9)
        description = Description.load()
        front_end = checked(FrontEndParameters, spec.preset.parameters["front_end"], "front_end.")
        front = FrontEnd(description, spec.rows, spec.cols, front_end, noise, state)
        self.hal = self._build_hardware(front, clock)
        self.files: Files = MemoryFiles() if spec.folder is None else FolderFiles(spec.folder / "flash")
        self.stream = WireStream(ports, self.hal)
        self.resets = 0
        self.crashes = 0
        self._thread = threading.Thread(target=self._run, name=f"board {spec.name}", daemon=True)

    @property
    def serial(self) -> str:
        """What the board gives as its serial number."""
        return self.spec.serial

    def _build_hardware(self, front: FrontEnd, clock: Clock) -> Hardware:
        """The hardware that the firmware runs on."""
        return Hal(self.cells, front, clock)

    def _run_firmware(self, identity: dict[str, str]) -> None:
        """Run the application until its processor is reset."""
        assert isinstance(self.hal, Hal)
        rows, cols = self.spec.rows, self.spec.cols
        engine = Engine(self.hal) if self.spec.engine_time else ProcessorEngine(self.hal, ProcessorTimes.load())
        Board(engine, self.stream, self.files, identity, rows, cols, self._say_fault).run()

    def _say_fault(self, fault: Exception) -> None:
        """A fault that the application survives, latched: its traceback, which the wire does not carry."""
        log.error("the firmware of board %s shut down: internal error", self.spec.name, exc_info=fault)

    def start(self) -> None:
        """Power up."""
        self._thread.start()

    def press_bootsel(self) -> None:
        """Start into the boot loader of the processor. Raises ParameterError where there is none."""
        raise ParameterError("bootsel", True, "left out: only the emulated RP2040 has a boot loader")

    def stop(self) -> None:
        """End the board's thread and close its ports."""
        self.stream.stop()
        self._thread.join(END_S)
        self.stream.close()

    def _run(self) -> None:
        reason = Reset.POWER
        try:
            while True:
                self.stream.boot()
                self.hal.boot()
                reason = self._live(reason)
                self.resets += 1
        except BoardStopped:
            self.hal.reset(Reset.POWER)

    def _live(self, reason: Reset) -> Reset:
        """One life of the application, until its processor is reset; returns why."""
        try:
            identity = {"serial": self.serial, "reason": reason.value}
            self._run_firmware(identity)
        except ProcessorReset:
            pass
        except PowerLost:
            self.hal.reset(Reset.POWER)
        except Exception:
            # An application that ends is one that no longer feeds the watchdog.
            log.exception("the firmware of board %s crashed", self.spec.name)
            self.crashes += 1
            self.hal.reset(Reset.WATCHDOG)
        return self.hal.failed or Reset.POWER
