"""What an inference request asks: read from JSON, or from JSON with raw tensors behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ohmloop.service.errors import BadRequest
from ohmloop.service.tensors import MAX_DIMENSIONS, from_json, from_raw
from ohmloop.service.validation import readable

Parameters = Annotated[dict[str, JsonValue], Field(default_factory=dict)]


class InputHead(BaseModel):
    """One tensor that is asked about: its values in `data`, or raw behind the JSON as `binary_data_size` says."""

    model_config = ConfigDict(strict=True)
    name: str
    shape: list[Annotated[int, Field(ge=0, lt=2**31)]] = Field(min_length=1, max_length=MAX_DIMENSIONS)
    datatype: str
    parameters: Parameters
    data: Any = None


class OutputHead(BaseModel):
    """One tensor that is wanted: `logits` or `class`."""

    model_config = ConfigDict(strict=True)
    name: str
    parameters: Parameters


class InferenceHead(BaseModel):
    """The JSON of a request, as the Open Inference Protocol has it."""

    model_config = ConfigDict(
        strict=True,
        json_schema_extra={
            "examples": [{"inputs": [{"name": "input", "shape": [1, 3], "datatype": "FP32", "data": [0.1, 0.5, 0.9]}]}]
        },
    )
    id: str | None = None
    parameters: Parameters
    inputs: list[InputHead] = Field(min_length=1)
    outputs: list[OutputHead] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RequestedOutput:
    """One output that the caller wants, and whether as raw bytes."""

    name: str
    binary: bool


@dataclass(frozen=True, slots=True)
class InferenceRequest:
    """A checked request.

    Attributes:
        id: the caller's name for it, to be echoed, or None.
        inputs: arrays by name, finite, in the datatype that was sent.
        outputs: what is wanted, in order; empty means every output of the model.
        binary_by_default: whether outputs that are not listed go as raw bytes.
    """

    id: str | None
    inputs: Mapping[str, NDArray[Any]]
    outputs: Sequence[RequestedOutput]
    binary_by_default: bool


def parse(body: bytes, head_length: str | None) -> InferenceRequest:
    """Read a request body. `head_length` is the header Inference-Header-Content-Length, or None.

    Raises BadRequest, saying which part is wrong.
    """
    size = _head_size(body, head_length)
    head = _head(body[:size])
    tail = memoryview(body)[size:]
    if len({tensor.name for tensor in head.inputs}) != len(head.inputs):
        raise BadRequest("an input is given twice")
    inputs: dict[str, NDArray[np.generic]] = {}
    for tensor in head.inputs:
        raw_size = _count(tensor.parameters, "binary_data_size", f"input {tensor.name!r}")
        if raw_size is None:
            if tensor.data is None:
                raise BadRequest(f"input {tensor.name!r} has neither data nor binary_data_size")
            inputs[tensor.name] = from_json(tensor.name, tensor.datatype, tensor.shape, tensor.data)
            continue
        if tensor.data is not None:
            raise BadRequest(f"input {tensor.name!r} has both data and binary_data_size")
        if raw_size > len(tail):
            raise BadRequest(f"input {tensor.name!r} announces {raw_size} bytes and {len(tail)} are left in the body")
        inputs[tensor.name] = from_raw(tensor.name, tensor.datatype, tensor.shape, tail[:raw_size])
        tail = tail[raw_size:]
    if len(tail):
        raise BadRequest(f"{len(tail)} bytes follow the last tensor")
    by_default = _flag(head.parameters, "binary_data_output", "the request", otherwise=False)
    return InferenceRequest(head.id, inputs, _outputs(head.outputs, by_default), by_default)


def _head_size(body: bytes, head_length: str | None) -> int:
    if head_length is None:
        return len(body)
    if not (head_length.isascii() and head_length.isdigit()) or int(head_length) > len(body):
        raise BadRequest(
            f"Inference-Header-Content-Length is {head_length!r}; it must be a number of at most {len(body)} bytes"
        )
    return int(head_length)


def _head(text: bytes) -> InferenceHead:
    try:
        return InferenceHead.model_validate(json.loads(text, parse_constant=_refuse_constant))
    except ValidationError as error:
        raise BadRequest(readable(error)) from None
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise BadRequest(f"the request is not JSON: {error}") from None


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest(f"the request holds {name}; NaN and infinity are refused")


def _outputs(heads: Sequence[OutputHead], by_default: bool) -> list[RequestedOutput]:
    outputs = []
    for head in heads:
        if head.parameters.get("classification"):
            raise BadRequest(f"output {head.name!r} asks for classification, which is not offered; ask for the tensor")
        binary = _flag(head.parameters, "binary_data", f"output {head.name!r}", otherwise=by_default)
        outputs.append(RequestedOutput(head.name, binary))
    if len({output.name for output in outputs}) != len(outputs):
        raise BadRequest("an output is asked for twice")
    return outputs


def _flag(parameters: Mapping[str, JsonValue], key: str, owner: str, *, otherwise: bool) -> bool:
    value = parameters.get(key, otherwise)
    if not isinstance(value, bool):
        raise BadRequest(f"{key} of {owner} must be true or false")
    return value


def _count(parameters: Mapping[str, JsonValue], key: str, owner: str) -> int | None:
    value = parameters.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadRequest(f"{key} of {owner} must be a number of bytes")
    return value
