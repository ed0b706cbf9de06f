"""Relaxation and drift against the noise models of aihwkit themselves, run by the interpreter that has them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from tests.sim.devices.population import make

from ohmsim.noise import NoiseSource
from ohmsim.overlays.stack import with_overlays
from ohmsim.state import State

pytestmark = pytest.mark.slow

AIHWKIT = Path(__file__).parents[3] / ".cache" / "aihwkit" / "bin" / "python"
CELLS = 20_000
DAY_S = 86400.0
CASES = [
    *[("relaxation", g, t) for g in (4.0, 12.0, 28.0, 38.0) for t in (1.0, DAY_S, 2 * DAY_S)],
    *[("drift_cmo", 40.0, t) for t in (1.0, 60.0, 3600.0, 1e6)],
    *[("drift_pcm", g, t) for g in (1.0, 8.0, 24.0) for t in (1.0, 3600.0, 1e7)],
]
"""Model, programmed conductance, uS, and time, s."""
PROGRAM = """
import sys
import numpy as np, torch
from aihwkit.inference.noise.pcm import PCMLikeNoiseModel
from aihwkit.inference.noise.reram import ReRamCMONoiseModel, ReRamWan2022NoiseModel

torch.manual_seed(5)
models = {
    "relaxation": ReRamWan2022NoiseModel(g_max=40.0),
    "drift_cmo": ReRamCMONoiseModel(g_max=1e3, g_min=1e-3, read_noise_scale=0.0),
    "drift_pcm": PCMLikeNoiseModel(g_max=25.0, read_noise_scale=0.0),
}
found = {}
for case in sys.argv[3:]:
    name, g, t = case.split(",")
    programmed = torch.full((int(sys.argv[2]),), float(g))
    own = models[name].generate_drift_coefficients(programmed)
    found[case] = models[name].apply_drift_noise_to_conductance(programmed, own, float(t)).numpy()
np.savez(sys.argv[1], **found)
"""


def named(case: tuple[str, float, float]) -> str:
    return ",".join(map(str, case))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, NDArray[np.float32]]:
    if not AIHWKIT.exists():
        pytest.skip("aihwkit is not installed: tools/fetch_aihwkit.sh, 11 GB")
    found = tmp_path_factory.mktemp("aihwkit") / "found.npz"
    subprocess.run([AIHWKIT, "-c", PROGRAM, found, str(CELLS), *map(named, CASES)], check=True, timeout=240)
    return dict(np.load(found))


@pytest.mark.parametrize("case", CASES, ids=named)
def test_cells_spread_as_they_do_there(
    theirs: Mapping[str, NDArray[np.float32]], case: tuple[str, float, float]
) -> None:
    name, programmed_us, seconds = case
    wide = {"d2d_g_min": 0, "d2d_g_max": 0, "g_min": 1e-9, "g_max": 1e-3}
    device = with_overlays(
        make("vteam", CELLS, **wide), {name: {"scale": 1}}, NoiseSource(7, "b0"), State(), lambda: 0.0
    )
    device.put(np.full(CELLS, programmed_us * 1e-6))
    device.rest(seconds)
    ours, wanted = 1e6 * device.conductance_s, theirs[named(case)].astype(float)
    spread = wanted.std()
    assert ours.std() == pytest.approx(spread, rel=0.03)
    assert ours.mean() == pytest.approx(wanted.mean(), abs=7 * spread / CELLS**0.5)
    # Their conductances end at 0, ours at the lowest of the cell.
    assert stats.ks_2samp(np.maximum(ours, 1e-3), np.maximum(wanted, 1e-3)).pvalue > 1e-4
