"""One owner for each port: a lock file that names the process which holds it."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from types import TracebackType
from typing import Self

from ohmloop.link.address import DeviceAddress
from ohmloop.station.errors import PortOwned, StationError


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that owns a port: its id, its command line, and since when, UTC."""

    pid: int
    command: str
    since: str


class PortLock:
    """Exclusive ownership of a port until `release`, or until the process ends in whatever way.

    The lock belongs to the port, not to its name: two paths to one serial port share a lock file. Emulators that we
    start ourselves are nobody else's and are not locked.

    Raises PortOwned, naming the owner, if another process (or this one) has it.
    """

    def __init__(self, url: str) -> None:
        self._descriptor: int | None = None
        path = _lock_file(url)
        if path is None:
            return
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StationError(f"cannot keep lock files in {path.parent}: {error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            owner = _read(descriptor)
            os.close(descriptor)
            who = f"process {owner.pid} ({owner.command}), since {owner.since}" if owner else "another process"
            raise PortOwned(f"{url} is owned by {who}; let it finish or end it first") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(_ourselves()).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the port up. The file stays: removing it would let two processes hold two locks of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def owner_of(url: str) -> Owner | None:
    """The process that owns a port now, or None. A lock file left behind by a dead process does not count."""
    path = _lock_file(url)
    if path is None or not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _lock_file(url: str) -> Path | None:
    address = DeviceAddress.parse(url)
    if address.scheme == "serial":
        port = str(Path(address.serial_path()).resolve())
    elif address.scheme == "tcp":
        host, number = address.host_port()
        port = f"{host.lower()}:{number}"
    else:
        return None
    return _folder() / f"{sha256(port.encode()).hexdigest()[:24]}.lock"


def _folder() -> Path:
    """Where the session keeps what lives as long as it; a machine without sessions gets a folder of ours."""
    session = os.environ.get("XDG_RUNTIME_DIR")
    return Path(session) / "ohmloop" if session else Path(gettempdir()) / f"ohmloop-{os.getuid()}"


def _ourselves() -> dict[str, object]:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
    return {"pid": os.getpid(), "command": command, "since": datetime.now(UTC).isoformat(timespec="seconds")}


def _read(descriptor: int) -> Owner | None:
    try:
        return Owner(**json.loads(os.pread(descriptor, 65536, 0)))
    except (ValueError, TypeError):
        return None  # it has locked the file and not yet written its name
