"""What was measured of a device: as a file, and how the device is programmed because of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.programming.boards import PROFILE

from ohmloop.crossbar import Bias, Geometry
from ohmloop.programming import LevelPopulation, RatePopulation, StepRecords
from ohmloop.programming.characterisation import Characterisation, Kind
from ohmloop.programming.characterised import draw_characterisation
from ohmloop.programming.choice import choose
from ohmloop.programming.disturbance import Disturbance, Outlook, outlook
from ohmloop.programming.errors import CharacterisationError

STEPS = StepRecords(
    np.array([0, 0, 1, 1]),
    np.array([0.9, -1.0, 1.1, -1.2]),
    np.full(4, 1e-5),
    np.full(4, 20e-6),
    np.array([60e-6, 10e-6, 50e-6, 12e-6]),
)


def disturbance(bias: Bias, rate: float, way: int = 1, cells: int = 14) -> Disturbance:
    return Disturbance(bias, way, 1.2, tuple([rate] * cells), 1e-5, 0.4)


def measured(*disturbances: Disturbance, level: bool = False, slow: float = 0.002) -> Characterisation:
    population = LevelPopulation.generic(PROFILE) if level else RatePopulation.generic(PROFILE)
    return Characterisation(
        {"device": "test", "device_hash": "ab12"},
        population,
        0.01 if level else 0.7,
        0.003,
        slow,
        disturbances,
        ((0, 1), (3, 2)),
        412,
        0,
        STEPS,
    )


def test_a_profile_survives_as_a_file(tmp_path: Path) -> None:
    before = measured(disturbance(Bias.HALF, 2e-3), disturbance(Bias.THIRD, 1e-4, -1))
    before.save(tmp_path / "profile.json")
    after = Characterisation.load(tmp_path / "profile.json")
    assert after.to_dict() == before.to_dict()
    assert after.population == before.population
    assert after.kind is Kind.RATE
    assert [path.name for path in tmp_path.iterdir()] == ["profile.json"]


def without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda values: {key: value for key, value in values.items() if key != name}


def changed(**fields: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda values: {**values, **fields}


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (changed(format=1), "format 1"),
        (without("format"), "format None"),
        (without("population"), "lacks 'population'"),
        (changed(population={"type": "magic"}), "population"),
        (changed(population=None), "population"),
        (changed(pulses="many"), "not understood"),
        (changed(read_white=-1), "read noise"),
        (changed(places=[[0]]), "not understood"),
        (changed(places=[]), "without a place"),
        (changed(disturbances=[{"bias": "FLOAT"}]), "not understood"),
        (changed(disturbances=[{**disturbance(Bias.HALF, 1e-3).to_dict(), "own_rate": 0}]), "makes no sense"),
        (changed(records={"cells": [0]}), "lacks 'volts'"),
        (
            changed(records={"cells": [0], "volts": [1], "widths_s": [1e-6], "before_s": [1, 2], "after_s": [1]}),
            "not understood",
        ),
        (lambda values: [values], "not a JSON object"),
    ],
)
def test_bad_profile_files_are_refused(damage: Callable[[dict[str, Any]], Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(damage(measured().to_dict())))
    with pytest.raises(CharacterisationError, match=message) as refusal:
        Characterisation.load(path)
    assert "bad.json" in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"format": 1, "origin": NaN}'])
def test_what_is_not_a_profile_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(CharacterisationError, match=r"bad\.json"):
        Characterisation.load(tmp_path / "bad.json")


def test_a_missing_profile_is_named(tmp_path: Path) -> None:
    with pytest.raises(CharacterisationError, match=r"none\.json"):
        Characterisation.load(tmp_path / "none.json")


def test_a_profile_belongs_to_a_device_file() -> None:
    measured().check_device("ab12")
    with pytest.raises(CharacterisationError, match="another device file"):
        measured().check_device("cd34")


def test_an_outlook_grows_with_the_array() -> None:
    soft = [disturbance(Bias.HALF, 4e-3)]
    small, large = (outlook(soft, Bias.HALF, Geometry(n, n)) for n in (8, 64))
    assert small == Outlook(Bias.HALF, pytest.approx(14 * 0.01), 1.0)  # type: ignore[arg-type]
    assert large == Outlook(Bias.HALF, pytest.approx(126 * 0.01), 0.0)  # type: ignore[arg-type]
    assert outlook(soft, Bias.THIRD, Geometry(8, 8)) is None


def test_what_noise_cannot_tell_from_nothing_is_no_disturbance() -> None:
    quiet = replace(disturbance(Bias.HALF, 5e-6), scatter=1e-4)
    assert not quiet.visible
    assert outlook([quiet], Bias.HALF, Geometry(64, 64)) == Outlook(Bias.HALF, 0.0, 1.0)
    assert quiet.selectivity > 1000


def test_more_passes_for_slower_convergence() -> None:
    passes = [Outlook(Bias.HALF, contraction, 1.0).passes(0.02) for contraction in (0.0, 0.05, 0.3, 0.6, 1.2)]
    assert passes == sorted(passes)
    assert passes[0] == 1
    assert passes[-1] > passes[0]


def choice(what: Characterisation, geometry: str = "8x8", bias: Bias = Bias.THIRD, tolerance: float = 0.02) -> Any:
    return choose(what, PROFILE, bias, Geometry.parse(geometry), tolerance)


@pytest.mark.parametrize("tolerance", [0.0, -0.01, float("nan"), 0.5])
def test_what_is_no_tolerance_is_refused(tolerance: float) -> None:
    soft = measured(disturbance(Bias.HALF, 4e-2), disturbance(Bias.THIRD, 1e-3))
    with pytest.raises(ValueError, match="a tolerance is a fraction of the range"):
        choice(soft, tolerance=tolerance)


def test_a_steep_device_keeps_the_bias_of_its_file() -> None:
    for bias in (Bias.HALF, Bias.THIRD):
        chosen = choice(measured(replace(disturbance(Bias.HALF, 1e-6), scatter=1e-4)), bias=bias)
        assert chosen.bias is bias
        assert chosen.policy == "bayes"
        assert not chosen.schedule.watch
        assert chosen.converges


def test_a_soft_device_is_watched_under_the_gentler_scheme() -> None:
    soft = measured(disturbance(Bias.HALF, 4e-2), disturbance(Bias.THIRD, 1e-3))
    chosen = choice(soft, bias=Bias.HALF)
    assert chosen.bias is Bias.THIRD
    assert chosen.schedule.watch
    assert chosen.schedule.coarse is not None
    assert chosen.converges


def test_lines_alone_are_disturbed_where_that_does_as_well() -> None:
    soft = measured(disturbance(Bias.HALF, 4e-3), disturbance(Bias.THIRD, 1e-4))
    assert choice(soft, bias=Bias.THIRD).bias is Bias.HALF


def test_an_array_that_cannot_converge_is_named() -> None:
    chosen = choice(measured(disturbance(Bias.HALF, 2e-2), disturbance(Bias.THIRD, 5e-3)), "16x16")
    assert not chosen.converges
    assert any("leaves 150% of the error" in reason for reason in chosen.reasons)


def test_more_may_be_left_under_the_scheme_where_all_cells_were_looked_at() -> None:
    left = 0.35
    on_lines, everywhere = disturbance(Bias.HALF, left * 0.4 / 14), disturbance(Bias.THIRD, left * 0.4 / 63)
    assert choice(measured(on_lines, everywhere)).converges
    assert not choice(measured(on_lines)).converges
    assert not choice(measured(on_lines, disturbance(Bias.THIRD, 1.3 * left * 0.4 / 63))).converges
    assert choice(measured(disturbance(Bias.HALF, 0.6 * left * 0.4 / 14))).converges


def test_amplitudes_are_only_lowered() -> None:
    chosen = choice(measured(disturbance(Bias.HALF, 8e-3), disturbance(Bias.THIRD, 2e-4)))
    for drive, allowed in (
        (chosen.profile.set_drive, PROFILE.set_drive),
        (chosen.profile.reset_drive, PROFILE.reset_drive),
    ):
        assert drive.start_v <= drive.max_v <= allowed.max_v


def test_isolated_and_level_devices() -> None:
    chosen = choice(measured(level=True), bias=Bias.GND)
    assert (chosen.policy, chosen.bias, chosen.converges) == ("level", Bias.GND, True)
    assert json.dumps(chosen.to_dict(), allow_nan=False)


def test_the_guard_narrows_where_slow_noise_is_large() -> None:
    guards = [choice(measured(slow=slow)).acceptance.guard for slow in (0.002, 0.008, 0.05)]
    assert guards == sorted(guards, reverse=True)
    assert guards[0] > guards[-1] >= 0.5


@pytest.mark.parametrize("level", [False, True])
def test_what_was_measured_is_drawn(level: bool, tmp_path: Path) -> None:
    path = tmp_path / "measured.png"
    disturbances = () if level else (disturbance(Bias.HALF, 1e-3), disturbance(Bias.HALF, 2e-3, -1))
    draw_characterisation(measured(*disturbances, level=level), path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 10_000
