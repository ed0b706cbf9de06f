"""Reports and maps of a campaign."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.programming.boards import PROFILE, SETUP, Board

from ohmloop.programming import Acceptance, Campaign, ProgrammingError, Report, Stops, Vipi, draw_maps

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def report(board: Board) -> Report:
    board.ask("fault", stuck={"fraction": 0.1, "seed": 4})
    targets_s = board.targets()
    targets_s[0, :3] = np.nan
    return Campaign(board.crossbar, targets_s, Vipi(), Acceptance(), Stops(), profile=PROFILE, setup=SETUP).execute()


def test_a_report_says_what_the_arrays_say(report: Report) -> None:
    summary = json.loads(report.to_json())
    used = np.isfinite(report.targets_s)
    assert summary["cells"] == used.sum() == 61
    assert summary["declared_in_band"] == pytest.approx(report.accepted[used].mean())
    assert summary["pulses_per_cell"]["mean"] == pytest.approx(np.nanmean(report.pulses))
    assert summary["pulses_per_cell"]["p99"] == pytest.approx(np.nanpercentile(report.pulses, 99))
    assert summary["reads_per_cell"]["total"] == np.nansum(report.reads)
    assert sum(summary["failed"].values()) == len(summary["failures"]) == len(report.failures) > 0
    assert summary["error"]["rms"] == pytest.approx(np.sqrt(np.nanmean(report.errors**2)))
    assert summary["policy"]["name"] == "vipi"
    assert summary["profile"]["width_s"] == 10e-6
    assert summary["acceptance"]["tolerance"] == 0.02
    failure = summary["failures"][0]
    history = failure["history"]
    assert len(history) == report.pulses[failure["row"], failure["col"]]
    assert set(history[0]) == {"volts", "width_s", "before_s", "after_s"}


def test_accepted_cells_were_last_seen_in_band(report: Report) -> None:
    acceptance, targets_s = report.acceptance, report.targets_s[report.accepted]
    seen_s = np.abs(report.measured_s[report.accepted] - targets_s)
    doubt_s = acceptance.uncertainty_s(np.array(1), targets_s, report.profile.span_s)
    assert (seen_s <= acceptance.tolerance * report.profile.span_s + doubt_s).all()


def test_maps_are_a_picture(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "maps.png"
    draw_maps([report, report], path)
    assert path.read_bytes().startswith(PNG)
    assert path.stat().st_size > 10_000


def test_maps_without_matplotlib(report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ProgrammingError, match=r"install ohmloop\[plot\]"):
        draw_maps([report], tmp_path / "maps.png")


def test_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(ProgrammingError, match="no reports"):
        draw_maps([], tmp_path / "maps.png")
