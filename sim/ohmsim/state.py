"""What a chip remembers: named arrays in memory, or in a folder where they outlive the process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import StateError

Array = NDArray[Any]


class State:
    """Named arrays. In a folder they are memory-mapped: a killed emulator loses nothing of a finished pulse.

    Args:
        folder: where the arrays live; None keeps them in memory.
        identity: what the arrays belong to (geometry, seed, device); a folder of another identity is refused.

    Raises StateError.
    """

    def __init__(self, folder: Path | None = None, identity: Mapping[str, object] | None = None) -> None:
        self._folder = folder
        if folder is not None:
            self._claim(folder, dict(identity or {}))

    @staticmethod
    def _claim(folder: Path, identity: dict[str, object]) -> None:
        label = folder / "identity.json"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if not label.exists():
                label.write_text(json.dumps(identity, sort_keys=True))
                return
            found = json.loads(label.read_text())
        except (OSError, ValueError) as error:
            raise StateError(f"state folder {folder} cannot be used: {error}") from error
        if found != identity:
            raise StateError(f"state folder {folder} belongs to {found}, not to {identity}: choose another folder")

    def array(
        self, name: str, shape: tuple[int, ...], dtype: type[np.generic], initial: Callable[[], Array] | None = None
    ) -> Array:
        """The array of that name; made from `initial` (zeros without it) the first time. Write to it in place."""
        if self._folder is None:
            return _made(shape, dtype, initial)
        path = self._folder / f"{name}.npy"
        try:
            if not path.exists():
                # Whole or not at all: a half-written file would be taken for the chip's memory next time.
                partial = path.with_suffix(".new")
                with partial.open("wb") as file:
                    np.save(file, _made(shape, dtype, initial))
                partial.rename(path)
            mapped = np.lib.format.open_memmap(path, mode="r+")
        except (OSError, ValueError) as error:
            raise StateError(f"{path} cannot be used: {error}") from error
        if mapped.shape != shape or mapped.dtype != np.dtype(dtype):
            raise StateError(f"{path} holds {mapped.dtype} {mapped.shape}, not {np.dtype(dtype)} {shape}")
        # A plain view: numpy's memmap subclass costs microseconds in every operation.
        return mapped.view(np.ndarray)


def _made(shape: tuple[int, ...], dtype: type[np.generic], initial: Callable[[], Array] | None) -> Array:
    array: Array = np.zeros(shape, dtype)
    if initial is not None:
        array[...] = initial()
    return array
