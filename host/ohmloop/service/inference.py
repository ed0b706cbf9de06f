"""Inference: the endpoints of the Open Inference Protocol v2, JSON and the binary tensor data extension."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version as installed_version

import numpy as np
from fastapi import APIRouter, Request, Response
from numpy.typing import NDArray

from ohmloop.service.boards import BoardsThread
from ohmloop.service.body import read_body
from ohmloop.service.compression import accepted, compress
from ohmloop.service.description import takes
from ohmloop.service.errors import BadRequest, NotFound, Occupied
from ohmloop.service.inference_request import InferenceHead, parse
from ohmloop.service.inference_response import Encoded, OutputTensor, check_finite, check_outputs, encode
from ohmloop.service.model import CLASS, INPUT, LOGITS, VERSION, ServedModel, metadata
from ohmloop.station import Interlock

EXTENSIONS = ["binary_tensor_data"]
HEAD_LENGTH = "Inference-Header-Content-Length"

TURN_S = 30.0
"""Longest wait for the end of a step while a job is taught and lends the boards between its steps, s."""


def inference_routes(
    models: Mapping[str, ServedModel],
    interlock: Interlock,
    thread: BoardsThread,
    why_not_ready: Callable[[str | None], str | None],
    body_limit: int,
) -> APIRouter:
    """The routes below /v2.

    `why_not_ready` says why a model, or with None every model, cannot be asked now; None if it can.
    """
    routes = APIRouter(prefix="/v2", tags=["inference"])

    def find(name: str, version: str) -> ServedModel:
        if name not in models:
            raise NotFound(f"there is no model {name!r}; there are {', '.join(models) or 'none'}")
        if version != VERSION:
            raise NotFound(f"model {name!r} has no version {version!r}; it has {VERSION!r}")
        return models[name]

    def check_ready(name: str | None = None) -> None:
        if reason := why_not_ready(name):
            raise Occupied(reason)

    @routes.get("")
    def server_metadata() -> dict[str, object]:
        return {"name": "ohmloop", "version": installed_version("ohmloop"), "extensions": EXTENSIONS}

    @routes.get("/health/live")
    def live() -> dict[str, bool]:
        return {"live": True}

    @routes.get("/health/ready")
    def ready() -> dict[str, bool]:
        check_ready()
        return {"ready": True}

    @routes.get("/models/{name}")
    @routes.get("/models/{name}/versions/{version}")
    def model_metadata(name: str, version: str = VERSION) -> dict[str, object]:
        return metadata(find(name, version))

    @routes.get("/models/{name}/ready")
    @routes.get("/models/{name}/versions/{version}/ready")
    def model_ready(name: str, version: str = VERSION) -> dict[str, object]:
        model = find(name, version)
        check_ready(name)
        return {"name": model.name, "ready": True}

    @routes.post("/models/{name}/infer", openapi_extra=takes(InferenceHead, required=True))
    @routes.post("/models/{name}/versions/{version}/infer", openapi_extra=takes(InferenceHead, required=True))
    async def infer(request: Request, name: str, version: str = VERSION) -> Response:
        """Ask a network that the boards hold; 409 while they do not, or are busy. Moves nothing."""
        model = find(name, version)
        asked = parse(await read_body(request, body_limit), request.headers.get(HEAD_LENGTH))
        check_outputs(asked, (LOGITS, CLASS))
        batch = _batch(model, asked.inputs)
        check_ready(name)
        logits = await thread.run(lambda: _logits(model, interlock, batch))
        outputs = (
            OutputTensor(LOGITS, "FP32", logits.astype(np.float32)),
            OutputTensor(CLASS, "INT64", logits.argmax(axis=1).astype(np.int64)),
        )
        return _answer(encode(asked, model.name, version, outputs), request.headers.get("accept-encoding"))

    return routes


def _batch(model: ServedModel, inputs: Mapping[str, NDArray[np.generic]]) -> NDArray[np.float64]:
    """The input vectors as (batch, inputs) float64."""
    if set(inputs) != {INPUT}:
        raise BadRequest(f"model {model.name!r} takes one input, {INPUT!r}, not {', '.join(map(repr, inputs))}")
    values = inputs[INPUT]
    if values.ndim != 2 or values.shape[1] != model.inputs or not values.shape[0]:
        raise BadRequest(
            f"input {INPUT!r} of model {model.name!r} has shape [n, {model.inputs}] with n at least 1, "
            f"not {list(values.shape)}"
        )
    return values.astype(np.float64)


def _logits(model: ServedModel, interlock: Interlock, batch: NDArray[np.float64]) -> NDArray[np.float64]:
    with interlock.borrowed("inference", TURN_S):
        logits = model.infer(batch)
    check_finite(logits)
    return logits


def _answer(encoded: Encoded, accept_encoding: str | None) -> Response:
    headers = {"Vary": "Accept-Encoding"}
    kind = "application/json"
    if encoded.head_length is not None:
        headers[HEAD_LENGTH] = str(encoded.head_length)
        kind = "application/octet-stream"
    body = encoded.body
    if encoding := accepted(accept_encoding):
        headers["Content-Encoding"] = encoding
        body = compress(body, encoding)
    return Response(body, headers=headers, media_type=kind)
