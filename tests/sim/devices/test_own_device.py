"""The model of docs/howto/own-device.md works as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ohmsim.devices import MODELS, build_device
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource
from ohmsim.state import State

HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "own-device.md"


@pytest.fixture
def page() -> Iterator[dict[str, Any]]:
    """What the page's code defines."""
    names: dict[str, Any] = {"__name__": "own_device"}
    before = dict(MODELS)
    for block in re.findall(r"```python\n(.*?)```", HOWTO.read_text(), re.DOTALL):
        exec(compile(block, HOWTO.name, "exec"), names)
    yield names
    MODELS.clear()
    MODELS.update(before)


def test_it_moves_and_varies(page: dict[str, Any]) -> None:
    moved = page["device"].conductance_s - 5e-6
    assert (moved > 0).all()
    assert page["spread"] > 2e-6
    assert np.median(moved) == pytest.approx(20e-6 * 0.7, rel=0.3)


def test_it_ages_as_every_model(page: dict[str, Any]) -> None:
    aged, every = page["aged"], np.arange(64)
    aged.apply(every, np.full(64, -0.9), 10e-6, np.full(64, 2, np.uint64))
    programmed = aged.conductance_s.copy()
    aged.rest(86400.0)
    assert (aged.conductance_s != programmed).mean() > 0.5


def test_its_parameters_are_checked_as_all_are(page: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=r"device\.spread must be from 0 to 2"):
        build_device("step", {"spread": 3.0}, 4, NoiseSource(7, "b0"), State())
