"""A board at chip level: the built image on an emulated RP2040, with models of the chips around it."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ohmsim.board import Spec
from ohmsim.child import Child, ChildError, Handler
from ohmsim.clock import Clock
from ohmsim.description import board_file
from ohmsim.errors import ParameterError
from ohmsim.files import Files
from ohmsim.frontend import FrontEnd
from ohmsim.hal import Reset
from ohmsim.pins import Pattern, PinHal
from ohmsim.targets.boot_drive import BootDrive
from ohmsim.targets.remote import RemoteBoard
from ohmsim.wire.port import Port

LINES = 8
"""Rows and columns of the one board that the image drives."""

RUNNER = Path(__file__).parents[2] / "rp2040" / "runner.mjs"
SERIAL_BYTES = 16

BOOTSEL = "bootsel"
"""The processor has gone into its boot loader."""

DRIVE_MS = 20
"""Wait between two looks at what has been copied onto the drive."""

AWAKE_S = 25.0
"""Longest wait for the first sign of life of an image, s of wall time; a new flash is formatted first."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Image:
    """What the emulated processor runs: the built image, and what stands for its boot ROM."""

    image: Path
    rom: Path

    @classmethod
    def built(cls, folder: Path) -> Image:
        """What `make firmware` left in a folder. Raises ChildError."""
        images = sorted(folder.glob("ohmboard-*.uf2"))
        if not images or not (folder / "bootrom.bin").is_file():
            raise ChildError(f"there is no image in {folder}: make firmware")
        return cls(images[-1], folder / "bootrom.bin")


class ChipFlash(Files):
    """The board's files are in the emulated flash, which only the firmware can read; a write can be cut here too."""

    def __init__(self, hal: PinHal) -> None:
        self._hal = hal
        super().__init__()

    @property
    def cut_after(self) -> int | None:
        """Bytes of flash that are still programmed before the supply is lost; None for all."""
        return None

    @cut_after.setter
    def cut_after(self, size: int | None) -> None:
        self._hal.cut_flash_after(size)

    @property
    def full(self) -> bool:
        """Nothing from here: its console can fill it."""
        return False

    @full.setter
    def full(self, full: bool) -> None:
        if full:
            raise ParameterError("full", full, "left out: fill the flash through the console of the board")

    def remove(self, name: str) -> None:
        """Not from here."""
        raise ParameterError("file name", name, "known to the firmware alone")

    def names(self) -> list[str]:
        """None that we can see."""
        return []

    def _put(self, name: str, data: bytes) -> None:
        raise ParameterError("file name", name, "known to the firmware alone")

    def _get(self, name: str) -> bytes | None:
        return None


class ChipBoard(RemoteBoard):
    """One board at chip level.

    Raises ParameterError for another geometry than 8x8, StateError, ChildError.
    """

    hal: PinHal

    def __init__(self, spec: Spec, ports: Sequence[Port], image: Image) -> None:
        for name, lines in (("rows", spec.rows), ("cols", spec.cols)):
            if lines != LINES:
                raise ParameterError(name, lines, f"{LINES}: the image drives one board")
        node = shutil.which("node")
        if node is None:
            raise ChildError("the emulated RP2040 needs node (Debian package nodejs)")
        if not (RUNNER.parent / "node_modules" / "rp2040js").is_dir():
            raise ChildError(f"the emulated RP2040 is not installed: npm ci in {RUNNER.parent}, or make firmware")
        if spec.drive is not None and spec.drive.exists():
            raise ParameterError("drive", str(spec.drive), "a folder that does not exist: it appears in BOOTSEL mode")
        super().__init__(spec, ports)
        self.files = ChipFlash(self.hal)
        self._image = image
        self._drive = None if spec.drive is None else BootDrive(spec.drive)
        self._in_boot_loader = False
        self._awake = threading.Event()
        self._command = [node, str(RUNNER)]
        self._description = tomllib.loads(board_file())
        self._ranges = [(each["m"], each["h"]) for each in self._description["range"]]
        self._handlers: dict[str, Handler] = {
            "start": self._start,
            "lines": self._lines,
            "convert": self._convert,
            "fault": self._fault,
            "read": self._read,
            "write": self._write,
            "failed": self._failed,
        }

    @property
    def serial(self) -> str:
        """What the maker of the EEPROM wrote into it, as the firmware gives it: it says that it is simulated."""
        text = f"SIM-{self.spec.seed}-{self.spec.name}".encode()
        return (text[:3] + sha256(text).digest())[:SERIAL_BYTES].hex()

    def start(self) -> None:
        """Power up; returns when the board has come up on its port, as a host finds it."""
        super().start()
        if not self._awake.wait(AWAKE_S):
            log.warning("board %s has said nothing for %g s", self.spec.name, AWAKE_S)

    def stop(self) -> None:
        """End the child, the board's thread and its ports; the drive goes with the board."""
        super().stop()
        if self._drive is not None:
            self._drive.hide()

    def press_bootsel(self) -> None:
        """Start into the boot loader, as with its button held. Raises ParameterError for a board without a drive."""
        if self._drive is None:
            raise ParameterError("bootsel", True, "left out: this emulator was started without --drive")
        self._enter_boot_loader()

    def _enter_boot_loader(self) -> None:
        self._in_boot_loader = self._drive is not None
        if self._drive is None:
            log.warning("board %s left its boot loader at once: start the emulator with --drive", self.spec.name)
        self.hal.reset(Reset.POWER)

    def _build_hardware(self, front: FrontEnd, clock: Clock) -> PinHal:
        return PinHal(self.cells, front, clock)

    def _run_firmware(self, identity: dict[str, str]) -> None:
        if self._child is None:
            self._child = Child(self._command)
        elif self._in_boot_loader:
            image = self._loaded()
            self._child.reply(f"reset {Reset.PROCESSOR} {image.hex()}")
        else:
            self._child.reply(f"reset {identity['reason']}")
        self._serve(self._child, self._handlers)

    def _loaded(self) -> bytes:
        """Show the drive until an image has been copied onto it. The serial port is gone meanwhile."""
        assert self._drive is not None, "without a drive the boot loader is not entered"
        self.stream.unplug(power=False)
        self._drive.show()
        try:
            while (image := self._drive.image()) is None:
                self.stream.read(DRIVE_MS)
        finally:
            self._drive.hide()
        self._in_boot_loader = False
        self.stream.replug()
        return image

    # --- what the runner asks ---

    def _ok(self, *values: object) -> str:
        orders = [f"{name}={value}" for name, value in self.hal.orders.items()]
        self.hal.orders.clear()
        return " ".join(["ok", *map(str, values), *orders])

    def _start(self, _words: list[str]) -> str:
        folder = self.spec.folder
        start = {
            "board": self._description,
            "serial": self.serial,
            "rom": str(self._image.rom),
            "image": str(self._image.image),
            "flash": None if folder is None else str(folder / "flash.bin"),
        }
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        return self._ok(json.dumps(start).encode().hex())

    def _lines(self, words: list[str]) -> str:
        now, rows, cols, pattern, *codes = map(int, words)
        self.hal.now(now)
        latched = Pattern.of(pattern, LINES, LINES, self._ranges)
        return self._ok(int(self.hal.lines(latched, bool(rows), bool(cols), (codes[:LINES], codes[LINES:]))))

    def _convert(self, words: list[str]) -> str:
        now, span, log2_osr, duration_ns = map(int, words)
        self.hal.now(now)
        bad, codes = self.hal.convert(span, log2_osr, duration_ns)
        return self._ok("good" if bad is None else bad.name.lower(), *codes)

    def _fault(self, words: list[str]) -> str:
        self.hal.faults.append(f"{int(words[0]) / 1000:.3f} us: {bytes.fromhex(words[1]).decode()}")
        return self._ok()

    def _read(self, words: list[str]) -> str:
        self.hal.now(int(words[0]))
        begin = time.monotonic()
        data = self.stream.read(int(words[1]))
        elapsed_ns = round((time.monotonic() - begin) * 1e9)
        return self._ok(elapsed_ns, data.hex())

    def _write(self, words: list[str]) -> str:
        self._awake.set()
        now_ns, whole_ns, turn_ns = map(int, words[:3])
        self.hal.now(now_ns)
        self.stream.write(bytes.fromhex(words[3]))
        self.stream.last_exchange_ns, self.stream.last_turn_ns = whole_ns, turn_ns
        return self._ok()

    def _failed(self, words: list[str]) -> None:
        """The processor has reset itself: the stream says so at once, and our next reply is the order to begin anew."""
        self.hal.now(int(words[0]))
        if words[1] == BOOTSEL:
            self._enter_boot_loader()
        else:
            self.hal.reset(Reset(words[1]))
        self.stream.read(0)
