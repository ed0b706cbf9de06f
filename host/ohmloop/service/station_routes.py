"""The station and what it has done."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from ohmloop.service.residence import Residence
from ohmloop.service.runs import as_json, whole
from ohmloop.station import Station


def station_routes(station: Station, residence: Residence) -> APIRouter:
    """The routes /v1/station and /v1/runs."""
    routes = APIRouter(prefix="/v1", tags=["station"])

    @routes.get("/station")
    def describe() -> dict[str, Any]:
        """The boards, the device in them, and what they are doing."""
        device = station.device
        boards = []
        for board in station.boards:
            said, limits = board.capabilities, board.limits
            boards.append(
                {
                    "serial": said.serial,
                    "board": said.board,
                    "firmware": said.firmware,
                    "geometry": str(said.geometry),
                    "calibration": said.calibration,
                    "limits": asdict(limits) if limits else None,
                }
            )
        job = station.job
        return {
            "device": {"name": device.name, "chip": device.chip, "hash": device.hash},
            "boards": boards,
            "busy_with": station.interlock.holder,
            "job": job.id if job else None,
            "models": list(residence.networks),
            "holds": residence.resident,
        }

    @routes.get("/runs")
    def runs() -> list[dict[str, Any]]:
        """All runs of the store, oldest first; they outlive the service."""
        return [as_json(run) for run in station.store.runs()]

    @routes.get("/runs/{number}")
    def run(number: int) -> dict[str, Any]:
        """One run with its origin and events."""
        return whole(station.store, number)

    return routes
