"""What holds for every device model: keyed noise, a state that survives, bounds, and a derivative that is one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.devices.population import make, pulse

from ohmsim.devices import MODELS
from ohmsim.errors import ParameterError
from ohmsim.preset import Preset, names
from ohmsim.state import State

CELLS = 48
HISTORY = [(1.3, 1), (-1.2, 2), (0.9, 3), (-0.85, 4), (1.6, 5), (-1.5, 6), (1.1, 7)]

every_model = pytest.mark.parametrize("model", sorted(MODELS))
every_preset = pytest.mark.parametrize("name", names())


def of_preset(name: str, cells: int = CELLS, state: State | None = None):
    preset = Preset.load(name)
    return make(preset.model, cells, state=state, **preset.parameters["device"])


@every_preset
@settings(max_examples=10, deadline=None)
@given(cut=st.integers(1, CELLS - 1), seed=st.integers(0, 100))
def test_a_cell_does_not_notice_which_others_are_pulsed_with_it(name: str, cut: int, seed: int) -> None:
    together, apart = of_preset(name), of_preset(name)
    order = np.random.default_rng(seed).permutation(CELLS)
    for volts, number in HISTORY:
        pulse(together, volts * np.linspace(0.5, 1, CELLS), 10e-6, number)
        for cells in (order[:cut], order[cut:]):
            seen = volts * np.linspace(0.5, 1, CELLS)[cells]
            apart.apply(cells, seen, 10e-6, np.full(cells.size, number, np.uint64))
    assert (together.conductance_s == apart.conductance_s).all()


@every_preset
def test_cells_one_by_one_have_the_same_bits(name: str) -> None:
    together, alone = of_preset(name), of_preset(name)
    for volts, number in HISTORY:
        pulse(together, volts, 10e-6, number)
        for cell in range(CELLS):
            alone.apply(np.array([cell]), np.array([volts]), 10e-6, np.array([number], np.uint64))
    assert (together.conductance_s == alone.conductance_s).all()


@every_preset
def test_a_restart_changes_nothing(name: str, tmp_path: Path) -> None:
    through = of_preset(name)
    first = of_preset(name, state=State(tmp_path))
    for volts, number in HISTORY[:4]:
        pulse(through, volts, 10e-6, number)
        pulse(first, volts, 10e-6, number)
    second = of_preset(name, state=State(tmp_path))
    for volts, number in HISTORY[4:]:
        pulse(through, volts, 10e-6, number)
        pulse(second, volts, 10e-6, number)
    assert (through.conductance_s == second.conductance_s).all()


@every_preset
def test_conductance_stays_between_its_bounds_and_moves_with_the_sign(name: str) -> None:
    device = of_preset(name, 256)
    for volts, number in [(2.0, 1), (-2.0, 2), (2.0, 3)]:
        before = device.conductance_s.copy()
        pulse(device, volts, 1e-3, number)
        low, high = device.bounds_s
        assert (device.conductance_s >= low * (1 - 1e-12)).all()
        assert (device.conductance_s <= high * (1 + 1e-12)).all()
        moved = (device.conductance_s - before) * np.sign(volts)
        assert (moved > 0).mean() > 0.95
    assert (low > 0).all()


@every_preset
def test_what_is_put_is_there_and_other_cells_stay(name: str) -> None:
    device = of_preset(name)
    pulse(device, 1.4)
    before = device.conductance_s.copy()
    low, high = device.bounds_s
    wanted = low + (high - low) * np.linspace(0, 1, CELLS)
    wanted[::3] = np.nan
    device.put(wanted)
    assert np.allclose(device.conductance_s, np.where(np.isnan(wanted), before, wanted), rtol=1e-12)


@every_preset
def test_what_a_cell_cannot_have_is_refused_and_changes_nothing(name: str) -> None:
    device = of_preset(name)
    before = device.conductance_s.copy()
    for wrong in (1.0, -1e-6, np.inf):
        given = np.full(CELLS, np.nan)
        given[2] = wrong
        with pytest.raises(ParameterError, match="conductance of cell 2 must be from"):
            device.put(given)
    assert (device.conductance_s == before).all()


@every_preset
def test_chord_and_slope_are_of_one_current(name: str) -> None:
    device = of_preset(name)
    pulse(device, 1.2)
    for volts in (-0.9, -0.2, 1e-3, 0.05, 0.2, 0.9):
        v, step = np.full(CELLS, volts), 1e-6
        up, down = ((v + s) * device.chord_s(v + s) for s in (step, -step))
        assert np.allclose(device.slope_s(v), (up - down) / (2 * step), rtol=1e-5)
        if device.ohmic:
            assert (device.chord_s(v) == device.conductance_s).all()
    assert np.isfinite(device.chord_s(np.zeros(CELLS))).all()


@every_model
def test_golden_bits(model: str) -> None:
    """The sum of bits of one history: it changes when a model's draws or equations do, and never by itself."""
    device = make(model, CELLS)
    for volts, number in HISTORY:
        pulse(device, volts * np.linspace(0.6, 1, CELLS), 10e-6, number)
    # Ten digits: the last ones depend on the machine's log and cos.
    assert f"{device.conductance_s.sum():.10e}" == GOLDEN[model]


GOLDEN = {
    "mss": "6.3163378160e-02",
    "synaptogen": "9.9851256251e-03",
    "vteam": "2.3026496120e-03",
}
