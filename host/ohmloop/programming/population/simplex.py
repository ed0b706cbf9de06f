"""Minimising without derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def minimise(cost: Callable[[Floats], float], start: Floats, steps: Floats, evaluations: int, spread: float) -> Floats:
    """The lowest point that a simplex finds (Nelder and Mead, The Computer Journal 7:308, 1965).

    Begins at `start` with one edge of length `steps` along each axis, and ends after so many evaluations or when the
    costs of all corners lie within `spread`.
    """
    corners = np.vstack([start, start + np.diag(steps)])
    costs = np.array([cost(corner) for corner in corners])
    used = costs.size
    while used < evaluations:
        order = np.argsort(costs, kind="stable")
        corners, costs = corners[order], costs[order]
        if costs[-1] - costs[0] <= spread:
            break
        middle, worst = corners[:-1].mean(axis=0), corners[-1]
        tried = middle + (middle - worst)
        price = cost(tried)
        used += 1
        if price < costs[0]:
            further = middle + 2 * (middle - worst)
            further_price = cost(further)
            used += 1
            if further_price < price:
                tried, price = further, further_price
        elif price >= costs[-2]:
            better = price < costs[-1]
            nearer = middle + (0.5 if better else -0.5) * (middle - worst)
            nearer_price = cost(nearer)
            used += 1
            if nearer_price < min(price, costs[-1]):
                tried, price = nearer, nearer_price
            elif not better:
                corners[1:] = (corners[1:] + corners[0]) / 2
                costs[1:] = [cost(corner) for corner in corners[1:]]
                used += costs.size - 1
                continue
        corners[-1], costs[-1] = tried, price
    lowest: Floats = corners[int(np.argmin(costs))]
    return lowest
