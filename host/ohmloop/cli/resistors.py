"""Reference resistors as a table of ohms."""

from __future__ import annotations

import csv
from math import isfinite, isnan
from pathlib import Path
from typing import TYPE_CHECKING

from ohmloop.cli.failure import USAGE, CommandError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def read_resistors(path: Path) -> NDArray[np.float64]:
    """Ohms, shape (rows, cols), NaN where there is none.

    Raises CommandError for a file that is no such table, naming the line and the column of what is no resistance.
    """
    import numpy as np

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in csv.reader(file) if line]
    except OSError as error:
        raise CommandError(f"cannot read resistors from {path}: {error.strerror}", USAGE) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path} is no table of resistors: {error}", USAGE) from error
    if len({len(line) for line in lines}) != 1:
        raise CommandError(f"{path} is no table of resistors: it needs lines, as many fields in each", USAGE)
    return np.array(
        [
            [_ohms(field, f"{path}, line {row}, field {col}") for col, field in enumerate(line, 1)]
            for row, line in enumerate(lines, 1)
        ]
    )


def _ohms(field: str, where: str) -> float:
    try:
        ohms = float(field) if field.strip() else float("nan")
    except ValueError:
        ohms = 0.0
    if not (isnan(ohms) or (isfinite(ohms) and ohms > 0)):
        raise CommandError(f"{where}: {field!r} is no resistance in ohms; leave a field empty for none", USAGE)
    return ohms
