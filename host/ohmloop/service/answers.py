"""How the service says no: one shape for every error, whoever raised it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ohmloop.crossbar import BoardRefusal, BoardShutdown, CrossbarError, ProtocolError
from ohmloop.learning import LearningError, SessionError
from ohmloop.network.errors import CurrentOverRange, InputError, NetworkError
from ohmloop.procedures.errors import ProcedureError
from ohmloop.programming.errors import ProgrammingError
from ohmloop.service.errors import ServiceError
from ohmloop.station.errors import PortOwned, StationBusy, StationError, StopIncomplete
from ohmloop.store import StoreError, StoreFull

BAD_REQUEST = 400
REFUSED = 409
FAILED = 500
BAD_DEVICE = 502
UNAVAILABLE = 503
NO_ROOM = 507
STATUS: dict[type[Exception], int] = {
    InputError: BAD_REQUEST,
    LearningError: BAD_REQUEST,
    SessionError: REFUSED,
    BoardRefusal: REFUSED,
    NetworkError: REFUSED,
    PortOwned: REFUSED,
    ProcedureError: REFUSED,
    ProgrammingError: REFUSED,
    StationBusy: REFUSED,
    StationError: REFUSED,
    StoreError: FAILED,
    StoreFull: NO_ROOM,
    ProtocolError: BAD_DEVICE,
    StopIncomplete: BAD_DEVICE,
    BoardShutdown: UNAVAILABLE,
    CrossbarError: UNAVAILABLE,
    CurrentOverRange: UNAVAILABLE,
}
"""HTTP status of what the rooms below may raise; the most derived class counts."""


def error_answer(status: int, message: str) -> JSONResponse:
    """`{"error": message}` with that status."""
    return JSONResponse({"error": message}, status)


def install(app: FastAPI) -> None:
    """Make every error of the application, the framework's own included, answer in the one shape."""

    async def service_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ServiceError)
        return error_answer(error.status, str(error))

    async def http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        what = f"{request.method} {request.url.path}: {error.detail or HTTPStatus(error.status_code).phrase}"
        answer = error_answer(error.status_code, what)
        answer.headers.update(error.headers or {})
        return answer

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        return error_answer(422, f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")

    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        return error_answer(FAILED, f"internal error ({type(error).__name__}); the log of the service says more")

    for kind, status in STATUS.items():
        app.add_exception_handler(kind, _answering(status))
    app.add_exception_handler(ServiceError, service_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)


def _answering(status: int) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def answer(_: Request, error: Exception) -> JSONResponse:
        return error_answer(status, str(error))

    return answer
