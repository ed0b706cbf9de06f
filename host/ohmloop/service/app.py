"""The application: every route of the service around one station."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline

from ohmloop.learning import Moment
from ohmloop.service import answers, description
from ohmloop.service.access import Access
from ohmloop.service.boards import BoardsThread
from ohmloop.service.body import MAX_BODY_BYTES
from ohmloop.service.events import Events, event_routes
from ohmloop.service.experiments import experiment_routes
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.inference import inference_routes
from ohmloop.service.jobs import job_routes
from ohmloop.service.learning import learning_routes
from ohmloop.service.residence import Residence
from ohmloop.service.sessions import Sessions
from ohmloop.service.station_routes import station_routes
from ohmloop.station import Station


def create_app(
    station: Station,
    networks: Mapping[str, HostedNetwork],
    *,
    token: str | None = None,
    body_limit: int = MAX_BODY_BYTES,
) -> FastAPI:
    """The service of an armed station and the networks that its boards may hold, by name.

    At its start it reads the boards to find out which of them they hold; nothing is moved unasked. `token` is what
    callers must bring, or None if only programs on this machine may call. `body_limit` is in bytes.
    """
    thread, events, residence = BoardsThread(), Events(), Residence(station, networks)

    def tell(session: int, moment: Moment) -> None:
        events.publish("learning", {"session": session, **moment.as_json()})

    sessions = Sessions(station, residence, tell)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await thread.run(residence.look)
        yield
        await thread.run(sessions.close)
        thread.close()

    app = FastAPIOffline(
        title="ohmloop", version=version("ohmloop"), lifespan=lifespan, responses=description.ERRORS, redoc_url=None
    )
    app.state.closing = events.close
    app.add_middleware(Access, token=token)
    answers.install(app)
    description.install(app)
    app.include_router(inference_routes(networks, station.interlock, thread, residence.why_not_ready, body_limit))
    app.include_router(job_routes(station, residence, thread, events))
    app.include_router(experiment_routes(station, residence, thread, events))
    app.include_router(learning_routes(station, residence, sessions, thread, events))
    app.include_router(station_routes(station, residence))
    app.include_router(event_routes(events))
    app.add_api_route("/", lambda: RedirectResponse("/docs"), include_in_schema=False)
    return app
