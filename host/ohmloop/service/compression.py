"""Compressed bodies: what clients may send, and what they may ask for (RFC 9110, sections 8.4 and 12.5.3)."""

from __future__ import annotations

import gzip
import zlib

from ohmloop.service.errors import BadRequest, TooLarge, UnsupportedEncoding

GZIP_WINDOW = 31
ZLIB_WINDOW = 15
"""`wbits` of zlib.decompressobj: a gzip member, and the zlib format that HTTP calls deflate."""

ENCODINGS = {"gzip": GZIP_WINDOW, "deflate": ZLIB_WINDOW}


def decompress(body: bytes, encoding: str | None, limit: int) -> bytes:
    """The body without its Content-Encoding.

    Raises UnsupportedEncoding for another encoding than gzip, deflate and identity, BadRequest for damaged data,
    TooLarge if the result has more than `limit` bytes (it is never held in memory whole).
    """
    name = (encoding or "identity").strip().lower()
    if name == "identity":
        return body
    if name not in ENCODINGS:
        raise UnsupportedEncoding(f"Content-Encoding {encoding!r} is not known; use gzip, deflate or none")
    stream = zlib.decompressobj(ENCODINGS[name])
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise BadRequest(f"the {name} body is damaged: {error}") from None
    if len(plain) > limit:
        raise TooLarge(f"the body is larger than {limit} bytes when decompressed")
    if not stream.eof or stream.unused_data:
        raise BadRequest(f"the {name} body is damaged: it does not end where it should")
    return plain


def accepted(header: str | None) -> str | None:
    """The encoding to answer in, by the request's Accept-Encoding: "gzip", "deflate" or None for none."""
    weights: dict[str, float] = {}
    for part in (header or "").split(","):
        name, _, parameter = part.partition(";")
        key, _, value = parameter.partition("=")
        try:
            weights[name.strip().lower()] = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            continue
    wanted = {name: weights.get(name, 0.0) for name in ENCODINGS}
    best = max(wanted, key=lambda name: wanted[name])
    return best if wanted[best] > 0 else None


def compress(body: bytes, encoding: str) -> bytes:
    """The body in the encoding that `accepted` gave."""
    return gzip.compress(body, mtime=0) if encoding == "gzip" else zlib.compress(body)
