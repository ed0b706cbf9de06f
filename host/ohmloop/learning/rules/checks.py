"""Checks of parameters that several rules have."""

from __future__ import annotations


def checked_batch(batch: float | None) -> int | None:
    """A batch: a whole number of vectors from 1, or None. Raises ValueError."""
    if batch is None:
        return None
    if not isinstance(batch, int) or batch < 1:
        raise ValueError(f"a batch must be a whole number of vectors from 1, or none for all, not {batch}")
    return batch


def checked_seed(seed: float) -> int:
    """A seed: a whole number from 0. Raises ValueError."""
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"a seed must be a whole number from 0, not {seed}")
    return seed
