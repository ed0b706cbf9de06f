"""A policy with a meter: what its pulses cost, and which cells did not answer them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming import Policy, PolicyContext, Proposal


class MeteredPolicy:
    """Passes everything on to a policy and adds up what was applied.

    Attributes, shape (cells,) of the campaign:
        energy_j: of each cell's pulses, J; a pulse replayed from a journal counts with the profile's width.
        unmoved: pulses in a row that should have moved the cell and did not.

    Args:
        policy: the one that decides.
        firm: amplitude from which a healthy cell moves, as a multiple of the profile's nominal amplitude.
        moved: change that counts as movement, as a fraction of the cell's conductance, to which reading noise is in
            proportion; it counts from where the cell was when it last moved, so that a slow cell is not given up.
        unmoved: pulses in a row that earlier campaigns have counted; taken over by `start`.
    """

    def __init__(self, policy: Policy, firm: float, moved: float, unmoved: NDArray[np.int64]) -> None:
        self._policy = policy
        self._firm = firm
        self._moved = moved
        self.unmoved = unmoved.copy()

    @property
    def name(self) -> str:
        """That of the policy."""
        return self._policy.name

    @property
    def parameters(self) -> Mapping[str, float]:
        """Those of the policy."""
        return self._policy.parameters

    def start(self, targets_s: NDArray[np.float64], context: PolicyContext) -> None:
        """Take new targets."""
        profile = context.profile
        self._nominal_v = profile.set_drive.nominal_v, profile.reset_drive.nominal_v
        self._width_s = profile.width_s
        self._since_s = np.full(targets_s.size, np.nan)
        self.energy_j = np.zeros(targets_s.size)
        self._policy.start(targets_s, context)

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        """What the policy proposes."""
        return self._policy.propose(cells, measured_s)

    def learn(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        """Count pulses and let the policy learn from them."""
        self.energy_j[cells] += volts**2 * (before_s + after_s) / 2 * widths_s
        firm = np.abs(volts) >= self._firm * np.where(volts > 0, *self._nominal_v)
        firm &= widths_s >= 0.99 * self._width_s
        since_s = np.where(np.isnan(self._since_s[cells]), before_s, self._since_s[cells])
        moved = np.abs(after_s - since_s) > self._moved * since_s
        self._since_s[cells] = np.where(moved, after_s, since_s)
        self.unmoved[cells] = np.where(moved, 0, self.unmoved[cells] + firm)
        self._policy.learn(cells, volts, widths_s, before_s, after_s)
