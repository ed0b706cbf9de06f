"""Either type of population, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ohmloop.programming.errors import PopulationError
from ohmloop.programming.population.level import LevelPopulation
from ohmloop.programming.population.rate import RatePopulation

Population = RatePopulation | LevelPopulation

TYPES: dict[str, type[RatePopulation] | type[LevelPopulation]] = {"rate": RatePopulation, "level": LevelPopulation}


def population_from_dict(values: Any) -> Population:
    """The population that `to_dict` of either type gave. Raises PopulationError, naming what is wrong."""
    kind = values.get("type") if isinstance(values, Mapping) else None
    if kind not in TYPES:
        raise PopulationError(f"the type of a population is one of {', '.join(TYPES)}, not {kind!r}")
    return TYPES[kind].from_dict({name: value for name, value in values.items() if name != "type"})
