"""Networks that come with the package, with images nobody trained on."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.network.errors import WeightFileError
from ohmloop.network.graph import Activation, Model
from ohmloop.network.importers.assemble import assemble
from ohmloop.network.importers.npz import read_npz

NAMES = ("digits",)
"""What there is."""


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A network with its held-out data.

    Attributes:
        model: calibrated on its training data.
        images: held-out inputs, 0 to 1, shape (images, inputs); never used for training, choosing or scaling.
        labels: their classes, shape (images,).
        manifest: where all this comes from: data set, licence, training command, split, accuracies.
    """

    model: Model
    images: NDArray[np.float64]
    labels: NDArray[np.int64]
    manifest: Mapping[str, Any]


def pretrained(name: str) -> Pretrained:
    """A network by its name; raises WeightFileError if there is none or its file is damaged."""
    if name not in NAMES:
        raise WeightFileError(f"there is no pretrained network {name!r}; there is {', '.join(NAMES)}")
    folder = files(__name__)
    manifest = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
    packed = folder.joinpath(f"{name}.npz").read_bytes()
    if hashlib.sha256(packed).hexdigest() != manifest["sha256"]:
        raise WeightFileError(f"{name}.npz is not the file that its manifest describes: install the package again")
    arrays = read_npz(io.BytesIO(packed), f"{name}.npz")
    images, labels = arrays.pop("held_out_images"), arrays.pop("held_out_labels")
    model = assemble(name, f"{name}.npz", arrays, Activation.SOFTMAX)
    return Pretrained(model, images / manifest["largest_pixel"], labels.astype(np.int64), manifest)
