"""Steps down a gradient, in units that suit every layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.trace import Change, HeldLayer

TINY = 1e-12
PARTS = ("weights", "bias", "gain")


class Descent:
    """Gradient descent with momentum; gradients count in multiples of the largest root mean square that a batch had.

    So `rate` means the same for every layer and loss: where gradients are as large as they ever were, a typical weight
    moves by `rate` of the largest deployed weight of its layer. Steps shrink as the gradients do, and a descent that
    overshoots meets larger gradients and takes smaller steps from then on. A bias moves in the same unit, a gain in
    multiples of 1.

    Args:
        rate: see above, at most 1. momentum: part of the last step that is taken again, 0 to below 1.
    """

    def __init__(self, rate: float, momentum: float) -> None:
        if not (0 < rate <= 1 and 0 <= momentum < 1):
            raise ValueError(f"a rate must be above 0 to 1 and a momentum 0 to below 1, not {rate} and {momentum}")
        self.rate = rate
        self.momentum = momentum
        self._steps: dict[str, NDArray[np.float64]] = {}

    def step(self, gradients: Sequence[Change], held: Sequence[HeldLayer]) -> list[Change]:
        """The changes that follow from the gradients; parts that are None stay so."""
        changes = []
        for index, (gradient, layer) in enumerate(zip(gradients, held, strict=True)):
            largest = float(np.abs(layer.deployed.weights).max())
            units = {"weights": largest, "bias": largest, "gain": 1.0}
            parts = {name: self._part(f"{index}.{name}", getattr(gradient, name), units[name]) for name in PARTS}
            changes.append(Change(**parts))
        return changes

    def _part(self, name: str, slope: NDArray[np.float64] | None, unit: float) -> NDArray[np.float64] | None:
        if slope is None:
            return None
        size = max(float(np.sqrt(np.mean(slope**2))), TINY)
        self._steps[f"{name}.scale"] = np.maximum(size, self._steps.get(f"{name}.scale", np.array(size)))
        self._steps.setdefault(name, np.zeros_like(slope))
        fresh = slope / self._steps[f"{name}.scale"]
        self._steps[name] = self.momentum * self._steps[name] - (1 - self.momentum) * self.rate * unit * fresh
        return self._steps[name].copy()

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """Last steps and scales by layer and part."""
        return dict(self._steps)

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on from these."""
        self._steps = {name: np.array(values, dtype=np.float64) for name, values in state.items()}
