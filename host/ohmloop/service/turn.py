"""Turns at the boards: one user at a time, whether a batch of inputs or a job."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from ohmloop.service.errors import Occupied

WAIT_S = 30.0
"""Longest wait for the request before this one, s."""

Result = TypeVar("Result")


class Turn:
    """Gives out the boards. Requests run in one thread of their own, so that the event loop stays free for a stop."""

    def __init__(self, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._boards = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inference")

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do `work` with the boards to itself. Raises Occupied if they do not become free in time."""

        def with_boards() -> Result:
            with self.held():
                return work()

        return await asyncio.get_running_loop().run_in_executor(self._thread, with_boards)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the boards, in a thread. Raises Occupied if they do not become free in time."""
        if not self._boards.acquire(timeout=self._wait_s):
            raise Occupied(f"the boards have been in use for {self._wait_s:g} s; try again later")
        try:
            yield
        finally:
            self._boards.release()

    def close(self) -> None:
        """Wait for the request that runs, and take no more."""
        self._thread.shutdown(wait=True, cancel_futures=True)
