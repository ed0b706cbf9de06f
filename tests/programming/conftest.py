from collections.abc import Iterator

import pytest
from tests.programming.boards import Board, emulated


@pytest.fixture
def board() -> Iterator[Board]:
    with emulated("8x8", seed=11) as boards:
        yield boards[0]
