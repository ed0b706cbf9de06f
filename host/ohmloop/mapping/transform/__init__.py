"""Transforms: weights, inputs and outputs of a layer changed together, one a file."""

from ohmloop.mapping.transform.compose import Compose
from ohmloop.mapping.transform.identity import Identity
from ohmloop.mapping.transform.permute import Permute
from ohmloop.mapping.transform.transform import Transform

__all__ = ["Compose", "Identity", "Permute", "Transform"]
