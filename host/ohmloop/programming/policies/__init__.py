"""Policies, one a file."""

from ohmloop.programming.policies.alibart import Alibart
from ohmloop.programming.policies.bayes import Bayes
from ohmloop.programming.policies.ekf import Ekf, EkfSettings
from ohmloop.programming.policies.ispp import Ispp, IsppSteps
from ohmloop.programming.policies.level import Level, LevelAims
from ohmloop.programming.policies.openmena import Openmena, OpenmenaLaw
from ohmloop.programming.policies.registry import POLICIES, policy_named
from ohmloop.programming.policies.vipi import Vipi, VipiGains

__all__ = [
    "POLICIES",
    "Alibart",
    "Bayes",
    "Ekf",
    "EkfSettings",
    "Ispp",
    "IsppSteps",
    "Level",
    "LevelAims",
    "Openmena",
    "OpenmenaLaw",
    "Vipi",
    "VipiGains",
    "policy_named",
]
