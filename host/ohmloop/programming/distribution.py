"""How values are spread, as plain numbers for a report."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

QUANTILES = (1, 5, 25, 50, 75, 95, 99)
"""Percentiles of the error distribution that a report states."""


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Mean, 99th percentile and total of what is known."""
    known = values[np.isfinite(values)]
    if not known.size:
        return {"mean": 0.0, "p99": 0.0, "total": 0.0}
    return {"mean": float(known.mean()), "p99": float(np.percentile(known, 99)), "total": float(known.sum())}


def distribution(errors: NDArray[np.float64]) -> dict[str, float]:
    """Mean, root of the mean square and QUANTILES of the errors that are known; empty for none."""
    known = errors[np.isfinite(errors)]
    if not known.size:
        return {}
    quantiles = np.percentile(known, QUANTILES)
    return {
        "mean": float(known.mean()),
        "rms": float(np.sqrt(np.mean(known**2))),
        **{f"p{percent}": float(value) for percent, value in zip(QUANTILES, quantiles, strict=True)},
    }
