"""A network on the boards of a station: where its weights go, how they get there, and what the boards make of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, ForeignSetup
from ohmloop.mapping import ArraySpace, place
from ohmloop.network.deployment import Deployment
from ohmloop.network.graph import Model
from ohmloop.network.runtime import ChipRuntime
from ohmloop.programming import POLICIES, Progress
from ohmloop.service.learned import Learned, fingerprint
from ohmloop.service.plan import ProgrammingPlan
from ohmloop.station.device_file import DeviceFile
from ohmloop.store import Run

log = logging.getLogger(__name__)

REVIVALS = 3
"""How often boards are armed and set up again for one batch before the loss is reported."""

HOLDS = 0.9
"""Fraction of the cells that must read within twice the tolerance for the boards to count as holding a network."""


class HostedNetwork:
    """A calibrated network placed on the boards of a station, one array of the device file each.

    Raises MappingError if the boards have too little room (the message says how many are needed), NetworkError if
    network and boards do not belong together.

    Attributes:
        model: the network as it answers now, with the biases and gains of what was adopted last.
        given: the network as it was given. fingerprint: of that.
    """

    def __init__(self, model: Model, boards: Sequence[Crossbar], device: DeviceFile) -> None:
        array = device.array
        space = ArraySpace(device.geometry, frozenset(array.dead_rows), frozenset(array.dead_cols))
        low_s, high_s = array.conductance_s
        self.model = model
        self.fingerprint = fingerprint(model)
        self.boards = tuple(boards)
        self.placement = place(model.weights, [space] * len(boards), g_min_s=low_s, g_max_s=high_s)
        self._device = device
        self.given = model
        self._learned: Learned | None = None
        self._runtime = ChipRuntime(model, self.placement, boards, device.setup.read)

    @property
    def name(self) -> str:
        """Name of the network."""
        return self.model.name

    @property
    def cells(self) -> int:
        """Cells that hold its weights."""
        return sum(int(np.isfinite(self.placement.targets(array)).sum()) for array in range(len(self.boards)))

    @property
    def inputs(self) -> int:
        """Length of an input vector."""
        return self.model.inputs

    @property
    def outputs(self) -> int:
        """Number of logits."""
        return self.model.outputs

    def infer(self, batch: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logits of shape (batch, outputs).

        A board that has restarted, or whose set-up somebody changed, is armed and set up again as it was, and the batch
        is asked again, at most REVIVALS times; that moves nothing. Raises InputError, CurrentOverRange, CrossbarErrors.
        """
        for _ in range(REVIVALS):
            try:
                return self._runtime.infer(batch)
            except ForeignSetup as error:
                log.warning("%s; arming again and repeating the batch", error)
                for board in self.boards:
                    board.resume()
        return self._runtime.infer(batch)

    def deployment(
        self, plan: ProgrammingPlan, *, run: Run | None = None, progress: Callable[[Progress], None] | None = None
    ) -> Deployment:
        """The campaigns that bring the boards to this network; a run that was interrupted goes on."""
        profile, setup, population = plan.conditions(self._device)
        return Deployment(
            self.placement,
            self.boards,
            POLICIES[plan.policy],
            plan.acceptance,
            plan.stops,
            profile=profile,
            population=population,
            schedule=plan.schedule,
            setup=setup,
            run=run,
            progress=progress,
        )

    def adopt(self, learned: Learned | None) -> None:
        """Answer with what learning has made of the network, or as it was given."""
        self._learned = learned
        self.model = self.given if learned is None else learned.model
        self._runtime.model = self.model

    def fraction_held(self, tolerance: float) -> float:
        """Fraction of the cells that now read within twice `tolerance` (a fraction of the conductance range).

        Reads every array once. Twice, because a single reading scatters and cells relax after programming.
        """
        span_s = self._device.profile.span_s
        near = cells = 0
        for array, board in enumerate(self.boards):
            learned = self._learned
            targets_s = self.placement.targets(array) if learned is None else learned.conductances_s[array]
            used = np.isfinite(targets_s)
            if not used.any():
                continue
            board.configure(self._device.setup)
            errors = np.abs(board.read_array().conductances_s - targets_s)[used]
            near += int((errors <= 2 * tolerance * span_s).sum())
            cells += errors.size
        return near / cells

    def close(self) -> None:
        """End the threads of the inference; the boards stay open."""
        self._runtime.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
