"""Which firmware this ohmloop goes with, and what to run where it does not."""

from __future__ import annotations

from importlib.metadata import version

from ohmloop.crossbar import FirmwareMismatch

PROTOCOL = 1
"""The protocol that this driver speaks."""

UPGRADE = "pip install --upgrade ohmloop"


def write_command(place: str) -> str:
    """The command that puts the firmware of this ohmloop onto the board at `place`, a device URL."""
    return f"ohmloop flash --device {place}"


def require_protocol(protocol: object, serial: str, place: str) -> None:
    """Raise FirmwareMismatch unless it is the protocol that we speak."""
    if protocol == PROTOCOL:
        return
    newer = isinstance(protocol, int) and protocol > PROTOCOL
    raise FirmwareMismatch(
        f"board {serial} at {place} speaks protocol {protocol}, this ohmloop {version('ohmloop')} speaks {PROTOCOL}: "
        f"run `{UPGRADE if newer else write_command(place)}`"
    )


def firmware_advice(firmware: str, place: str) -> str | None:
    """What to run if firmware and ohmloop were not made for each other although they speak one protocol, else None.

    Both are released together under one version (semver.org): those of one minor version go together.
    """
    ours = version("ohmloop")
    theirs, wanted = _minor(firmware), _minor(ours)
    if theirs == wanted:
        return None
    command = UPGRADE if theirs > wanted else write_command(place)
    return f"it runs firmware {firmware}, this ohmloop {ours} goes with {'.'.join(map(str, wanted))}: run `{command}`"


def _minor(text: str) -> tuple[int, ...]:
    """Major and minor number; what is no version counts as older than any. Behind a + stands a deployed application."""
    try:
        major, minor, *_ = (int(part) for part in text.partition("+")[0].split("."))
    except ValueError:
        return ()
    return major, minor
