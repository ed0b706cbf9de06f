"""What it takes to teach an emulated board over HTTP."""

from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from tests.service.small import network, serve

from ohmloop.station.emulated import Control

SMALL = network("small")
DRAW = np.random.default_rng(3)
TRAINING = DRAW.uniform(0, 1, (64, SMALL.inputs))
CHECKING = DRAW.uniform(0, 1, (64, SMALL.inputs))
STUCK = {"fraction": 0.12, "seed": 4, "at": "high"}


def examples(inputs: np.ndarray) -> dict[str, Any]:
    """What the network computes digitally, to be learned by the chip."""
    return {"inputs": inputs.tolist(), "targets": SMALL.digital(inputs).tolist()}


@dataclass
class Bench:
    """A board that outlives the services on it."""

    store: Path
    url: str
    control: Control

    def serve(self) -> Any:
        return serve(self.store, self.url, SMALL, network("other"))


def begin(http: httpx.Client, **more: object) -> int:
    answer = http.post("/v1/learning", json={"model": "small", "loss": "squared error", **more})
    assert answer.status_code == 201, answer.text
    assert answer.json()["open"]
    return int(answer.json()["id"])


def received(control: Control) -> int:
    matrix = control.ask("truth")["full_pulses"]
    return int(np.frombuffer(b64decode(matrix["data"]), matrix["dtype"]).sum())
