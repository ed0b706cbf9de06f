"""The application: every route of the service around one station."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from ohmloop.service import answers
from ohmloop.service.access import Access
from ohmloop.service.body import MAX_BODY_BYTES
from ohmloop.service.inference import inference_routes
from ohmloop.service.model import ServedModel
from ohmloop.service.turn import Turn


def create_app(
    models: Mapping[str, ServedModel], *, token: str | None = None, body_limit: int = MAX_BODY_BYTES
) -> FastAPI:
    turn = Turn()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        turn.close()

    app = FastAPI(title="ohmloop", version=version("ohmloop"), lifespan=lifespan)
    app.add_middleware(Access, token=token)
    answers.install(app)
    app.include_router(inference_routes(models, turn, lambda: None, body_limit))
    return app
