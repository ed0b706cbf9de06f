"""What is known of all cells of a device together: how far a pulse takes a typical cell, and how cells differ.

A population is learned from a few cells (`fit_rate`, `fit_level`), or assumed (`RatePopulation.generic`,
`LevelPopulation.generic`), and is what policies start from with a cell that they have not pulsed yet.
"""

from ohmloop.programming.population.curve import StepCurve
from ohmloop.programming.population.fit_level import fit_level
from ohmloop.programming.population.fit_rate import fit_rate
from ohmloop.programming.population.level import LevelPopulation
from ohmloop.programming.population.rate import RatePopulation
from ohmloop.programming.population.records import StepRecords
from ohmloop.programming.population.values import Population, population_from_dict

__all__ = [
    "LevelPopulation",
    "Population",
    "RatePopulation",
    "StepCurve",
    "StepRecords",
    "fit_level",
    "fit_rate",
    "population_from_dict",
]
