"""The learning session that has the boards: begun, resumed, carried on and closed. One at a time."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ohmloop.learning.rules.named import loss_named, rule_named
from ohmloop.service.errors import NotFound, Occupied
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.learned import KIND
from ohmloop.service.moving import refuse_if_moved_since
from ohmloop.service.open_session import OpenSession, Tell
from ohmloop.service.programming import resumable
from ohmloop.service.residence import Residence
from ohmloop.service.runs import find_run
from ohmloop.station import Station, StationError
from ohmloop.store import Run, Store

log = logging.getLogger(__name__)

CLOSE_S = 30.0
"""Longest wait for a job to reach a safe point before its session is given up, s."""


class Sessions:
    """Opens sessions on the boards of a station, one at a time.

    While one is open the boards are not programmed otherwise; inference goes on between its steps.
    """

    def __init__(self, station: Station, residence: Residence, tell: Tell) -> None:
        self._station = station
        self._residence = residence
        self._tell = tell
        self._open: OpenSession | None = None

    @property
    def open(self) -> OpenSession | None:
        """The session that has the boards, or None."""
        return self._open

    def begin(self, model: str, asked: Mapping[str, Any]) -> OpenSession:
        """Begin a session on the network that the boards hold; `asked` has rule, parameters, loss, moves and budget.

        Raises NotFound, Occupied, LearningError, and what reading the boards raises.
        """
        network = self._residence.find(model)
        self._residence.must_be_free()
        if reason := self._residence.why_not_ready(model):
            raise Occupied(reason)
        rule_named(asked["rule"], loss_named(asked["loss"]), asked["parameters"])
        with self._station.interlock.held("beginning a learning session"):
            run = self._station.begin(KIND, {"model": model, "weights": network.fingerprint, **asked})
            try:
                return self._take(OpenSession(self._station, network, run, self._tell))
            except Exception as error:
                run.finish("failed", {"error": f"{type(error).__name__}: {error}"})
                raise

    def resume(self, number: int) -> OpenSession:
        """Take up a session that was paused, or whose host or board was lost.

        Raises NotFound, Occupied, StationError as `taken_up`.
        """
        self._residence.must_be_free()
        network = self._residence.find(resumable(self._station, number, KIND).parameters["model"])
        run = taken_up(self._station, network, number)
        with self._station.interlock.held(f"resuming learning session {number}"):
            run.restart()
            opened = self._take(OpenSession(self._station, network, run, self._tell))
            self._residence.hold(network)
            return opened

    def find(self, number: int) -> OpenSession:
        """The open session, if it has this number. Raises NotFound, Occupied."""
        if self._open is not None and self._open.run.id == number:
            return self._open
        run = must_be_session(self._station.store, number)
        raise Occupied(f"session {number} is {run.state}, not open: POST /v1/learning with resume to take it up")

    def renew(self, number: int) -> None:
        """Take a session up anew: a learner that was stopped stays so. The caller holds the interlock."""
        opened = self.find(number)
        self._drop()
        anew = self._take(OpenSession(self._station, opened.network, opened.run, self._tell))
        anew.lessons = opened.lessons  # which may be growing at this moment

    def pause(self, number: int) -> None:
        """Give the boards back; the session can be resumed. Raises NotFound, Occupied, StationBusy.

        A job that teaches it comes to its safe point first, within CLOSE_S.
        """
        self.find(number)
        self._end_lesson()
        opened = self.find(number)
        with self._station.interlock.held(f"pausing learning session {number}"):
            opened.session.pause()
            self._drop()

    def commit(self, number: int) -> None:
        """End a session for good: what the arrays hold now is served from here on. Raises SessionError."""
        opened = self.find(number)
        with self._station.interlock.held(f"committing learning session {number}"):
            opened.session.commit()
            self._drop()

    def close(self) -> None:
        """Leave an open session to be resumed, once a job that teaches it has come to its safe point.

        For the end of the service. A job that does not come to one within CLOSE_S keeps its session, which can be
        resumed all the same.
        """
        if self._open is None:
            return
        if self._end_lesson():
            self._open.session.pause()
            self._drop()

    def _end_lesson(self) -> bool:
        """Let a job that teaches the open session come to its safe point; False if it does not within CLOSE_S."""
        job = self._station.job  # it teaches: while a session is open, nothing else may run
        if job is None:
            return True
        job.cancel()
        if job.wait(CLOSE_S):
            return True
        log.warning("job %d has not reached a safe point within %.0f s; its session stays open", job.id, CLOSE_S)
        return False

    def _take(self, opened: OpenSession) -> OpenSession:
        self._open = opened
        self._residence.claimed_by = f"learning session {opened.run.id}"
        return opened

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None
        self._residence.claimed_by = None


def must_be_session(store: Store, number: int) -> Run:
    """The run of a learning session. Raises NotFound if there is none of this number."""
    run = find_run(store, number)
    if run.kind != KIND:
        raise NotFound(f"run {number} ({run.kind}) is no learning session")
    return run


def taken_up(station: Station, network: HostedNetwork, number: int) -> Run:
    """The run of an interrupted session of this network on these boards.

    Raises NotFound; StationError for a run that cannot be resumed, of other boards, another device file or other
    weights, and for one whose cells have been moved by a later run.
    """
    run = resumable(station, number, KIND)
    if run.parameters.get("weights") != network.fingerprint:
        raise StationError(f"run {number} taught another {network.name!r}: its weights are not those of now")
    refuse_if_moved_since(station, run)
    return run
