"""A real service on a real port, around a network that needs no boards."""

from collections.abc import Iterator

import httpx
import pytest
from tests.service.matrix import BODY_LIMIT, Matrix

from ohmloop.service.app import create_app
from ohmloop.service.server import listen, serving


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return Matrix()


@pytest.fixture(scope="session")
def url(matrix: Matrix) -> Iterator[str]:
    app = create_app({matrix.name: matrix}, body_limit=BODY_LIMIT)
    with serving(app, listen("127.0.0.1", 0, None)) as address:
        yield address


@pytest.fixture
def http(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=20) as client:
        yield client
