"""How near a chip comes to the digital network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def logit_snr_db(digital: NDArray[np.float64], chip: NDArray[np.float64]) -> float:
    """Signal-to-noise ratio of the logits in dB: their mean square over the mean square of the chip's deviation."""
    noise = float(np.mean((chip - digital) ** 2))
    signal = float(np.mean(digital**2))
    return float("inf") if noise == 0 else 10 * float(np.log10(signal / noise))


def accuracy(logits: NDArray[np.float64], labels: NDArray[np.integer]) -> float:
    """Fraction of vectors whose largest logit is the labelled one."""
    return float(np.mean(logits.argmax(axis=1) == labels))
