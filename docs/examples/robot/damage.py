"""Before and after damage, before and after learning: `python damage.py` starts boards, drives, and draws strip.png.

Emulated boards are programmed with robot.npz and served. Robots drive in worlds that nothing was trained or chosen
in; then 10 % of the cells stick and a week passes in which the others drift; then the boards learn, over REST, first
their biases alone and then their cells, and the robots drive in the same worlds as before. A lesson begins in other
worlds, with situations that the expert and the damaged robot come into; then robots drive with what was learned, and
where their mistakes lead them is learned from, too, as in train.py.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import expert
import numpy as np
from drive import Controller, fleet, in_real_time
from film import draw
from world import Floats, Worlds

from ohmloop.crossbar import Geometry
from ohmloop.network import Model, load_model
from ohmloop.service.app import create_app
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.server import listen, serving
from ohmloop.station import DeviceFile, Station
from ohmloop.station.emulated import EmulatorProcess
from ohmloop.store import Store

GEOMETRY, BOARDS = Geometry(32, 32), 3
TEST_SEED, LESSON_SEED = 5_000, 9_000
STUCK, WEEK_S = 0.1, 7 * 86_400
AGEING = {"drift_cmo.scale": "1"}
LESSONS, ROUNDS, MORE = 1500, 4, 1000
"""Situations that a lesson begins with; how often robots drive with what they have learned, and what that adds."""
LESSON_S = 25.0
"""About a lap: whoever needs longer has stopped somewhere, and tells nothing new."""
PULSES_A_CELL = 3
FINE = {"rule": "repair", "parameters": {"least": 0.02}, "moves": {"threshold": 0.04, "tolerance": 0.03}}
"""Closed loops feel small errors: cells are moved for less, and closer than for classes. Chosen on other boards."""
TIMEOUT_S = 1800.0


class Service:
    """Plain JSON over HTTP."""

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One request. Raises RuntimeError for an answer that is an error."""
        connection = HTTPConnection(self._place.hostname or "", self._place.port, timeout=TIMEOUT_S)
        connection.request(method, path, None if body is None else json.dumps(body))
        reply = connection.getresponse()
        answer = json.loads(reply.read())
        connection.close()
        if reply.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.get('error')}")
        return answer

    def job(self, path: str, body: object) -> Any:
        """Start a job and wait for its end."""
        job = self.ask("POST", path, body)
        until = time.monotonic() + TIMEOUT_S
        while job["state"] == "running" and time.monotonic() < until:
            time.sleep(0.5)
            job = self.ask("GET", f"/v1/jobs/{job['id']}")
        if job["state"] != "done":
            raise RuntimeError(f"job {job['id']} ended {job['state']}: {job['error']}")
        return job["result"]


def lessons(seed: int, drivers: Sequence[Controller | None], count: int) -> dict[str, Any]:
    """Situations that drivers (None: the expert) come into in lesson worlds, with what the expert would do there."""
    seen, wanted = [], []
    for driver in drivers:
        worlds, step = Worlds.random(8, seed), 0
        while worlds.driving.any() and worlds.time_s < LESSON_S:
            sensed, advice = worlds.sense(), expert.drive(worlds)
            if step % 10 == 0:
                seen.append(sensed[worlds.driving])
                wanted.append(advice[worlds.driving])
            worlds.drive(advice if driver is None else driver(sensed))
            step += 1
    chosen = np.random.default_rng(seed).permutation(sum(map(len, seen)))[:count]
    return {"inputs": np.concatenate(seen)[chosen].tolist(), "targets": np.concatenate(wanted)[chosen].tolist()}


@dataclass
class Trial:
    """What became of robots on one set of boards.

    Attributes:
        came_round: part of the robots that came round without touching anything, by who drove them.
        learned: how the lesson ended; see `ohmloop.learning.Moment`.
        films: who drove, the worlds at the end, and the tracks.
    """

    came_round: dict[str, float] = field(default_factory=dict)
    learned: dict[str, Any] = field(default_factory=dict)
    films: list[tuple[str, Worlds, Floats]] = field(default_factory=list)

    def drive(self, who: str, commands: Controller | Callable[[Floats], Floats], robots: int, seed: int) -> None:
        """Let robots drive in the test worlds of a seed."""
        worlds = Worlds.random(robots, TEST_SEED + seed)
        track = fleet(worlds, commands)
        self.came_round[who] = float(worlds.arrived.mean())
        self.films.append((who, worlds, track))
        print(f"{who}: {worlds.arrived.mean():.0%} came round, {worlds.crashed.mean():.0%} crashed", file=sys.stderr)


@dataclass
class Bench:
    """Emulated boards that hold the controller, served over HTTP."""

    emulator: EmulatorProcess
    model: Model
    service: Service
    controller: Controller


def taught(bench: Bench, asked: dict[str, Any], lesson: dict[str, Any], steps: int) -> str:
    """A session that has learned a lesson, and what its own robots ran into since; returns its address.

    The lesson takes `steps`, each round after it half as many.
    """
    service = bench.service
    session = service.ask("POST", "/v1/learning", {"model": "robot", "loss": "squared error", **asked})
    where = f"/v1/learning/{session['id']}"
    service.ask("POST", f"{where}/checkpoints", {"name": "before"})
    service.ask("PUT", f"{where}/examples", lesson)
    service.job(f"{where}/teach", {"steps": steps})
    for number in range(1, ROUNDS + 1):
        service.ask("POST", f"{where}/examples", lessons(LESSON_SEED + number, [bench.controller], MORE))
        service.job(f"{where}/teach", {"steps": steps // 2})
    return where


@contextmanager
def programmed(seed: int) -> Iterator[Bench]:
    """Boards of this seed, programmed with the controller at 5 % and served."""
    model = load_model(Path(__file__).with_name("robot.npz"))
    device = DeviceFile.shipped("vteam", GEOMETRY)
    options = {"seed": str(seed), "device": "vteam", "boards": str(BOARDS)}
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        emulator = opened.enter_context(EmulatorProcess(GEOMETRY, options, AGEING))
        store = opened.enter_context(Store(folder / "runs.sqlite"))
        station = opened.enter_context(Station([board.url for board in emulator.boards], device, store))
        station.arm()
        network = opened.enter_context(HostedNetwork(model, station.boards, device))
        url = opened.enter_context(serving(create_app(station, {"robot": network}), listen("127.0.0.1", 0, None)))
        service, controller = Service(url), opened.enter_context(Controller(url, "robot"))
        service.job("/v1/programming", {"model": "robot", "tolerance": 0.05})
        yield Bench(emulator, model, service, controller)


def damage(emulator: EmulatorProcess, seed: int) -> None:
    """Stick 10 % of the cells of every board, and let a week pass."""
    with emulator.control() as control:
        for index, board in enumerate(emulator.boards):
            stuck = {"fraction": STUCK, "seed": seed * 10 + index, "at": "mixed"}
            control.ask("fault", board=board.name, stuck=stuck)
            control.ask("rest", board=board.name, seconds=WEEK_S)


def periods(controller: Controller) -> Floats:
    """How long each command takes in real time, s, while one robot drives for 20 s."""
    return in_real_time(Worlds.random(1, TEST_SEED), controller, 20.0)


def trial(seed: int, robots: int) -> Trial:
    """Program, drive, break, drive, learn, drive: on emulated boards of this seed, over HTTP."""
    seen = Trial()
    with programmed(seed) as bench:
        model, service, controller = bench.model, bench.service, bench.controller
        seen.drive("digital", model.digital, robots, seed)
        seen.drive("programmed", controller, robots, seed)
        damage(bench.emulator, seed)
        seen.drive("damaged", controller, robots, seed)
        lesson = lessons(LESSON_SEED, [None, controller], LESSONS)
        where = taught(bench, {"rule": "bias-scale", "parameters": {"scale": 0, "batch": 128}}, lesson, 40)
        seen.drive("biases learned", controller, robots, seed)
        service.ask("POST", f"{where}/roll-back", {"name": "before"})
        service.ask("POST", f"{where}/commit")
        cells = sum(2 * weights.size for weights in model.weights)
        budget = {"pulses": PULSES_A_CELL * cells}
        where = taught(bench, {**FINE, "budget": budget}, lesson, 2 * len(model.layers))
        seen.learned = service.ask("POST", f"{where}/commit")["summary"]
        seen.drive("learned", controller, robots, seed)
    return seen


def main() -> None:
    """One trial, told and drawn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=11, help="of boards, damage and test worlds")
    parser.add_argument("--robots", type=int, default=12)
    parser.add_argument("--strip", type=Path, default=Path(__file__).with_name("strip.png"))
    arguments = parser.parse_args()
    seen = trial(arguments.seed, arguments.robots)
    draw(seen.films[1:], arguments.strip)
    said = {
        "seed": arguments.seed,
        "robots": arguments.robots,
        "came round": seen.came_round,
        "learning": {name: seen.learned[name] for name in ("rule", "step", "pulses_a_cell", "largest_pulses", "stuck")},
    }
    print(json.dumps(said, indent=2))


if __name__ == "__main__":
    main()
