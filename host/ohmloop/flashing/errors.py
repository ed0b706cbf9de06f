"""What can go wrong on the way of an image to a board, by type."""

from __future__ import annotations


class FlashError(Exception):
    """Firmware did not get onto a board. The message says what happened, where, and what to do."""


class NoImage(FlashError):
    """There is no image to write."""


class NotAnImage(FlashError):
    """The file is no image for this board: another format, another processor, or another place in its flash."""


class TruncatedImage(FlashError):
    """The end of the image is missing."""


class AlteredImage(FlashError):
    """The image is not the one that its manifest describes."""


class ApplicationRefused(FlashError):
    """The application is none that a board can run, or did not get onto the board."""


class NoDrive(FlashError):
    """No board shows its drive."""


class WrongDrive(FlashError):
    """The drive is of another processor."""


class SeveralDrives(FlashError):
    """More than one board shows its drive."""


class DriveFull(FlashError):
    """The drive does not take the whole image."""


class DriveLost(FlashError):
    """The drive went away, or refused to be written, before it had the whole image."""
