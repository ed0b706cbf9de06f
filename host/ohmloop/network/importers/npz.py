"""Networks from NumPy's .npz files."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.network.errors import WeightFileError
from ohmloop.network.graph import Activation, Model
from ohmloop.network.importers.assemble import assemble

LARGEST_BYTES = 1 << 30
"""Most that the tensors of a file may take once unpacked."""


def load_npz(path: Path, *, last: Activation = Activation.NONE) -> Model:
    """A network named after its file, from tensors named as `assemble` says.

    Raises WeightFileError for a file that is absent, damaged, too large or pickled (which could run code), or that
    holds something else.
    """
    return assemble(path.stem, str(path), read_npz(path, str(path)), last)


def read_npz(file: Path | IO[bytes], source: str) -> dict[str, NDArray[Any]]:
    """All arrays of an .npz file; raises WeightFileError, naming `source`."""
    try:
        with zipfile.ZipFile(file) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
            if size > LARGEST_BYTES:
                raise WeightFileError(f"{source} unpacks to {size} bytes; at most {LARGEST_BYTES} are read")
            return {entry.removesuffix(".npy"): _read(archive, entry, source) for entry in archive.namelist()}
    except FileNotFoundError as error:
        raise WeightFileError(f"{source} cannot be read: there is no such file") from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise WeightFileError(f"{source} cannot be read as an .npz file: {error}") from error


def _read(archive: zipfile.ZipFile, entry: str, source: str) -> NDArray[Any]:
    try:
        with archive.open(entry) as stream:
            return np.lib.format.read_array(stream, allow_pickle=False)
    except (ValueError, MemoryError, SyntaxError, TypeError) as error:
        raise WeightFileError(f"{entry} of {source} is not an array of numbers: {error}") from error
