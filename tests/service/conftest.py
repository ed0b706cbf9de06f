"""A real service on a real port: around a network that needs no boards, or around an emulated one that is taught."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.service.lessons import STUCK, Bench
from tests.service.matrix import BODY_LIMIT, Matrix
from tests.service.small import GEOMETRY, Served, program

from ohmloop.service import answers
from ohmloop.service.access import Access
from ohmloop.service.boards import BoardsThread
from ohmloop.service.inference import inference_routes
from ohmloop.service.server import listen, serving
from ohmloop.station import Interlock
from ohmloop.station.emulated import EmulatorProcess


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return Matrix()


@pytest.fixture(scope="session")
def url(matrix: Matrix) -> Iterator[str]:
    app = FastAPI()
    thread = BoardsThread()
    app.state.closing = thread.close
    app.add_middleware(Access, token=None)
    answers.install(app)
    app.include_router(inference_routes({matrix.name: matrix}, Interlock(), thread, lambda _: None, BODY_LIMIT))
    with serving(app, listen("127.0.0.1", 0, None)) as address:
        yield address


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=20) as client:
        yield client


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with EmulatorProcess(GEOMETRY, {"seed": "5"}) as emulator, emulator.control() as control:
        yield Bench(tmp_path / "runs.sqlite", emulator.boards[0].url, control)


@pytest.fixture
def damaged(bench: Bench) -> Iterator[tuple[Served, Bench]]:
    """A service whose network is on the board, with cells that are stuck since."""
    with bench.serve() as served:
        program(served.http)
        bench.control.ask("fault", stuck=STUCK)
        yield served, bench
