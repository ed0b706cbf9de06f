"""A file of resistors that are in the place of the device."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ohmloop.cli.failure import USAGE, CommandError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_resistors(path: Path) -> NDArray[np.float64]:
    """Ohms, shape (rows, cols), NaN where there is none. Raises CommandError for a file that is no such table."""
    import numpy as np

    try:
        return np.atleast_2d(np.genfromtxt(path, delimiter=","))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} is no table of resistors: {error}", USAGE) from error
