"""The table of commands: it drives dispatch, argument checking, the help and the documentation."""

from ohmboard.commands import calibration, common, diagnostic, measure, pulse, setup, system
from ohmboard.words import HeaderIndex

TABLE = (
    common.COMMANDS
    + system.COMMANDS
    + setup.COMMANDS
    + measure.COMMANDS
    + pulse.COMMANDS
    + calibration.COMMANDS
    + diagnostic.COMMANDS
)
"""Every command, in the order of the help."""

INDEX = HeaderIndex([command.header for command in TABLE])
"""Finds a command's place in the table by its header as sent."""
