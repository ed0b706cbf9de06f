"""Networks from safetensors files."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load_file

from ohmloop.network.errors import WeightFileError
from ohmloop.network.graph import Activation, Model
from ohmloop.network.importers.assemble import assemble


def load_safetensors(path: Path, *, last: Activation = Activation.NONE) -> Model:
    """A network named after its file, from tensors named as `assemble` says.

    Raises WeightFileError for a file that is absent or damaged, or that holds something else.
    """
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightFileError(f"{path} cannot be read as a safetensors file: {error}") from error
    return assemble(path.stem, str(path), tensors, last)
