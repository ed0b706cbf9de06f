"""Bulk data inside a line: base64 of little-endian 32-bit integers."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.crossbar import ProtocolError


def pack_words(words: ArrayLike) -> str:
    """Base64 of `words`, any shape, each in the range of int32 (ValueError otherwise)."""
    wide = np.asarray(words, dtype=np.int64)
    narrow = wide.astype("<i4")
    if not np.array_equal(narrow, wide):
        raise ValueError("a value is outside the range of 32-bit integers")
    return b64encode(narrow.tobytes()).decode("ascii")


def unpack_words(text: str) -> NDArray[np.int32]:
    """The integers in `text`, shape (n,). Raises ProtocolError if it is not base64 of whole words."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise ProtocolError(f"bulk data of {len(text)} characters is not base64: {error}") from None
    if len(data) % 4:
        raise ProtocolError(f"bulk data of {len(data)} bytes does not hold whole 32-bit integers")
    return np.frombuffer(data, dtype="<i4").astype(np.int32)
