"""`ohmloop stop`: every line into its safe state, now."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from ohmloop.cli.failure import UNREACHABLE, CommandError

STOP_S = 10.0
"""Longest wait for the service, s."""


def stop(
    service: Annotated[
        str, typer.Option(metavar="URL", help="The service that owns the boards.", envvar="OHMLOOP_SERVICE")
    ] = "http://127.0.0.1:8000",
    device: Annotated[
        list[str] | None, typer.Option("--device", "-d", metavar="URL", help="Boards that no service owns.")
    ] = None,
) -> None:
    """Emergency stop: end what runs and put every line of the boards into its safe state."""
    if device:
        from ohmloop.station import stop_boards

        stop_boards(device)
    else:
        _ask(service)
    print("stopped: every line is in its safe state")


def _ask(service: str) -> None:
    import json
    from http.client import HTTPConnection, HTTPException
    from urllib.parse import urlsplit

    place = urlsplit(service)
    token = os.environ.get("OHMLOOP_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    connection = HTTPConnection(place.netloc, timeout=STOP_S)
    try:
        connection.request("POST", "/v1/stop", headers=headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, HTTPException, ValueError) as error:
        raise CommandError(
            f"the service at {service} does not answer ({error}): name the boards with --device, or cut their supply",
            UNREACHABLE,
        ) from error
    finally:
        connection.close()
    if response.status != 200:
        raise CommandError(f"the service could not stop everything: {answer.get('error')}")
