"""Read-program-verify: policies, acceptance, stops, and the campaign that joins them."""

from ohmloop.programming.acceptance import Acceptance, Verdict
from ohmloop.programming.campaign import Campaign
from ohmloop.programming.context import PolicyContext
from ohmloop.programming.errors import Interrupted, PolicyError, PopulationError, ProgrammingError, ResumeError
from ohmloop.programming.history import PulseRecord
from ohmloop.programming.journal import settle_last
from ohmloop.programming.maps import draw_maps
from ohmloop.programming.policies import (
    POLICIES,
    Alibart,
    Bayes,
    Ekf,
    EkfSettings,
    Ispp,
    IsppSteps,
    Level,
    LevelAims,
    Openmena,
    OpenmenaLaw,
    Vipi,
    VipiGains,
    policy_named,
)
from ohmloop.programming.policy import Policy, Proposal
from ohmloop.programming.population import (
    LevelPopulation,
    Population,
    RatePopulation,
    StepCurve,
    StepRecords,
    fit_level,
    fit_rate,
    population_from_dict,
)
from ohmloop.programming.profile import Drive, ProgrammingProfile
from ohmloop.programming.progress import Phase, Progress
from ohmloop.programming.report import FailedCell, Outcome, Report
from ohmloop.programming.schedule import Schedule, Scope
from ohmloop.programming.step_filter import FilterSettings
from ohmloop.programming.stops import Failure, Stops

__all__ = [
    "POLICIES",
    "Acceptance",
    "Alibart",
    "Bayes",
    "Campaign",
    "Drive",
    "Ekf",
    "EkfSettings",
    "FailedCell",
    "Failure",
    "FilterSettings",
    "Interrupted",
    "Ispp",
    "IsppSteps",
    "Level",
    "LevelAims",
    "LevelPopulation",
    "Openmena",
    "OpenmenaLaw",
    "Outcome",
    "Phase",
    "Policy",
    "PolicyContext",
    "PolicyError",
    "Population",
    "PopulationError",
    "ProgrammingError",
    "ProgrammingProfile",
    "Progress",
    "Proposal",
    "PulseRecord",
    "RatePopulation",
    "Report",
    "ResumeError",
    "Schedule",
    "Scope",
    "StepCurve",
    "StepRecords",
    "Stops",
    "Verdict",
    "Vipi",
    "VipiGains",
    "draw_maps",
    "fit_level",
    "fit_rate",
    "policy_named",
    "population_from_dict",
    "settle_last",
]
