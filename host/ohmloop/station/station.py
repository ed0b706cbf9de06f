"""A station: boards that belong to us, the device in them, the store, and one job at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self

from ohmloop.crossbar import Crossbar, CrossbarError, LeaseHeld, Limits
from ohmloop.drivers.registry import open_crossbar
from ohmloop.station.bonding import BondedCrossbar
from ohmloop.station.device_file import DeviceFile
from ohmloop.station.dry_run import DryRunCrossbar
from ohmloop.station.errors import DeviceMismatch, StationBusy, StationError, StopIncomplete
from ohmloop.station.interlock import Interlock
from ohmloop.station.jobs import Job, JobState
from ohmloop.station.lock import PortLock
from ohmloop.store import JSON, Run, Store

CLOSE_S = 30.0
"""Longest wait at closing for a job to reach a safe point, s: an exchange lasts a second, a reconnection ten."""


LEASE_WAIT_S = 12.0
"""Longest wait for a lease, s: unused, it lasts 10."""

LEASE_LOOK_S = 0.25


class Station:
    """Owns boards until it is closed. Opening moves nothing and arms nothing.

    Args:
        urls: device addresses; each port is locked, an emulator is started for each emu://.
        device: what is in every one of them. store: where runs are kept; it stays the caller's to close.
        dry_run: pulses are refused and counted (DryRunCrossbar).

    Raises PortOwned, DeviceMismatch, StationError and CrossbarErrors; then nothing stays open.

    Attributes:
        boards: the crossbars, in the order of `urls`, each as large as the device: lines of the board are found through
            its bonding map. interlock: held by whatever drives them.
        jobs: all jobs of this station, by id.
    """

    def __init__(self, urls: Sequence[str], device: DeviceFile, store: Store, *, dry_run: bool = False) -> None:
        self.device = device
        self.store = store
        self.interlock = Interlock()
        self.jobs: dict[int, Job] = {}
        self._forming = False
        self._starting = threading.Lock()
        self._closed = threading.Event()
        with ExitStack() as opened:
            for url in urls:
                opened.enter_context(PortLock(url))
            opening = [opened.enter_context(open_crossbar(url)) for url in urls]
            _different(urls, opening)
            for crossbar in opening:
                store.keep_board(crossbar.capabilities)
            arrays = [_bonded(device, crossbar) for crossbar in opening]
            self.boards: list[Crossbar] = [DryRunCrossbar(a) for a in arrays] if dry_run else arrays
            self._opened = opened.pop_all()

    def arm(self, *, forming: bool = False) -> None:
        """Load the device's limits and set-up into every board, and keep its file in the store.

        With `forming`, the forming limit holds in the SET direction until the device is armed without it; runs that
        begin meanwhile say so in their origin. A lease that a host left behind when it died is waited for.

        Raises DeviceFileError for forming a device without a forming limit, LeaseHeld if a lease does not expire.
        """
        limits = self.device.forming_limits if forming else self.device.armed_limits
        self.store.keep_device(self.device.hash, self.device.text)
        self._forming = forming
        for board in self.boards:
            self._arm_when_free(board, limits)
            board.configure(self.device.setup)

    def disarm(self) -> None:
        """Unload the limits from every board."""
        for board in self.boards:
            board.disarm()

    def begin(self, kind: str, parameters: Mapping[str, JSON], *, forming: bool = False) -> Run:
        """Begin a run whose origin names the boards, their firmware and calibration, the device and this version.

        `forming`: the boards will be armed for it while it runs.
        """
        said = [board.capabilities for board in self.boards]
        boards = [
            {"serial": c.serial, "board": c.board, "firmware": c.firmware, "calibration": c.calibration} for c in said
        ]
        self.store.keep_device(self.device.hash, self.device.text)
        origin: dict[str, JSON] = {
            "device": self.device.name,
            "chip": self.device.chip,
            "device_hash": self.device.hash,
            "forming": forming or self._forming,
            "boards": boards,
            "ohmloop": version("ohmloop"),
        }
        return self.store.begin(kind, parameters, origin)

    def start(self, kind: str, work: Callable[[Job], Any], ended: Callable[[Job], None] | None = None) -> Job:
        """Start `work(job)` in a thread of its own; `ended` is called with it once the next one may start.

        Raises StationBusy while anything holds the interlock.
        """
        with self._starting:
            job = Job(len(self.jobs) + 1, kind)
            self.interlock.take(f"job {job.id} ({kind})")
            self.jobs[job.id] = job
        threading.Thread(target=self._carry_out, args=(job, work, ended), name=f"job {job.id} {kind}").start()
        return job

    @property
    def job(self) -> Job | None:
        """The job that runs now, or is paused."""
        under_way = (JobState.RUNNING, JobState.PAUSED)
        return next((job for job in reversed(self.jobs.values()) if job.state in under_way), None)

    def stop(self) -> None:
        """Emergency stop: lines of all boards into their safe state, at once; a running job is cancelled, too.

        May be called from any thread at any moment. Raises StopIncomplete if a board did not confirm it.
        """
        if (job := self.job) is not None:
            job.cancel()
        stop_all({board.capabilities.serial: board for board in self.boards})

    def close(self) -> None:
        """Cancel a running job, wait for its safe point, give the boards back. Arrays and arming stay as they are."""
        if (job := self.job) is not None:
            job.cancel()
            if not job.wait(CLOSE_S):
                raise StationBusy(f"job {job.id} ({job.kind}) has not reached a safe point within {CLOSE_S:.0f} s")
        self._closed.set()
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _arm_when_free(self, board: Crossbar, limits: Limits) -> None:
        until_s = time.monotonic() + LEASE_WAIT_S
        while True:
            try:
                return board.arm(limits, self.device.hash)
            except LeaseHeld:
                if time.monotonic() > until_s:
                    raise
                self._closed.wait(LEASE_LOOK_S)

    def _carry_out(self, job: Job, work: Callable[[Job], Any], ended: Callable[[Job], None] | None) -> None:
        try:
            job.run(work)
        finally:
            self.interlock.release()
            job.end()
            if ended is not None:
                ended(job)


def stop_boards(urls: Sequence[str]) -> None:
    """Emergency stop of boards that no station of ours holds; anyone may stop a board.

    Raises StopIncomplete if a board could not be reached or did not confirm it.
    """
    with ExitStack() as opened:
        boards: dict[str, Crossbar] = {}
        unreached: dict[str, CrossbarError] = {}
        for url in urls:
            try:
                boards[url] = opened.enter_context(open_crossbar(url))
            except CrossbarError as error:
                unreached[url] = error
        stop_all(boards, unreached)


def stop_all(boards: Mapping[str, Crossbar], unreached: Mapping[str, CrossbarError] | None = None) -> None:
    """Stop all boards at the same time. Raises StopIncomplete, naming those that did not confirm it."""
    failed: dict[str, CrossbarError] = dict(unreached or {})
    with ThreadPoolExecutor(max_workers=max(1, len(boards)), thread_name_prefix="stop") as threads:
        for name, stopping in [(name, threads.submit(board.stop)) for name, board in boards.items()]:
            try:
                stopping.result()
            except CrossbarError as error:
                failed[name] = error
    if failed:
        said = "; ".join(f"{name}: {error}" for name, error in failed.items())
        raise StopIncomplete(f"NOT STOPPED, cut the supply of {', '.join(failed)}: {said}", list(failed))


def _different(urls: Sequence[str], boards: Sequence[Crossbar]) -> None:
    """Raises StationError if two addresses lead to boards of one serial number: what is kept goes by that."""
    known: dict[str, str] = {}
    for url, board in zip(urls, boards, strict=True):
        serial = board.capabilities.serial
        if serial in known:
            raise StationError(
                f"{known[serial]} and {url} lead to boards of the same serial number, {serial}: name each board once, "
                "and give emulated ones different seeds"
            )
        known[serial] = url


def _bonded(device: DeviceFile, crossbar: Crossbar) -> Crossbar:
    """The array of the device on this board. Raises DeviceMismatch if the board lacks a line."""
    board, bonding = crossbar.capabilities, device.wiring
    if not bonding.fits(board.geometry):
        raise DeviceMismatch(
            f"device {device.name!r} ({device.geometry}) is bonded up to row {bonding.rows.max()} and column "
            f"{bonding.cols.max()}, board {board.serial} is only {board.geometry}: use another board or device file"
        )
    return crossbar if bonding.changes_nothing_on(board.geometry) else BondedCrossbar(crossbar, bonding)
