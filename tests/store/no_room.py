"""A disk that is full, for as long as a test wants it to be."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_room(above: int = 0) -> Iterator[None]:
    """No file of this process may grow above so many bytes: what SQLite meets is what it meets on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (above, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
