"""The answer to an inference request: JSON, or JSON with raw tensors behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.service.errors import BadRequest, NoReading
from ohmloop.service.inference_request import InferenceRequest, RequestedOutput
from ohmloop.service.tensors import to_json, to_raw


@dataclass(frozen=True, slots=True)
class OutputTensor:
    """One output of a model: its name, datatype and values of any shape."""

    name: str
    datatype: str
    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Encoded:
    """An answer ready to send; `head_length` is the size of its JSON part in bytes if raw tensors follow it."""

    body: bytes
    head_length: int | None


def encode(request: InferenceRequest, model: str, version: str, outputs: Sequence[OutputTensor]) -> Encoded:
    """The answer with the outputs that were asked for, in that order, each as JSON or raw as asked."""
    known = {output.name: output for output in outputs}
    wanted = request.outputs or [RequestedOutput(output.name, request.binary_by_default) for output in outputs]
    heads: list[dict[str, Any]] = []
    raw: list[bytes] = []
    for item in wanted:
        output = known[item.name]
        head: dict[str, Any] = {
            "name": output.name,
            "datatype": output.datatype,
            "shape": list(output.values.shape),
        }
        if item.binary:
            raw.append(to_raw(output.datatype, output.values))
            head["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            head["data"] = to_json(output.values)
        heads.append(head)
    answer: dict[str, Any] = {"model_name": model, "model_version": version, "outputs": heads}
    if request.id is not None:
        answer["id"] = request.id
    text = json.dumps(answer, allow_nan=False).encode()
    return Encoded(b"".join([text, *raw]), len(text) if raw else None)


def check_outputs(request: InferenceRequest, names: Sequence[str]) -> None:
    """Raises BadRequest if the request asks for an output that the model does not have."""
    for output in request.outputs:
        if output.name not in names:
            raise BadRequest(f"there is no output {output.name!r}; there are {', '.join(names)}")


def check_finite(values: NDArray[np.floating[Any]]) -> None:
    """Raises NoReading for an output that is not finite: an over-range reading must not pass for a number."""
    if not np.isfinite(values).all():
        rows = np.flatnonzero(~np.isfinite(values).all(axis=tuple(range(1, values.ndim)))).tolist()
        raise NoReading(f"the outputs of inputs {rows[:8]} are not finite: a column left its current range")
