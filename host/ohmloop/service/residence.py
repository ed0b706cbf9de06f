"""Which network the boards hold: one at a time, and none while they are being programmed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from ohmloop.crossbar import CrossbarError
from ohmloop.programming import Acceptance
from ohmloop.service.errors import NotFound, Occupied
from ohmloop.service.hosted import HOLDS, HostedNetwork
from ohmloop.service.learned import latest
from ohmloop.station import Station

log = logging.getLogger(__name__)

NOTHING = "have not been programmed"


class Residence:
    """Knows what the boards hold, from what was programmed or learned, or from reading them.

    Attributes:
        claimed_by: what has the boards for longer than one activity, so that nothing else may move cells; or None.
    """

    def __init__(self, station: Station, networks: Mapping[str, HostedNetwork]) -> None:
        self.networks = networks
        self._station = station
        self._resident: str | None = None
        self._holds = NOTHING
        self.claimed_by: str | None = None

    @property
    def resident(self) -> str | None:
        """Name of the network that the boards hold, or None."""
        return self._resident

    def find(self, name: str) -> HostedNetwork:
        """A network by name. Raises NotFound."""
        if name not in self.networks:
            raise NotFound(f"there is no model {name!r}; there are {', '.join(self.networks) or 'none'}")
        return self.networks[name]

    def must_be_free(self) -> None:
        """Raises Occupied while something has claimed the boards."""
        if self.claimed_by is not None:
            raise Occupied(f"{self.claimed_by} has the boards: pause or commit it first")

    def hold(self, network: HostedNetwork) -> None:
        """The boards hold this network; whoever says so has looked."""
        self._resident = network.name

    def look(self) -> None:
        """Read the boards to find out which network they hold. Moves nothing."""
        with self._station.interlock.held("reading the boards"):
            for name, network in self.networks.items():
                network.adopt(latest(self._station, network.model, network.placement, network.fingerprint))
                try:
                    held = network.fraction_held(Acceptance().tolerance)
                except CrossbarError as error:
                    log.warning("cannot tell whether the boards hold %s: %s", name, error)
                    continue
                if held >= HOLDS:
                    self._resident = name
                    return

    def moved_by(self, what: str) -> None:
        """The boards hold nothing any more: `what` moves cells."""
        self._resident = None
        self._holds = f"{NOTHING} since {what} moved cells"
        for network in self.networks.values():
            network.adopt(None)

    @contextmanager
    def moving_in(self, network: HostedNetwork) -> Iterator[Callable[[], None]]:
        """The boards hold nothing while the context is open; call what it gives once they hold `network`."""
        self._resident = None
        network.adopt(None)

        def settle() -> None:
            self._resident = network.name

        yield settle

    def why_not_ready(self, name: str | None = None) -> str | None:
        """Why `name` (or any network) cannot be asked now, or None if it can."""
        if (job := self._station.job) is not None and not self._station.interlock.lends:
            return f"job {job.id} ({job.kind}) has the boards; GET /v1/jobs/{job.id} tells how far it is"
        if self._resident is None or name not in (None, self._resident):
            wanted = f"model {name!r}" if name else "any model"
            holds = f"hold {self._resident!r}" if self._resident else self._holds
            return f"the boards do not hold {wanted}: they {holds}; POST /v1/programming starts that"
        return None
