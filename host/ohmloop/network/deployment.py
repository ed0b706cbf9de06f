"""Programming a whole network over several boards at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from ohmloop.crossbar import Crossbar, Setup
from ohmloop.mapping import Placement
from ohmloop.network.errors import NetworkError
from ohmloop.programming import (
    Acceptance,
    Campaign,
    Policy,
    Population,
    ProgrammingProfile,
    Progress,
    Report,
    Schedule,
    Stops,
)
from ohmloop.store import Run

POLL_S = 0.2
"""How often the waiting thread looks up, so that Ctrl-C reaches it on every platform, s."""


class Deployment:
    """One campaign a board, each in its own thread.

    Args:
        placement: which conductances go where.
        crossbars: one for each array of the placement, armed.
        policy: makes a policy for each board.
        acceptance, stops, profile, population, schedule, setup: as for Campaign, the same for all boards.
        run: journal of all boards; a run that was interrupted is resumed.
        progress: called after each round of any board, in that board's thread, one call at a time.

    Raises NetworkError or ProgrammingError if placement and crossbars do not belong together.
    """

    def __init__(
        self,
        placement: Placement,
        crossbars: Sequence[Crossbar],
        policy: Callable[[], Policy],
        acceptance: Acceptance,
        stops: Stops,
        *,
        profile: ProgrammingProfile,
        population: Population | None = None,
        schedule: Schedule | None = None,
        setup: Setup | None = None,
        run: Run | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        if len(crossbars) != len(placement.arrays):
            raise NetworkError(f"the placement has {len(placement.arrays)} arrays, not {len(crossbars)}")
        self._crossbars = tuple(crossbars)
        self._progress = progress
        self._telling = threading.Lock()
        self._campaigns = [
            Campaign(
                crossbar,
                placement.targets(array),
                policy(),
                acceptance,
                stops,
                profile=profile,
                population=population,
                schedule=schedule,
                setup=setup,
                run=run,
                progress=self._tell,
            )
            for array, crossbar in enumerate(crossbars)
        ]

    def execute(self) -> list[Report]:
        """Program all boards; one report a board, in the order of the crossbars.

        The first Ctrl-C asks every board to end at its next safe point, a second one is an emergency stop. A board that
        fails does not end the others; its error is raised once they are done, with a note on any further ones.
        """
        with ThreadPoolExecutor(len(self._campaigns), "programming") as threads:
            pending = [threads.submit(campaign.execute) for campaign in self._campaigns]
            try:
                _await(pending)
            except KeyboardInterrupt:
                self.request_stop()
                self._await_safe_point(pending)
        errors = [error for future in pending if (error := future.exception()) is not None]
        if errors:
            for further in errors[1:]:
                errors[0].add_note(f"another board failed as well: {further}")
            raise errors[0]
        return [future.result() for future in pending]

    def request_stop(self) -> None:
        """End every board at its next safe point. May be called from any thread."""
        for campaign in self._campaigns:
            campaign.request_stop()

    def hold(self) -> None:
        """Let every board wait at its next safe point, until `go_on` or `request_stop`; from any thread."""
        for campaign in self._campaigns:
            campaign.hold()

    def go_on(self) -> None:
        """End that wait. May be called from any thread."""
        for campaign in self._campaigns:
            campaign.go_on()

    def _await_safe_point(self, pending: Sequence[Future[Report]]) -> None:
        try:
            _await(pending)
        except KeyboardInterrupt:
            for crossbar in self._crossbars:
                crossbar.stop()
            raise

    def _tell(self, progress: Progress) -> None:
        if self._progress is not None:
            with self._telling:
                self._progress(progress)


def _await(pending: Sequence[Future[Report]]) -> None:
    """Wait for all, waking up often enough to be interrupted; each campaign has its own time stop."""
    while wait(pending, timeout=POLL_S).not_done:
        continue
