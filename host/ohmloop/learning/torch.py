"""Layers of torch whose products come from crossbars. Needs the extra `torch`; nothing else here imports it.

The forward pass of a layer is the array. The backward pass is digital: errors return through the conductances as last
measured, gradients are those at the measured activations (straight-through). What an optimiser makes of them changes a
shadow; `CrossbarNetwork.update` moves the cells that are due, in a session if there is one to survive its host.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from ohmloop.learning.learner import Learner
from ohmloop.learning.trace import Change
from ohmloop.network import Activation

if TYPE_CHECKING:
    from ohmloop.learning.session import Session


class _Products(torch.autograd.Function):
    """Products on the chip, gradients through the measured weights."""

    @staticmethod
    def forward(ctx: Any, inputs: torch.Tensor, weight: torch.Tensor, layer: CrossbarLinear) -> torch.Tensor:
        values = inputs.detach().to(torch.float64).cpu().numpy()
        gains = torch.from_numpy(layer.gains()).to(inputs)
        ctx.save_for_backward(inputs, layer.measured.to(inputs), gains)
        return torch.from_numpy(layer.products(values)).to(inputs) * gains

    @staticmethod
    def backward(ctx: Any, error: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, None]:
        inputs, measured, gains = ctx.saved_tensors
        gained = error * gains
        return gained @ measured, gained.T @ inputs, None


class CrossbarLinear(nn.Module):
    """A linear layer on crossbars: outputs = products on the chip + bias, shapes (batch, inputs) to (batch, outputs).

    Args:
        learner: a learner that has read its arrays. index: which layer of its network this is.

    Attributes:
        weight: shadow of the weights, shape (outputs, inputs) as in torch.nn.Linear. bias: digital, shape (outputs,).
        measured: weights that the conductances stood for when last read, as `weight`.
    """

    def __init__(self, learner: Learner, index: int) -> None:
        super().__init__()
        self._learner, self._index = learner, index
        held = learner.held()[index]
        self.weight = nn.Parameter(torch.from_numpy(held.wanted.T.copy()).to(torch.get_default_dtype()))
        self.bias = nn.Parameter(torch.from_numpy(held.layer.bias.copy()).to(torch.get_default_dtype()))
        self.register_buffer("measured", self.weight.detach().clone())
        self.follow()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The outputs before any activation. Raises what the crossbars raise."""
        products: torch.Tensor = _Products.apply(inputs, self.weight, self)
        return products + self.bias

    def products(self, values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Products on the chip, before the layer's gain."""
        return self._learner.products(self._index, values)

    def gains(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The layer's digital gains, shape (outputs,)."""
        return self._learner.gains(self._index)

    def change(self) -> Change:
        """What the optimiser has changed since the shadow was last followed."""
        return Change(_numbers(self.weight).T - self._weight, _numbers(self.bias) - self._bias)

    def follow(self) -> None:
        """Take over what the shadow wants and the chip holds."""
        held = self._learner.held()[self._index]
        with torch.no_grad():
            self.weight.copy_(torch.from_numpy(held.wanted.T.copy()))
            self.bias.copy_(torch.from_numpy(held.layer.bias.copy()))
            self.measured.copy_(torch.from_numpy(held.layer.weights.T.copy()))
        self._weight, self._bias = _numbers(self.weight).T.copy(), _numbers(self.bias).copy()


class CrossbarNetwork(nn.Sequential):
    """All layers of a learner's network with the activations between them; a softmax is left to the loss.

    Args:
        learner: a learner that has read its arrays.
    """

    def __init__(self, learner: Learner) -> None:
        parts: list[nn.Module] = []
        for index, layer in enumerate(learner.model.layers):
            parts.append(CrossbarLinear(learner, index))
            if layer.activation is Activation.RELU:
                parts.append(nn.ReLU())
        super().__init__(*parts)
        self._learner = learner

    def update(self, session: Session | None = None) -> int:
        """Take what the optimiser has done into the shadow and move the cells that are due; returns how many were.

        Call it after `optimizer.step()`. With a session of the same learner it is a step of that: kept before cells
        move, and a spent budget is said in its Moment. Without one raises BudgetSpent. Raises LearningError for
        weights that are not finite, of which nothing is taken over, and what campaigns raise.
        """
        changes = [layer.change() for layer in self._crossbar_layers()]
        try:
            return self._moved(changes) if session is None else session.apply(changes).due
        finally:
            self.follow()

    def follow(self) -> None:
        """Take over what the shadow wants and the chip holds; call it after a roll-back of the session."""
        for layer in self._crossbar_layers():
            layer.follow()

    def _moved(self, changes: list[Change]) -> int:
        self._learner.apply(changes)
        targets = self._learner.due()
        if targets is None:
            return 0
        self._learner.move(targets)
        return sum(int(np.isfinite(matrix).sum()) for matrix in targets)

    def _crossbar_layers(self) -> Iterator[CrossbarLinear]:
        return (part for part in self if isinstance(part, CrossbarLinear))


def _numbers(tensor: torch.Tensor) -> np.ndarray[Any, np.dtype[np.float64]]:
    values: np.ndarray[Any, np.dtype[np.float64]] = tensor.detach().to(torch.float64).cpu().numpy()
    return values
