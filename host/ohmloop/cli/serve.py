"""`ohmloop serve`: the REST service around a station."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import USAGE, CommandError
from ohmloop.cli.interrupt import LOOK_UP_S, requests_to_end_interrupt
from ohmloop.cli.opening import armed_station, open_device, open_model
from ohmloop.cli.options import Devices, DutFile, StorePath

if TYPE_CHECKING:
    from ohmloop.station import Station

TOKEN = "OHMLOOP_TOKEN"


def serve(
    device: Devices,
    model: Annotated[
        list[str],
        typer.Option("--model", "-m", help="A network: `digits`, or a .npz or .safetensors file. Repeat for several."),
    ],
    dut: DutFile = None,
    host: Annotated[str, typer.Option(help="Address to listen on; any but loopback needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = 8000,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"File with the token that callers must bring (or {TOKEN}).")
    ] = None,
    store: StorePath = None,
) -> None:
    """Serve networks on the boards: Open Inference Protocol v2, programming as a job, emergency stop."""
    from ohmloop.service.app import create_app
    from ohmloop.service.hosted import HostedNetwork
    from ohmloop.service.programming import settle_abandoned
    from ohmloop.service.server import listen, serve_until_stopped, url_of

    token = _token(token_file)
    listener = listen(host, port, token)
    models, under_test = [open_model(name) for name in model], open_device(device, dut)
    if len({each.name for each in models}) != len(models):
        raise CommandError(f"networks are told apart by their names: rename a file of {', '.join(model)}", USAGE)
    with listener, armed_station(device, under_test, store, before=settle_abandoned) as station:
        networks = {model.name: HostedNetwork(model, station.boards, under_test) for model in models}
        try:
            app = create_app(station, networks, token=token)
            print(f"ohmloop: serving {', '.join(networks)} on {url_of(listener)}", file=sys.stderr, flush=True)
            with requests_to_end_interrupt(), suppress(KeyboardInterrupt):  # the server has ended in order by then
                serve_until_stopped(app, listener)
            _end_job(station)
        finally:
            for network in networks.values():
                network.close()


def _end_job(station: Station) -> None:
    """Let a job come to a safe point; another Ctrl-C stops it at once."""
    if (job := station.job) is None:
        return
    job.cancel()
    print("ohmloop: a job is coming to its safe point; Ctrl-C stops at once", file=sys.stderr)
    try:
        while not job.wait(LOOK_UP_S):
            continue
    except KeyboardInterrupt:
        station.stop()


def _token(path: Path | None) -> str | None:
    if path is None:
        return os.environ.get(TOKEN) or None
    try:
        token = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CommandError(f"cannot read the token from {path}: {error.strerror}", USAGE) from error
    if not token:
        raise CommandError(f"{path} holds no token", USAGE)
    return token
