"""How the service says no: one shape for every error, whoever raised it."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ohmloop.crossbar import BoardRefusal, BoardShutdown, CrossbarError, LinkLost, ProtocolError
from ohmloop.service.errors import ServiceError

REFUSED = 409
BAD_DEVICE = 502
UNAVAILABLE = 503
CROSSBAR_STATUS: tuple[tuple[type[CrossbarError], int], ...] = (
    (BoardShutdown, UNAVAILABLE),
    (BoardRefusal, REFUSED),
    (LinkLost, UNAVAILABLE),
    (ProtocolError, BAD_DEVICE),
    (CrossbarError, UNAVAILABLE),
)
"""HTTP status of what goes wrong at a board, the first match counts."""


def error_answer(status: int, message: str) -> JSONResponse:
    """`{"error": message}` with that status."""
    return JSONResponse({"error": message}, status)


def crossbar_status(error: CrossbarError) -> int:
    """The HTTP status of an error at a board."""
    return next(status for kind, status in CROSSBAR_STATUS if isinstance(error, kind))


def install(app: FastAPI) -> None:
    """Make every error of the application, the framework's own included, answer in the one shape."""

    async def service_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ServiceError)
        return error_answer(error.status, str(error))

    async def crossbar_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, CrossbarError)
        return error_answer(crossbar_status(error), str(error))

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
        return error_answer(500, f"internal error ({type(error).__name__}); the log of the service says more")

    app.add_exception_handler(ServiceError, service_error)
    app.add_exception_handler(CrossbarError, crossbar_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, unexpected)
