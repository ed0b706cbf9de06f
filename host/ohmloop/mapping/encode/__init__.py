"""Encodings: how a weight becomes conductances, one a file."""

from ohmloop.mapping.encode.differential import Differential
from ohmloop.mapping.encode.encoding import EncodedTile, Encoding
from ohmloop.mapping.encode.non_negative import NonNegative

__all__ = ["Differential", "EncodedTile", "Encoding", "NonNegative"]
