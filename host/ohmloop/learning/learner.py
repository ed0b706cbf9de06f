"""A network on crossbars that learns."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.crossbar import Crossbar, ForeignSetup, Setup
from ohmloop.learning.budget import READ_S, Budget, Spent
from ohmloop.learning.errors import LearningError
from ohmloop.learning.loss import CrossEntropy, Loss
from ohmloop.learning.meter import MeteredPolicy
from ohmloop.learning.moves import Moves
from ohmloop.learning.shadow import Matrix, Shadow
from ohmloop.learning.trace import Change, HeldLayer, LayerTrace, Trace
from ohmloop.mapping import Placement
from ohmloop.network import ChipRuntime, Model
from ohmloop.programming import Campaign, Outcome, Policy, ProgrammingProfile, Report, Vipi
from ohmloop.programming.access import Access, resume

if TYPE_CHECKING:
    from ohmloop.learning.rules import Rule
    from ohmloop.store import Run

log = logging.getLogger(__name__)

ARRAYS = ("measured_s", "wanted_s", "pulses", "unmoved", "stuck")
"""What is remembered of every array."""

REVIVALS = 3
"""How often boards are armed and set up again for one batch before the loss is reported."""


class Learner:
    """Forward passes on the chip, changes gathered in a digital shadow, cells moved when they are due.

    The three steps of learning are separate, so that a session can keep its state in between: `learn` looks at a batch
    and changes the shadow and the digital biases and gains; `due` says which cells are far enough from their shadow;
    `move` is one campaign that pulses these and no others.

    Args:
        model: the calibrated network that was deployed. placement: where.
        crossbars: one for each array of the placement, armed; the learner is their only user.
        rule: what decides changes. loss: what they are to improve.
        profile: how the device is programmed. setup: to read, multiply and pulse under.
        policy: makes a policy for each campaign. moves, budget: see there.
        begin: the network whose biases and gains learning begins with, if an earlier session has changed them.

    Raises NetworkError or LearningError if these do not belong together.

    Attributes:
        shadow, spent: see there.
    """

    def __init__(
        self,
        model: Model,
        placement: Placement,
        crossbars: Sequence[Crossbar],
        rule: Rule,
        *,
        profile: ProgrammingProfile,
        setup: Setup,
        loss: Loss | None = None,
        policy: Callable[[], Policy] = Vipi,
        moves: Moves | None = None,
        budget: Budget | None = None,
        begin: Model | None = None,
    ) -> None:
        self.crossbars = tuple(crossbars)
        self.rule = rule
        self.loss: Loss = loss if loss is not None else CrossEntropy()
        self.moves = moves if moves is not None else Moves()
        self.budget = budget if budget is not None else Budget()
        self.profile = self.moves.profile(profile)
        self.setup = setup
        self.spent = Spent()
        self.shadow = Shadow(placement, profile.g_min_s, profile.g_max_s)
        self._layers = list((model if begin is None else begin).layers)
        self._model = model
        self._policy = policy
        self._stop = threading.Event()
        self._campaigns: list[Campaign] = []
        self._runtime = ChipRuntime(model, placement, crossbars, setup.read)

    @property
    def serials(self) -> list[str]:
        """Serial numbers of the boards, in the order of the arrays."""
        return [crossbar.capabilities.serial for crossbar in self.crossbars]

    @property
    def cells(self) -> int:
        """Cells that hold weights."""
        return sum(int(np.isfinite(array.measured_s).sum()) for array in self.shadow.arrays)

    @property
    def stuck(self) -> int:
        """Cells that were given up because they no longer move."""
        return sum(int(array.stuck.sum()) for array in self.shadow.arrays)

    @property
    def stopping(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop.is_set()

    @property
    def model(self) -> Model:
        """The network as the chip holds it: weights as last measured, biases and gains as learned."""
        return replace(self._model, layers=tuple(layer.layer for layer in self.held()))

    def held(self) -> list[HeldLayer]:
        """Every layer as the chip holds it and as learning wants it."""
        arrays = self.shadow.arrays
        measured_s, wanted_s = [array.measured_s for array in arrays], [array.wanted_s for array in arrays]
        return [
            HeldLayer(
                replace(layer, weights=self.shadow.weights(index, measured_s)),
                replace(self._model.layers[index], weights=self.shadow.deployed[index]),
                self.shadow.weights(index, wanted_s),
                *self.shadow.reach(index),
            )
            for index, layer in enumerate(self._layers)
        ]

    def read(self, run: Run | None = None, times: int = 1) -> None:
        """Read every cell `times` times and take the means as what the chip holds; the shadow starts from there.

        Changes that wait in the shadow are given up. Raises what the crossbars raise.
        """
        for array, crossbar in zip(self.shadow.arrays, self.crossbars, strict=True):
            rows, cols = (line.astype(np.int32) for line in np.nonzero(np.isfinite(array.measured_s)))
            if not rows.size:
                continue
            access = Access(crossbar, self.setup, run, resume)
            crossbar.configure(self.setup)
            read_s = np.mean([access.read(rows, cols) for _ in range(times)], axis=0)
            known = np.isfinite(read_s)
            array.measured_s[rows[known], cols[known]] = read_s[known]
            array.wanted_s[...] = array.measured_s
            self._count_reads(times * rows.size, float(np.nansum(array.measured_s)) * times)

    def infer(self, inputs: ArrayLike) -> Matrix:
        """Outputs of the chip with the biases and gains learned so far, (batch, inputs) to (batch, outputs)."""
        return self._forward(self._model.checked(inputs))[-1].sums

    def products(self, layer: int, values: Matrix) -> Matrix:
        """Products of one layer on the chip, (batch, inputs) to (batch, outputs), before gain and bias.

        A board that has restarted is armed and set up again, which moves nothing. Raises CrossbarErrors.
        """
        held_s = sum(
            float(self.shadow.arrays[tile.array].measured_s[np.ix_(tile.rows, tile.cols)].sum())
            for tile in self.shadow.placement.of(layer)
        )
        self.spent.vectors += len(values)
        self.spent.read_energy_j += len(values) * self.setup.read.volts**2 * held_s * READ_S
        for _ in range(REVIVALS):
            try:
                return self._runtime.products(layer, values)
            except ForeignSetup as error:
                log.warning("%s; arming again and repeating the batch", error)
                for crossbar in self.crossbars:
                    crossbar.resume()
        return self._runtime.products(layer, values)

    def gains(self, layer: int) -> NDArray[np.float64]:
        """The digital gains of a layer, shape (outputs,)."""
        return self._layers[layer].gains

    def trace(self, inputs: ArrayLike, targets: ArrayLike) -> Trace:
        """One batch through the chip, with its loss. Raises InputError, LearningError, CrossbarErrors."""
        values = self._model.checked(inputs)
        wanted = self.loss.wanted(targets, self._model.outputs)
        if len(wanted) != len(values) or not len(values):
            raise LearningError(f"{len(values)} input vectors need as many targets, at least one, not {len(wanted)}")
        layers = self._forward(values)
        outputs = self._layers[-1].activated(layers[-1].sums)
        with np.errstate(over="ignore", invalid="ignore"):
            slope = self.loss.slope(outputs, wanted)
            loss, score = self.loss.value(outputs, wanted), self.loss.score(outputs, wanted)
        if not (np.isfinite(loss) and np.isfinite(score)):
            raise LearningError(f"the batch has a loss of {loss} and a score of {score}: its numbers are too large")
        return Trace(tuple(layers), outputs, wanted, slope, loss, score)

    def learn(self, inputs: ArrayLike, targets: ArrayLike) -> Trace:
        """Let the rule learn from a batch; moves no cell. Raises as `trace`, and LearningError of the rule.

        A batch that ends in an error has taught nothing: shadow, biases, gains and rule are as before.
        """
        trace = self.trace(inputs, targets)
        known = self.rule.state()
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
                self.apply(self.rule.propose(trace, self.held()))
        except BaseException:
            self.rule.restore(known)
            raise
        return trace

    def apply(self, changes: Sequence[Change]) -> None:
        """Take changes of every layer into the shadow and the digital parameters: all of them or none.

        Raises LearningError for a change that is not finite.
        """
        for index, change in enumerate(changes):
            for part in ("weights", "bias", "gain"):
                if (values := getattr(change, part)) is not None and not np.isfinite(values).all():
                    raise LearningError(
                        f"the change of layer {index} ({part}) is not finite and was not taken over: look at the "
                        "batch, or learn more slowly"
                    )
        for index, (change, layer) in enumerate(zip(changes, self._layers, strict=True)):
            if change.weights is not None:
                self.shadow.add(index, change.weights)
            gain = layer.gain if change.gain is None else layer.gains + change.gain
            bias = layer.bias if change.bias is None else layer.bias + change.bias
            self._layers[index] = replace(layer, bias=bias, gain=gain)

    def due(self) -> list[Matrix] | None:
        """Targets of the cells to move now, one matrix an array, None if no cell is due. Raises BudgetSpent."""
        targets = self.moves.due(self.shadow.arrays, self.budget, self.spent, self.profile)
        return targets if any(np.isfinite(matrix).any() for matrix in targets) else None

    def move(self, targets_s: Sequence[Matrix], run: Run | None = None) -> bool:
        """One campaign on every array with a target; False if it was stopped before its end.

        With a run, what was stopped is taken up by calling this again with the same targets and run, and only what has
        come to its end counts here. Raises what campaigns raise.
        """
        policies, self._campaigns = [], []
        for array, crossbar, matrix in zip(self.shadow.arrays, self.crossbars, targets_s, strict=True):
            policy = MeteredPolicy(
                self._policy(), self.moves.firm, self.moves.moved, array.unmoved[np.isfinite(matrix)]
            )
            policies.append(policy)
            self._campaigns.append(
                Campaign(
                    crossbar,
                    matrix,
                    policy,
                    self.moves.acceptance,
                    self.moves.stops,
                    profile=self.profile,
                    setup=self.setup,
                    run=run,
                )
            )
        if self._stop.is_set():
            self.request_stop()
        pending = [c for c, matrix in zip(self._campaigns, targets_s, strict=True) if np.isfinite(matrix).any()]
        with ThreadPoolExecutor(max(1, len(pending)), "learning") as threads:
            reports = dict(zip(pending, threads.map(lambda campaign: campaign.execute(), pending), strict=True))
        complete = all(report.outcome is Outcome.DONE for report in reports.values())
        if complete or run is None:
            for index, (campaign, policy) in enumerate(zip(self._campaigns, policies, strict=True)):
                if campaign in reports:
                    self._absorb(index, reports[campaign], policy)
            self.spent.updates += 1
        return complete

    def request_stop(self) -> None:
        """End a move that is under way, or the next one, at its first safe point. May be called from any thread.

        A learner that was stopped stays so: take up its run with another one.
        """
        self._stop.set()
        for campaign in self._campaigns:
            campaign.request_stop()

    def state(self) -> dict[str, NDArray[np.float64]]:
        """All that learning has to remember, as named arrays; for `restore`."""
        state: dict[str, NDArray[np.float64]] = {}
        for index, array in enumerate(self.shadow.arrays):
            for name in ARRAYS:
                state[f"array.{index}.{name}"] = getattr(array, name).astype(np.float64)
        for index, layer in enumerate(self._layers):
            state[f"layer.{index}.bias"] = layer.bias
            state[f"layer.{index}.gain"] = layer.gains
        state |= {f"rule.{name}": values for name, values in self.rule.state().items()}
        return state | {f"spent.{name}": np.array(value, np.float64) for name, value in self.spent.as_json().items()}

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Remember what `state` gave. Raises LearningError if it is of another network."""
        for index, array in enumerate(self.shadow.arrays):
            for name in ARRAYS:
                held = getattr(array, name)
                held[...] = self._kept(state, index, name).astype(held.dtype)
        self._restore_digital(state)
        for name, value in self.spent.as_json().items():
            setattr(self.spent, name, type(value)(state[f"spent.{name}"]))

    def return_to(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Want what the chip held when `state` was taken, with the biases and gains of then; moves no cell yet.

        What has been spent and found out about cells since then stays. Raises LearningError as `restore`.
        """
        for index, array in enumerate(self.shadow.arrays):
            array.wanted_s[...] = self._kept(state, index, "measured_s")
            self.shadow.take_over(index, array.stuck)
        self._restore_digital(state)

    def close(self) -> None:
        """End the threads; the crossbars stay open."""
        self._runtime.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _kept(self, state: Mapping[str, NDArray[np.float64]], index: int, name: str) -> NDArray[np.float64]:
        kept = state.get(f"array.{index}.{name}")
        if kept is None or kept.shape != self.shadow.arrays[index].measured_s.shape:
            raise LearningError(f"what was kept is not of this network: array {index} does not fit")
        return kept

    def _restore_digital(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        self._layers = [
            replace(layer, bias=state[f"layer.{index}.bias"], gain=state[f"layer.{index}.gain"])
            for index, layer in enumerate(self._layers)
        ]
        self.rule.restore({name[5:]: values for name, values in state.items() if name.startswith("rule.")})

    def _forward(self, values: Matrix) -> list[LayerTrace]:
        layers = []
        for index, layer in enumerate(self._layers):
            products = self.products(index, values)
            layers.append(LayerTrace(values, products, layer.sums(products)))
            values = layer.activated(layers[-1].sums)
        return layers

    def _absorb(self, index: int, report: Report, policy: MeteredPolicy) -> None:
        array = self.shadow.arrays[index]
        cells = np.isfinite(report.targets_s)
        known = cells & np.isfinite(report.measured_s)
        array.measured_s[known] = report.measured_s[known]
        array.pulses[cells] += report.pulses[cells].astype(np.int64)
        array.unmoved[cells] = policy.unmoved
        self.spent.pulses += report.totals.pulses
        self.spent.largest_pulses = max(self.spent.largest_pulses, int(array.pulses.max()))
        self.spent.pulse_energy_j += float(policy.energy_j.sum())
        self._count_reads(report.totals.reads, float(np.nansum(report.reads * report.measured_s)))
        self.shadow.take_over(index, cells & (array.unmoved >= self.moves.unmoved))

    def _count_reads(self, reads: int, conductance_s: float) -> None:
        self.spent.reads += reads
        self.spent.read_energy_j += self.setup.read.volts**2 * conductance_s * READ_S
