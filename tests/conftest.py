"""What many rooms' tests share: emulators over their real ports, and the board given on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings
from tests.emulated_device import DEVICE_HASH, LIMITS, SETUP

from ohmloop.crossbar import Geometry
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.opening import open_native
from ohmloop.link.child import EmulatorProcess

settings.register_profile("ohmloop", deadline=None)  # a busy machine is slow without being wrong
settings.register_profile("long", deadline=None, max_examples=20_000)  # --hypothesis-profile=long, by hand
settings.load_profile("ohmloop")

StartEmulator = Callable[..., EmulatorProcess]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", metavar="URL", help="run the tests marked `board` on the board at this address")
    parser.addoption(
        "--thorough", action="store_true", help="all random commands on the emulated chip too; no image is a failure"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--device") is None:
        skip = pytest.mark.skip(reason="needs a board: --device URL")
        for item in items:
            if "board" in item.keywords:
                item.add_marker(skip)


@pytest.fixture
def board_url(request: pytest.FixtureRequest) -> str:
    """The address given with --device; for tests marked `board`."""
    return str(request.config.getoption("--device"))


@pytest.fixture
def emulator() -> Iterator[StartEmulator]:
    """Start an emulator: emulator("8x8", seed="7", boards="2"); options without a value are flags ("")."""
    with ExitStack() as running:

        def start(geometry: str = "8x8", settings: dict[str, str] | None = None, **options: str) -> EmulatorProcess:
            named = {name.replace("_", "-"): value for name, value in options.items()}
            return running.enter_context(EmulatorProcess(Geometry.parse(geometry), named, settings))

        yield start


@pytest.fixture
def board(emulator: StartEmulator) -> EmulatorProcess:
    """An emulated 8x8 board."""
    return emulator("8x8", seed="1")


@pytest.fixture
def crossbar(board: EmulatorProcess) -> Iterator[NativeCrossbar]:
    """The crossbar of `board`, armed and set up for its device."""
    with open_native(board.boards[0].url) as opened:
        opened.arm(LIMITS, DEVICE_HASH)
        opened.configure(SETUP)
        yield opened
