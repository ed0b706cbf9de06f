"""Who may call: everybody on this machine but web pages, or whoever holds the token."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ohmloop.service.answers import error_answer
from ohmloop.service.errors import ServiceConfigurationError


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine's own loopback."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_binding(host: str, token: str | None) -> None:
    """Raises ServiceConfigurationError for an address that others can reach without a token."""
    if not token and not is_loopback(host):
        raise ServiceConfigurationError(
            f"{host} can be reached from other machines, and whoever reaches the service can move cells: "
            "give a token, or bind to 127.0.0.1"
        )


class Access:
    """Refuses strangers. With a token: whoever does not send it. Without: other hosts' names and web pages.

    Without a token the service is bound to loopback, but a page in a browser on this machine can still send requests
    there. It cannot hide its Origin, nor (by pointing its own name at 127.0.0.1) the Host it asked for.
    """

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection, or hand it on."""
        refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, request: Request) -> JSONResponse | None:
        if self._token:
            kind, _, given = request.headers.get("authorization", "").partition(" ")
            if kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), self._token.encode()):
                return None
            answer = error_answer(401, "a token is needed: Authorization: Bearer <token>")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        names = [f"//{request.headers.get('host', '')}"]
        if "origin" in request.headers:
            names.append(request.headers["origin"])
        if all(is_loopback(_host_of(name)) for name in names):
            return None
        return error_answer(403, "without a token only programs on this machine may call, by a loopback name")


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
