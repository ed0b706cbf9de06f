"""The command line. Modules are light at the top: what a command needs is imported when it runs."""

from ohmloop.cli.app import main

__all__ = ["main"]
