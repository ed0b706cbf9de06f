"""Who takes part, and one case of them over several seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import mean

from tests.bench.programming.arrays import Device, characterised
from tests.bench.programming.contest import Figures, contest, interval, targets_of
from tests.bench.programming.ledger import Ledger
from tests.bench.programming.oracle import oracle_pulses
from tests.bench.programming.tuning import chosen, known_to

from ohmloop.programming import Ispp, IsppSteps, Openmena, Policy, Population, RatePopulation, Vipi, policy_named
from ohmloop.programming.choice import choose

ORACLE, NEURRAM = "oracle", "ispp (NeuRRAM)"
TUNED = ("bayes", "ekf", "level", "vipi", "ispp", "alibart", "openmena")
AS_RELEASED = {NEURRAM: lambda: Ispp(IsppSteps.neurram()), "vipi (default)": Vipi, "openmena (released)": Openmena}
FILES_WIDTH = "vipi (the file's width)"
BASELINES = ("vipi", FILES_WIDTH, "ispp", "alibart", NEURRAM, "vipi (default)", "openmena", "openmena (released)")


@dataclass(frozen=True, slots=True)
class Played:
    """One policy in one case, seed by seed."""

    name: str
    figures: tuple[Figures, ...]

    @property
    def pulses(self) -> float:
        """Mean pulses a cell."""
        return mean(f.pulses for f in self.figures)

    @property
    def sampled(self) -> float:
        """Mean pulses a cell before the campaign."""
        return mean(f.sampled for f in self.figures)

    @property
    def declared(self) -> float:
        """% of the healthy cells."""
        return mean(f.declared for f in self.figures)

    @property
    def true(self) -> float:
        """% of the healthy cells."""
        return mean(f.true for f in self.figures)

    @property
    def note(self) -> str:
        """Everything else that is known of it."""
        pulses = interval([f.pulses for f in self.figures])
        p99, reads = mean(f.p99 for f in self.figures), mean(f.reads for f in self.figures)
        return (
            f"{self.name}: {pulses} pulses (95 % interval), p99 {p99:.0f}, {reads:.1f} reads, "
            f"declared {self.declared:.2f} %, truly in band {self.true:.1f} %"
        )


def best_for(device: Device) -> str:
    """The policy for the type of a device."""
    return "level" if device.level_type else "bayes"


class Table:
    """Plays cases, and keeps their figures."""

    def __init__(self) -> None:
        self._ledger = Ledger()

    def by_default(self, device: Device, seeds: Sequence[int], tolerance: float) -> Played:
        """What a user gets: `ohmloop characterise` on the array, then what it chooses, with its default parameters."""

        def measure(seed: int) -> Figures:
            array = device.array(seed)
            measured = characterised(array, device.profile)
            choice = choose(measured, device.profile, array.setup.bias, array.capabilities.geometry, tolerance)
            make = partial(policy_named, choice.policy)
            figures = contest(device, make, seed, tolerance=tolerance, population=measured.population, array=array)
            return replace(figures, sampled=measured.pulses / array.capabilities.geometry.cells)

        key = f"{device}|default|{tolerance}"
        return Played("default", tuple(self._ledger.entry(f"{key}|{seed}", partial(measure, seed)) for seed in seeds))

    def play(
        self,
        device: Device,
        name: str,
        seeds: Sequence[int],
        tolerance: float,
        guard: float = 1.0,
        *,
        population: Population | None = None,
        about: str = "",
    ) -> Played:
        """One policy over seeds. Without `population`, that of the device's sample (or none that fits)."""

        def measure(seed: int) -> Figures:
            if name == ORACLE:
                return _oracle(device, seed, tolerance)
            known = population
            if known is None and about != "generic":
                known = known_to(name, device)
            played, make = _made(name, device)
            return contest(played, make, seed, tolerance=tolerance, guard=guard, population=known)

        key = f"{device}|{name}|{tolerance}|{guard}|{about}"
        return Played(name, tuple(self._ledger.entry(f"{key}|{seed}", partial(measure, seed)) for seed in seeds))


def stale(population: Population, factor: float) -> Population:
    """A profile whose thresholds are off by a factor."""
    assert isinstance(population, RatePopulation)
    curves = [
        replace(curve, threshold_v=factor * curve.threshold_v, softness_v=factor * curve.softness_v)
        for curve in (population.set, population.reset)
    ]
    return replace(population, set=curves[0], reset=curves[1])


def _made(name: str, device: Device) -> tuple[Device, Callable[[], Policy]]:
    """A device as the policy has it, and what makes the policy."""
    return (device, AS_RELEASED[name]) if name in AS_RELEASED else chosen(name, device)


def _oracle(device: Device, seed: int, tolerance: float) -> Figures:
    array, profile = device.array(seed), device.profile
    targets_s = targets_of(profile, array.capabilities.geometry, seed)
    pulses = oracle_pulses(array, targets_s, profile, tolerance * profile.span_s)
    return Figures(float(pulses.mean()), float(sorted(pulses)[int(0.99 * pulses.size)]), 0.0, 100.0, 100.0, 0.0)
