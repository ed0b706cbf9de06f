"""The one thread in which the service drives the boards, so that the event loop stays free for an emergency stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ohmloop.service.errors import Occupied

MOST_WAITING = 64
"""Requests that may wait for the boards; more are turned away at once."""

Result = TypeVar("Result")


class BoardsThread:
    """Runs one thing after another. Jobs have threads of their own; the station's interlock keeps the two apart."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="boards")
        self._waiting = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Do `work` after what is waiting already. Raises Occupied if that is too much, and what `work` raises."""
        if self._waiting >= MOST_WAITING:
            raise Occupied(f"{MOST_WAITING} requests are waiting for the boards already; try again later")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Wait for what runs, and drop what waits."""
        self._thread.shutdown(wait=True, cancel_futures=True)
