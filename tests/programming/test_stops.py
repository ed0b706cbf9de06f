import numpy as np
import pytest

from ohmloop.programming import Failure, Stops
from ohmloop.programming.stops import Received


@pytest.mark.parametrize(
    ("pulses", "full", "stress_s", "elapsed_s", "expected"),
    [
        (9, 2, 0.9, 59.0, set()),
        (10, 0, 0.0, 0.0, {Failure.PULSES}),
        (0, 3, 0.0, 0.0, {Failure.FULL_VOLTAGE}),
        (0, 0, 1.0, 0.0, {Failure.STRESS}),
        (0, 0, 0.0, 60.0, {Failure.TIME}),
        (10, 3, 1.0, 60.0, {Failure.PULSES, Failure.FULL_VOLTAGE, Failure.STRESS, Failure.TIME}),
    ],
)
def test_each_stop_works_alone(
    pulses: int, full: int, stress_s: float, elapsed_s: float, expected: set[Failure]
) -> None:
    stops = Stops(pulses=10, full_voltage_pulses=3, time_s=60.0, stress_s=1.0)
    reached = stops.reached(Received(np.array([pulses]), np.array([full]), np.array([stress_s])), elapsed_s)
    assert {reason for reason, cells in reached if cells.any()} == expected


@pytest.mark.parametrize(
    "wrong",
    [{"pulses": -1}, {"full_voltage_pulses": -1}, {"time_s": -1.0}, {"time_s": float("nan")}, {"stress_s": -1.0}],
)
def test_negative_stops_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="negative"):
        Stops(**wrong)  # type: ignore[arg-type]
