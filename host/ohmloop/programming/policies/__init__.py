"""Policies, one a file."""

from ohmloop.programming.policies.ispp import Ispp, IsppSteps
from ohmloop.programming.policies.vipi import Vipi, VipiGains

__all__ = ["Ispp", "IsppSteps", "Vipi", "VipiGains"]
