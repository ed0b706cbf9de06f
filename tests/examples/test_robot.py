"""The robot example: its world is one in which the expert comes round, and boards can drive in it over HTTP."""

from pathlib import Path

import expert
import numpy as np
import pytest
from drive import Controller, NoCommands, fleet, in_real_time
from film import draw
from tests.service.small import program, serve
from world import INNER_M, OUTER_M, PERIOD_S, REACH_M, ROBOT_M, Worlds

from ohmloop.crossbar import Geometry
from ohmloop.network import load_model

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "robot"
CONTROLLER = load_model(FOLDER / "robot.npz")


def test_the_expert_comes_round_in_worlds_it_has_not_seen() -> None:
    worlds = Worlds.random(20, 77)
    fleet(worlds, lambda _: expert.drive(worlds))
    assert worlds.arrived.all()


def test_the_digital_controller_comes_round_in_nearly_all() -> None:
    worlds = Worlds.random(20, 78)
    fleet(worlds, CONTROLLER.digital)
    assert worlds.arrived.mean() >= 0.9


def test_ranges_are_those_of_the_geometry() -> None:
    worlds = Worlds(np.array([[[2.0, 1.0, 0.25]]]), np.array([[2.0, 0.0, np.pi / 2]]))
    ahead, right, left = worlds.ranges(np.radians([0.0, -90.0, 90.0]))[0]
    assert ahead == pytest.approx(1.0 - 0.25)
    assert right == pytest.approx(OUTER_M - 2.0)
    assert left == pytest.approx(2.0 - INNER_M)
    away = Worlds(np.array([[[0.0, 2.0, 0.1]]]), np.array([[2.0, 0.0, np.pi / 2]]))
    assert away.ranges(np.array([0.0]))[0, 0] == REACH_M


def test_a_robot_that_touches_something_stands_still() -> None:
    worlds = Worlds(np.array([[[0.0, 2.0, 0.1]]]), np.array([[OUTER_M - ROBOT_M - 0.01, 0.0, 0.0]]))
    for _ in range(10):
        worlds.drive(np.ones((1, 2)))
    assert worlds.crashed[0]
    where = worlds.pose.copy()
    worlds.drive(np.ones((1, 2)))
    assert np.array_equal(worlds.pose, where)
    assert not worlds.arrived[0]


def test_boards_drive_a_robot_over_http(tmp_path: Path) -> None:
    """One array of 64x128 cells holds the controller; what it says is near what the digital one says."""
    geometry = Geometry(64, 128)
    with serve(tmp_path / "runs.sqlite", "emu://64x128?seed=3", CONTROLLER, geometry=geometry) as served:
        with Controller(served.url, "robot") as controller:
            with pytest.raises(NoCommands, match="409"):
                controller(Worlds.random(1, 5).sense())
            program(served.http, "robot")
            worlds = Worlds.random(1, 5)
            sensed = worlds.sense()
            assert np.abs(controller(sensed) - CONTROLLER.digital(sensed)).max() < 0.2
            took = in_real_time(worlds, controller, 50 * PERIOD_S)
            assert took.size > 5
            assert worlds.travelled[0] > 0.05
            draw([("driven", Worlds.random(4, 5), np.zeros((2, 4, 2)))], tmp_path / "strip.png")
            assert (tmp_path / "strip.png").stat().st_size > 1000
        with pytest.raises(NoCommands, match="no model 'nobody'"), Controller(served.url, "nobody") as controller:
            controller(sensed)
