"""What a station refuses, by type."""

from __future__ import annotations

from collections.abc import Sequence


class StationError(Exception):
    """The station cannot do what was asked. The message says what, where, and what to do."""


class DeviceFileError(StationError):
    """A device file is not valid; the message names every field that is wrong."""


class DeviceMismatch(StationError):
    """The board and the device under test do not fit each other."""


class PortOwned(StationError):
    """Another process owns the port; the message names it."""


class StationBusy(StationError):
    """The station is occupied by the job that the message names."""


class JobRefusal(StationError):
    """A job cannot be paused or resumed as it stands."""


class BoardMissing(StationError):
    """A board that was expected on a port did not come up there in time."""


class StopIncomplete(StationError):
    """An emergency stop was not confirmed by every board. Cut the supply of those in `boards`."""

    def __init__(self, message: str, boards: Sequence[str]) -> None:
        super().__init__(message)
        self.boards = tuple(boards)
