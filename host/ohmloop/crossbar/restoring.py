"""Set-ups that are put back after work under others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ohmloop.crossbar.conditions import Setup
from ohmloop.crossbar.errors import CrossbarError
from ohmloop.crossbar.interface import Crossbar


@contextmanager
def restoring(crossbar: Crossbar, setup: Setup) -> Iterator[None]:
    """Leave the board under `setup`, however the work inside ends.

    What ended the work is what is raised: a board that was lost or has shut down refuses the set-up as well, which says
    less. Raises what `Crossbar.configure` raises if the work itself went well.
    """
    try:
        yield
    except CrossbarError:
        with suppress(CrossbarError):
            crossbar.configure(setup)
        raise
    except BaseException:
        crossbar.configure(setup)
        raise
    crossbar.configure(setup)
