"""Progressive tuning: layer by layer, each on what the chip makes of the layers before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.loss import Loss
from ohmloop.learning.noise_aware import Training, train
from ohmloop.learning.rules.checks import checked_seed
from ohmloop.learning.trace import Change, HeldLayer, Trace


class Progressive:
    """In step k the layers from k on are trained digitally on the measured inputs of layer k, and layer k is moved.

    The training begins at the weights that the chip holds and keeps to what its cells can reach; weights that have
    nothing to gain stay where they are. What moving the layer leaves undone, the later layers make up for. After the
    last layer it begins again. W. Wan et al., Nature 608, 504 (2022), tune a chip in this order.

    Args:
        loss: what the digital training improves.
        training: how. seed: of its disturbances and batches.
    """

    name = "progressive"
    batch = None

    def __init__(self, loss: Loss, training: Training | None = None, seed: int = 0) -> None:
        self._loss = loss
        self._training = training if training is not None else Training(epochs=30, rate=0.01, noise=0.03, stay=0.0005)
        self._seed = checked_seed(seed)
        self._step = 0

    @property
    def parameters(self) -> Mapping[str, float]:
        """Those of the training, and the seed."""
        t = self._training
        return {
            "epochs": t.epochs,
            "batch": t.batch,
            "rate": t.rate,
            "noise": t.noise,
            "stay": t.stay,
            "seed": self._seed,
        }

    def propose(self, trace: Trace, held: Sequence[HeldLayer]) -> Sequence[Change]:
        """The weights of one layer, and the biases of it and all that follow."""
        first = self._step % len(held)
        rng = np.random.default_rng([self._seed, self._step])
        self._step += 1
        trained = train(
            [layer.layer for layer in held[first:]],
            trace.layers[first].inputs,
            trace.wanted,
            self._loss,
            self._training,
            rng,
            [(layer.low, layer.high) for layer in held[first:]],
        )
        changes = [Change()] * first
        for index, (layer, new) in enumerate(zip(held[first:], trained, strict=True)):
            changes.append(Change(new.weights - layer.wanted if index == 0 else None, new.bias - layer.layer.bias))
        return changes

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """Which step comes next."""
        return {"step": np.array(float(self._step))}

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on with it."""
        self._step = int(state["step"])
