"""A ring-shaped corridor with round pillars, and robots with two wheels and range sensors that drive laps in it.

All robots of a world set advance together: arrays have one row a robot. Lengths in m, times in s, angles in rad.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PERIOD_S = 0.02
"""Control period: every so often the robot reads its sensors and sets its wheels."""
INNER_M, OUTER_M = 1.0, 3.0
MIDDLE_M = (INNER_M + OUTER_M) / 2
ROBOT_M = 0.15
"""Radius of the robot."""
BASE_M = 0.25
"""Distance between its wheels."""
WHEEL_M_PER_S = 0.6
"""Speed of a wheel at the command 1; commands beyond -1 to 1 turn it no faster."""
REACH_M = 1.5
"""Range of the sensors."""
RAYS = np.radians(np.linspace(-120, 120, 13))
"""Directions of the range sensors, from straight ahead, positive to the left."""
INPUTS = RAYS.size + 3
OUTPUTS = 2
LAP_S = 45.0
"""A lap that takes longer has failed; undisturbed it takes about 25 s."""


@dataclass
class Worlds:
    """Some worlds with one robot each.

    Attributes:
        pillars: centre x, y and radius of each pillar, shape (worlds, pillars, 3).
        pose: x, y and heading of each robot, shape (worlds, 3).
        travelled: angle about the centre that each robot has come, shape (worlds,).
        crashed: robots that have touched something; they stand still from then on.
        time_s: since the start.
    """

    pillars: Floats
    pose: Floats
    travelled: Floats = field(init=False)
    crashed: NDArray[np.bool_] = field(init=False)
    time_s: float = 0.0

    def __post_init__(self) -> None:
        self.travelled = np.zeros(len(self.pose))
        self.crashed = np.zeros(len(self.pose), dtype=np.bool_)

    @classmethod
    def random(cls, count: int, seed: int, pillars: int = 7) -> Worlds:
        """Worlds whose pillars leave a way everywhere, and robots that start at a free place, facing along the lap."""
        rng = np.random.default_rng(seed)
        places = np.empty((count, pillars, 3))
        poses = np.empty((count, 3))
        for world in range(count):
            slots = 2 * np.pi * (np.arange(pillars) + 1 + rng.uniform(-0.2, 0.2, pillars)) / (pillars + 1)
            radius = rng.uniform(0.15, 0.3, pillars)
            # A pillar stands off the middle or off the walls by enough for the robot to pass on at least one side.
            distance = rng.uniform(INNER_M + 0.2, OUTER_M - 0.2, pillars)
            places[world] = np.column_stack((distance * np.cos(slots), distance * np.sin(slots), radius))
            poses[world] = (rng.uniform(MIDDLE_M - 0.4, MIDDLE_M + 0.4), 0.0, np.pi / 2 + rng.uniform(-0.3, 0.3))
        return cls(places, poses)

    @property
    def driving(self) -> NDArray[np.bool_]:
        """Robots that have neither crashed nor come round."""
        return ~self.crashed & (self.travelled < 2 * np.pi)

    @property
    def arrived(self) -> NDArray[np.bool_]:
        """Robots that have come round without touching anything."""
        return ~self.crashed & (self.travelled >= 2 * np.pi)

    def ranges(self, directions: Floats, margin_m: float = 0.0) -> Floats:
        """Distance from each robot's centre to the nearest thing in each direction, at most REACH_M, (worlds, n).

        `directions` are from straight ahead, shape (n,). Things are thicker by `margin_m`.
        """
        x, y, heading = self.pose.T
        angle = heading[:, None] + directions
        dx, dy = np.cos(angle), np.sin(angle)
        found = np.full(angle.shape, REACH_M)
        walls = ((INNER_M + margin_m, False), (OUTER_M - margin_m, True))
        for wall_m, from_within in walls:
            along = x[:, None] * dx + y[:, None] * dy
            found = np.minimum(found, _hit(along, (x**2 + y**2)[:, None], wall_m, from_within))
        to_x = self.pillars[:, :, 0] - x[:, None]
        to_y = self.pillars[:, :, 1] - y[:, None]
        along = -(to_x[:, None, :] * dx[:, :, None] + to_y[:, None, :] * dy[:, :, None])
        distance = (to_x**2 + to_y**2)[:, None, :]
        hits = _hit(along, distance, self.pillars[:, None, :, 2] + margin_m, False)
        return np.minimum(found, hits.min(axis=2))

    def sense(self) -> Floats:
        """What the controller is told: nearness of things (0 far, 1 touching) by ray, and pose, (worlds, INPUTS).

        The pose is given as sine and cosine of the heading against the direction of the lap, and the distance from
        the middle of the corridor, from -1 at the inner wall to 1 at the outer one.
        """
        x, y, heading = self.pose.T
        off = heading - np.arctan2(y, x) - np.pi / 2
        aside = (np.hypot(x, y) - MIDDLE_M) / (OUTER_M - MIDDLE_M)
        nearness = 1 - self.ranges(RAYS) / REACH_M
        return np.column_stack((nearness, np.sin(off), np.cos(off), aside))

    def drive(self, commands: Floats, period_s: float = PERIOD_S) -> None:
        """Turn the wheels for one period: left and right command of each robot, shape (worlds, 2)."""
        wheels = WHEEL_M_PER_S * np.clip(commands, -1, 1) * self.driving[:, None]
        speed, turn = wheels.mean(axis=1), (wheels[:, 1] - wheels[:, 0]) / BASE_M
        before = np.arctan2(self.pose[:, 1], self.pose[:, 0])
        middle = self.pose[:, 2] + turn * period_s / 2
        self.pose[:, 0] += speed * np.cos(middle) * period_s
        self.pose[:, 1] += speed * np.sin(middle) * period_s
        self.pose[:, 2] += turn * period_s
        after = np.arctan2(self.pose[:, 1], self.pose[:, 0])
        self.travelled += (after - before + np.pi) % (2 * np.pi) - np.pi
        self.crashed |= self.clearance_m() < 0
        self.time_s += period_s

    def clearance_m(self) -> Floats:
        """Space between each robot and the nearest thing, m, negative where they overlap, shape (worlds,)."""
        x, y, _ = self.pose.T
        from_centre = np.hypot(x, y)
        away = np.hypot(self.pillars[:, :, 0] - x[:, None], self.pillars[:, :, 1] - y[:, None]) - self.pillars[:, :, 2]
        return np.minimum.reduce([from_centre - INNER_M, OUTER_M - from_centre, away.min(axis=1)]) - ROBOT_M


def _hit(along: Floats, distance_squared: Floats, radius: Floats | float, from_within: bool) -> Floats:
    """Distance along rays to a circle; `along` is the ray's direction times the way from its centre to the origin."""
    inside = along**2 - distance_squared + np.square(radius)
    root = np.sqrt(np.maximum(inside, 0))
    hit = -along + root if from_within else -along - root
    # An origin within a thickened thing touches it in every direction that leads further in.
    touching = (not from_within) & (distance_squared < np.square(radius)) & (along < 0)
    return np.where(touching, 0.0, np.where((inside > 0) & (hit > 0), hit, np.inf))
