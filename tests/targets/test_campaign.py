"""A campaign runs unchanged on every kind of board."""

import numpy as np
import pytest
from tests.programming.boards import LIMITS, PROFILE, SETUP
from tests.targets.conftest import Start
from tests.targets.target import Target

from ohmloop.drivers.registry import open_crossbar
from ohmloop.programming import Acceptance, Bayes, Campaign, Outcome, Report, Stops, Vipi

BAND = 0.05


def test_a_campaign_runs_unchanged(start: Start, kind: str) -> None:
    target = start(kind, device="vteam")
    target.wire.close()
    targets_s = np.full((8, 8), np.nan)
    targets_s[[0, 2, 5, 7], [1, 6, 3, 4]] = [20e-6, 40e-6, 70e-6, 90e-6]
    with open_crossbar(f"{target.url}?timeout=20") as crossbar:
        crossbar.arm(LIMITS, "ab12")
        report = Campaign(
            crossbar, targets_s, Bayes(), Acceptance(tolerance=BAND), Stops(), profile=PROFILE, setup=SETUP
        ).execute()
    assert report.outcome is Outcome.DONE
    assert report.declared_in_band == 1.0
    used = np.isfinite(targets_s)
    np.testing.assert_array_equal(report.pulses[used], target.truth("full_pulses")[used])
    assert target.truth("full_pulses")[~used].sum() == 0
    errors = np.abs(target.truth("conductance_s") - targets_s)[used] / PROFILE.span_s
    assert (errors <= BAND).mean() >= 0.75


def whole_array(target: Target) -> Report:
    """All 64 cells to 2 % of their range."""
    targets_s = np.random.default_rng(5).uniform(PROFILE.g_min_s, PROFILE.g_max_s, (8, 8))
    with open_crossbar(f"{target.url}?timeout=20") as crossbar:
        crossbar.arm(LIMITS, "ab12")
        crossbar.configure(SETUP)
        return Campaign(crossbar, targets_s, Vipi(), Acceptance(), Stops(), profile=PROFILE, setup=SETUP).execute()


@pytest.mark.parametrize("slower", ["unix", "rp2040"])
def test_a_whole_array_goes_the_same_way_on_every_kind(slower: str, start: Start) -> None:
    """Readings and noise are the same everywhere, so the policy decides the same, pulse by pulse."""
    expected, found = whole_array(start("cpython", device="vteam")), whole_array(start(slower, device="vteam"))
    assert found.declared_in_band == 1.0
    np.testing.assert_array_equal(found.pulses, expected.pulses)
    np.testing.assert_array_equal(found.measured_s, expected.measured_s)
