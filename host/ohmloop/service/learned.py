"""What learning has made of a network: found again in the store after the service has restarted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.session import STATE
from ohmloop.mapping import Placement
from ohmloop.network import Model
from ohmloop.service.moving import LEARN, PROGRAM, boards_of, serials
from ohmloop.station import Station

KIND = LEARN


@dataclass(frozen=True, slots=True)
class Learned:
    """A network as a learning session has left it.

    Attributes:
        model: with the biases and gains that were learned; its weights are those that were deployed.
        conductances_s: where its cells were last measured, one matrix an array, S, NaN without a weight.
    """

    model: Model
    conductances_s: Sequence[NDArray[np.float64]]

    @classmethod
    def of(cls, state: Mapping[str, NDArray[Any]], model: Model) -> Learned:
        """From the state of a session that taught `model`."""
        layers = tuple(
            replace(layer, bias=state[f"layer.{index}.bias"], gain=state[f"layer.{index}.gain"])
            for index, layer in enumerate(model.layers)
        )
        arrays = sum(name.endswith(".measured_s") for name in state)
        return cls(replace(model, layers=layers), [state[f"array.{index}.measured_s"] for index in range(arrays)])


def fingerprint(model: Model) -> str:
    """SHA-256 over the weights and biases of a network, in hex: the name of a file says little of what is in it."""
    digest = hashlib.sha256()
    for layer in model.layers:
        for values in (layer.weights, layer.bias):
            digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    return digest.hexdigest()


def latest(station: Station, model: Model, placement: Placement, weights: str) -> Learned | None:
    """What the newest session left of a network on these boards, unless the boards were programmed with it since.

    `weights` is the fingerprint of the network as it was given.
    """
    here = boards_of(station)
    for kept in sorted(station.store.runs(), key=lambda run: run.id, reverse=True):
        run = station.store.open(kept.id)
        if serials(run) != here or run.origin.get("device_hash") != station.device.hash:
            continue
        if kept.kind != KIND:
            if kept.kind == PROGRAM and kept.parameters.get("model") == model.name:
                return None
            continue
        if kept.parameters.get("weights") == weights and run.has(STATE):
            learned = Learned.of(run.get(STATE), model)
            fits = [matrix.shape for matrix in learned.conductances_s] == [
                placement.targets(array).shape for array in range(len(placement.arrays))
            ]
            return learned if fits else None
    return None
