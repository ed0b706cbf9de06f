"""Reading a request body, never more of it than the service accepts."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from ohmloop.service.compression import decompress
from ohmloop.service.errors import BadRequest, TooLarge
from ohmloop.service.validation import readable

LONGEST_PLAN = 64 * 1024
"""Largest body that only says what is to be done, in bytes."""

MAX_BODY_BYTES = 16 * 1024 * 1024
"""Largest body, compressed or not: 65,536 vectors of 64 FP32 values."""


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, decompressed. Raises TooLarge above `limit` bytes, before the rest is read."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge(f"the body of {announced} bytes is larger than {limit} bytes; send smaller batches")
    chunks = bytearray()
    async for chunk in request.stream():
        chunks += chunk
        if len(chunks) > limit:
            raise TooLarge(f"the body is larger than {limit} bytes; send smaller batches")
    return decompress(bytes(chunks), request.headers.get("content-encoding"), limit)


Model = TypeVar("Model", bound=BaseModel)


async def read_model(request: Request, kind: type[Model], limit: int) -> Model:
    """The JSON body as a checked `kind`, whatever the Content-Type; an empty body stands for `{}`."""
    body = await read_body(request, limit)
    try:
        return kind.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise BadRequest(readable(error)) from None
