"""A network that fits one 8x8 array, and what it takes to serve it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from tests.service.listener import listening, until

from ohmloop.crossbar import Geometry
from ohmloop.network import Activation, Linear, Model
from ohmloop.service.app import create_app
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.server import listen, serving
from ohmloop.station import DeviceFile, Station
from ohmloop.store import Store

GEOMETRY = Geometry(8, 8)


def network(name: str, geometry: Geometry = GEOMETRY) -> Model:
    """One layer that fills an array with differential pairs; its weights go by its name."""
    draw = np.random.default_rng(list(name.encode()))
    inputs, outputs = geometry.rows, geometry.cols // 2
    layer = Linear(draw.normal(size=(inputs, outputs)), draw.normal(size=outputs), Activation.NONE)
    return Model(name, (layer,)).calibrated(draw.uniform(0, 1, (200, inputs)))


@dataclass
class Served:
    """A service with the station behind it."""

    http: httpx.Client
    url: str
    station: Station
    networks: dict[str, HostedNetwork]


@contextmanager
def serve(
    store: Path, url: str, *models: Model, geometry: Geometry = GEOMETRY, token: str | None = None
) -> Iterator[Served]:
    """A real service on a real port, around a station with one emulated board."""
    device = DeviceFile.shipped("vteam", geometry)
    with Store(store) as kept, Station([url], device, kept) as station:
        station.arm()
        networks = {model.name: HostedNetwork(model, station.boards, device) for model in models}
        app = create_app(station, networks, token=token)
        with serving(app, listen("127.0.0.1", 0, token)) as address:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            with httpx.Client(base_url=address, timeout=30, headers=headers) as http:
                yield Served(http, address, station, networks)
        for hosted in networks.values():
            hosted.close()


def ask(http: httpx.Client, model: str, inputs: np.ndarray) -> httpx.Response:
    tensor = {"name": "input", "datatype": "FP64", "shape": inputs.shape, "data": inputs.tolist()}
    return http.post(f"/v2/models/{model}/infer", json={"inputs": [tensor], "outputs": [{"name": "logits"}]})


def program(http: httpx.Client, model: str = "small") -> None:
    """Program a model and wait for the end of its job."""
    with listening(http) as events:
        number = http.post("/v1/programming", json={"model": model, "tolerance": 0.03}).json()["id"]
        until(events, "job", id=number, state="done")
