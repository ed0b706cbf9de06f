"""Drive robots by a network that a service answers for: `python drive.py --url http://127.0.0.1:8000 --model robot`.

One robot in real time, a command every 20 ms; what took longer is counted. `Controller` and `fleet` are for programs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import numpy as np
from world import LAP_S, OUTPUTS, PERIOD_S, Floats, Worlds

TIMEOUT_S = 5.0
"""A service that says nothing for so long is given up."""


class NoCommands(RuntimeError):
    """The service did not answer, or with something else than commands."""


class Controller:
    """Wheel commands from a served network, over one connection that stays open.

    Args:
        url: of the service, e.g. http://127.0.0.1:8000. model: name of the network.
    """

    def __init__(self, url: str, model: str) -> None:
        place = urlsplit(url)
        self._connection = HTTPConnection(place.hostname or "127.0.0.1", place.port or 80, timeout=TIMEOUT_S)
        self._path = f"/v2/models/{model}/infer"

    def __call__(self, sensed: Floats) -> Floats:
        """Left and right command of each robot, (robots, 2), for what it senses, (robots, inputs).

        Raises NoCommands.
        """
        tensor = {"name": "input", "datatype": "FP32", "shape": list(sensed.shape), "data": sensed.ravel().tolist()}
        body = json.dumps({"inputs": [tensor], "outputs": [{"name": "logits"}]})
        for last in (False, True):
            try:
                self._connection.request("POST", self._path, body, {"Content-Type": "application/json"})
                reply = self._connection.getresponse()
                answer = json.loads(reply.read())
                break
            except (OSError, HTTPException, ValueError) as error:
                self._connection.close()
                # A service ends connections that nobody uses; asking again moves nothing.
                if last or not isinstance(error, ConnectionError):
                    raise NoCommands(f"{self._path} did not answer: {error}") from error
        if reply.status != 200:
            raise NoCommands(f"{self._path} answered {reply.status}: {answer.get('error')}")
        return np.array(answer["outputs"][0]["data"]).reshape(len(sensed), OUTPUTS)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def fleet(worlds: Worlds, commands: Callable[[Floats], Floats]) -> Floats:
    """Drive all robots at once, each to the end of its lap; the world waits for every answer.

    Returns where they have been, x and y by control period, shape (periods, worlds, 2).
    """
    track = [worlds.pose[:, :2].copy()]
    while worlds.driving.any() and worlds.time_s < LAP_S:
        worlds.drive(commands(worlds.sense()))
        track.append(worlds.pose[:, :2].copy())
    return np.array(track)


def in_real_time(worlds: Worlds, commands: Callable[[Floats], Floats], seconds: float) -> Floats:
    """Drive for so long by the clock on the wall; the world does not wait, and late commands come late.

    Returns how long each command took from the sensors to the wheels, s, shape (periods,).
    """
    took = []
    begun = last = time.perf_counter()
    while (now := time.perf_counter()) - begun < seconds and worlds.driving.any():
        wheels = commands(worlds.sense())
        took.append(time.perf_counter() - now)
        time.sleep(max(0.0, begun + len(took) * PERIOD_S - time.perf_counter()))
        moved = time.perf_counter()
        worlds.drive(wheels, moved - last)
        last = moved
    return np.array(took)


def main() -> int:
    """One robot in real time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--model", default="robot")
    parser.add_argument("--seed", type=int, default=1, help="of the world")
    arguments = parser.parse_args()
    worlds = Worlds.random(1, arguments.seed)
    with Controller(arguments.url, arguments.model) as controller:
        try:
            took = in_real_time(worlds, controller, LAP_S)
        except NoCommands as error:
            print(f"drive: {error}", file=sys.stderr)
            return 1
    end = "came round" if worlds.arrived[0] else "crashed" if worlds.crashed[0] else "ran out of time"
    late = float(np.mean(took > PERIOD_S))
    print(
        f"{end} after {worlds.time_s:.1f} s; {len(took)} commands, median {np.median(took) * 1e3:.1f} ms, "
        f"99 % within {np.percentile(took, 99) * 1e3:.1f} ms, {late:.1%} later than {PERIOD_S * 1e3:.0f} ms"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
