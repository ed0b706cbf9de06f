"""Who is imitated: a driver that sees everything at once and looks for the best way ahead."""

from __future__ import annotations

import numpy as np
from world import MIDDLE_M, OUTER_M, ROBOT_M, Floats, Worlds

WAYS = np.radians(np.linspace(-110, 110, 45))
"""Headings that are looked at, from straight ahead."""
MARGIN_M = 0.08
"""Space that shall be left between the robot and anything."""
LOOK_AHEAD_M = 1.2
GAIN = 1.4
"""Difference of the wheels for a way one radian aside, in commands."""


def drive(worlds: Worlds) -> Floats:
    """Left and right wheel command of each robot, -1 to 1, shape (worlds, 2)."""
    x, y, heading = worlds.pose.T
    off = heading - np.arctan2(y, x) - np.pi / 2
    aside = (np.hypot(x, y) - MIDDLE_M) / (OUTER_M - MIDDLE_M)
    wanted = 0.5 * aside - off  # along the lap, back towards the middle
    wanted = (wanted + np.pi) % (2 * np.pi) - np.pi
    free = np.minimum(worlds.ranges(WAYS, ROBOT_M + MARGIN_M), LOOK_AHEAD_M) / LOOK_AHEAD_M
    worth = 2.2 * free + np.cos(WAYS - wanted[:, None]) + 0.15 * np.cos(WAYS)
    # A smooth choice, so that the driver can be imitated: ways weigh by how good they are.
    weight = np.exp(12 * (worth - worth.max(axis=1, keepdims=True)))
    way = np.arctan2((weight * np.sin(WAYS)).sum(axis=1), (weight * np.cos(WAYS)).sum(axis=1))
    ahead = free[:, WAYS.size // 2]
    speed = np.clip(0.25 + 0.75 * ahead, 0, 1) * np.clip(np.cos(way), 0.1, 1)
    turn = np.clip(GAIN * way, -1, 1)
    return np.clip(np.column_stack((speed - turn / 2, speed + turn / 2)), -1, 1)
