"""Policies by name."""

from __future__ import annotations

from collections.abc import Callable

from ohmloop.programming.errors import PolicyError
from ohmloop.programming.policies.alibart import Alibart
from ohmloop.programming.policies.bayes import Bayes
from ohmloop.programming.policies.ekf import Ekf
from ohmloop.programming.policies.ispp import Ispp
from ohmloop.programming.policies.level import Level
from ohmloop.programming.policies.openmena import Openmena
from ohmloop.programming.policies.vipi import Vipi
from ohmloop.programming.policy import Policy

POLICIES: dict[str, Callable[[], Policy]] = {
    policy.name: policy for policy in (Bayes, Ekf, Vipi, Ispp, Alibart, Level, Openmena)
}
"""What makes a policy with its default parameters, by the name that a caller gives."""


def policy_named(name: str) -> Policy:
    """A fresh policy. Raises PolicyError, which names those that there are."""
    if name not in POLICIES:
        raise PolicyError(f"there is no policy {name!r}; there are {', '.join(POLICIES)}")
    return POLICIES[name]()
