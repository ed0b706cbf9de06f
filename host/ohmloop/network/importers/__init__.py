"""Weight files, one format a file; none of them runs code."""

from __future__ import annotations

from pathlib import Path

from ohmloop.network.errors import WeightFileError
from ohmloop.network.graph import Activation, Model
from ohmloop.network.importers.npz import load_npz
from ohmloop.network.importers.safetensors import load_safetensors

__all__ = ["load_model", "load_npz", "load_safetensors"]

FORMATS = {".npz": load_npz, ".safetensors": load_safetensors}


def load_model(path: Path, *, last: Activation = Activation.NONE) -> Model:
    """A network from a weight file by its suffix, named after the file; raises WeightFileError."""
    load = FORMATS.get(path.suffix)
    if load is None:
        raise WeightFileError(f"{path} is not a weight file: expected {' or '.join(FORMATS)}")
    return load(path, last=last)
