"""What the service says of itself at /openapi.json: the bodies that it reads by itself, and the shape of its errors."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

REFERENCE = "#/components/schemas/{model}"

_taken: set[type[BaseModel]] = set()


class ErrorAnswer(BaseModel):
    """What every refusal and failure is answered with: what happened, and what to do."""

    error: str


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "The request makes no sense."},
    404: {"model": ErrorAnswer, "description": "What it names does not exist."},
    409: {"model": ErrorAnswer, "description": "Not now: the station is busy, or refuses."},
    422: {"model": ErrorAnswer, "description": "A part of the path is not what it should be."},
    503: {"model": ErrorAnswer, "description": "A board cannot do it: lost, or in a latched shutdown."},
}
"""How requests fail, for every route."""


def takes(model: type[BaseModel], *, required: bool = False) -> dict[str, Any]:
    """The `openapi_extra` of a route whose body `read_model` reads as `model`."""
    _taken.add(model)
    schema = {"$ref": REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def install(app: FastAPI) -> None:
    """Add the schemas of the bodies to what the application says of itself."""
    said = app.openapi

    def openapi() -> dict[str, Any]:
        described = said()
        models = sorted(_taken, key=lambda model: model.__name__)
        _, definitions = models_json_schema([(model, "validation") for model in models], ref_template=REFERENCE)
        described["components"]["schemas"].update(definitions["$defs"])
        return described

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI documents it
