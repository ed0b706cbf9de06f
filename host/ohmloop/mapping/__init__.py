"""Weights onto arrays: encode ∘ transform ∘ place."""

from ohmloop.mapping.encode import Differential, EncodedTile, Encoding, NonNegative
from ohmloop.mapping.errors import MappingError
from ohmloop.mapping.place import place
from ohmloop.mapping.placement import PlacedTile, Placement
from ohmloop.mapping.space import ArraySpace
from ohmloop.mapping.transform import Compose, Identity, Permute, Transform

__all__ = [
    "ArraySpace",
    "Compose",
    "Differential",
    "EncodedTile",
    "Encoding",
    "Identity",
    "MappingError",
    "NonNegative",
    "Permute",
    "PlacedTile",
    "Placement",
    "Transform",
    "place",
]
