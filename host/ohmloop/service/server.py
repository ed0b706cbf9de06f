"""Serving the application: on this machine's loopback unless told otherwise."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from ohmloop.service.access import check_binding
from ohmloop.service.errors import ServiceConfigurationError

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
START_S = 20.0
STOP_S = 20.0
"""Longest time that starting and stopping may take, s."""
BACKLOG = 128


class _Server(uvicorn.Server):
    def __init__(self, app: FastAPI) -> None:
        super().__init__(_config(app))
        self.settled = threading.Event()  # started, or failed to
        self._closing: Callable[[], None] = app.state.closing

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._closing()  # streams of events have no end of their own
        await super().shutdown(sockets)


def listen(host: str, port: int, token: str | None) -> socket.socket:
    """A listening socket. Raises ServiceConfigurationError if the address may not or cannot be used."""
    check_binding(host, token)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ServiceConfigurationError(f"cannot listen on {host} port {port}: {error.strerror or error}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """`http://host:port` of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_until_stopped(app: FastAPI, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; the first lets what runs come to its end, the second does not wait."""
    _Server(app).run(sockets=[listener])


@contextmanager
def serving(app: FastAPI, listener: socket.socket) -> Iterator[str]:
    """Serve from a thread while the context is open; gives the URL. Raises ServiceConfigurationError if that fails."""
    server = _Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="service", daemon=True)
    url = url_of(listener)
    thread.start()
    try:
        if not server.settled.wait(START_S) or not server.started:
            raise ServiceConfigurationError(f"the service did not start within {START_S:g} s; its log says why")
        yield url
    finally:
        server.should_exit = True
        thread.join(STOP_S)
        listener.close()


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=int(STOP_S), server_header=False
    )
