"""This board, this device under test, this job: what a lab owns, and who may move it."""

from ohmloop.station.device_file import DeviceFile
from ohmloop.station.dry_run import DryRunCrossbar, PulsesWithheld
from ohmloop.station.errors import (
    DeviceFileError,
    DeviceMismatch,
    JobRefusal,
    PortOwned,
    StationBusy,
    StationError,
    StopIncomplete,
)
from ohmloop.station.interlock import Interlock
from ohmloop.station.jobs import Job, JobState
from ohmloop.station.lock import Owner, PortLock, owner_of
from ohmloop.station.station import Station, stop_boards

__all__ = [
    "DeviceFile",
    "DeviceFileError",
    "DeviceMismatch",
    "DryRunCrossbar",
    "Interlock",
    "Job",
    "JobRefusal",
    "JobState",
    "Owner",
    "PortLock",
    "PortOwned",
    "PulsesWithheld",
    "Station",
    "StationBusy",
    "StationError",
    "StopIncomplete",
    "owner_of",
    "stop_boards",
]
