"""Pulses over the wire, at most once each."""

from __future__ import annotations

import logging
from binascii import crc32

from ohmloop.crossbar import (
    BoardRefusal,
    EffectToken,
    ExchangeLog,
    ExchangeStatus,
    LinkLost,
    Origin,
    ProtocolError,
    PulseList,
    PulseResult,
    Readback,
    Setup,
    Stopped,
    UncertainExchange,
)
from ohmloop.drivers.duration import pulses_s
from ohmloop.drivers.effect import Effect
from ohmloop.drivers.refusals import CLEAR, OUT_OF_DATE, TOKEN, end, refusal
from ohmloop.drivers.session import TRIES, Session
from ohmloop.drivers.words import pulse_words
from ohmloop.link.bulk import pack_words

_log = logging.getLogger(__name__)


class NoJournal:
    """Where exchanges go that nobody keeps."""

    def intend(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> int:
        """Keep nothing."""
        return 0

    def settle(self, exchange: int, status: ExchangeStatus, result: PulseResult | None, note: str = "") -> None:
        """Keep nothing."""


class Effects:
    """Sends exchanges of pulses.

    An exchange is journalled before its first byte is sent, and repeated under one token until the board answers;
    the board runs a token once and answers repetitions from memory. What it refuses because the token is out of date
    has not run, and is sent again under a new one if the set-up is still ours.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def run(self, pulses: PulseList, readback: Readback, set_polarity: int, log: ExchangeLog) -> PulseResult:
        """Run one exchange. Raises what `Crossbar.pulse` raises."""
        session = self._session
        records = pack_words(pulse_words(pulses, set_polarity))
        tries = TRIES
        while True:
            session.hold_lease()
            outcome = self._attempt(records, pulses, readback, log)
            if isinstance(outcome, PulseResult):
                return outcome
            tries -= 1
            if not tries or outcome.code not in OUT_OF_DATE:
                raise outcome
            _log.debug("%s: once more under a new token", outcome)
            session.lapse()
            session.verify()

    def look_up(self, token: EffectToken, pulses: PulseList) -> Effect | None:
        """Ask what came of a token, after making sure that it cannot run any more.

        Returns its effect, or None if it never ran. Raises UncertainExchange if the board cannot know.
        """
        session, where = self._session, self._name(token)
        frame = session.last_effect()
        if (frame.epoch, frame.generation) == (token.epoch, token.generation):
            session.step_generation(token.lease)
            frame = session.last_effect()
        if frame.epoch != token.epoch:
            raise UncertainExchange(f"{where}: the board has restarted since; read its cells again", pulses)
        if frame.generation == token.generation:
            raise UncertainExchange(f"{where} could still run; read its cells again", pulses)
        effect = Effect.parse(frame.text)
        if effect is None and frame.text:
            raise ProtocolError(f"{where}: the board's last effect is {frame.text[:80]!r}, which is not understood")
        if effect is None or effect.number < token.number:
            return None
        if effect.number > token.number:
            raise UncertainExchange(f"{where}: the board remembers only {effect.number}; read its cells again", pulses)
        return effect if effect.answers(token) else None

    def recover(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> PulseResult | None:
        """See `Crossbar.recover`. Ends the lease under which an earlier process sent it."""
        if token.lease != self._session.key:
            self._session.end_lease(token.lease)
        try:
            effect = self.look_up(token, pulses)
            return None if effect is None else effect.result(len(pulses), readback, setup, self._origin(token))
        except ProtocolError as error:
            raise UncertainExchange(f"{error}; read its cells again", pulses) from error

    def _attempt(
        self, records: str, pulses: PulseList, readback: Readback, log: ExchangeLog
    ) -> PulseResult | BoardRefusal:
        """Send under a new token. A refusal is returned: it certainly did not run."""
        session, setup = self._session, self._session.setup
        number = session.effects + 1
        body = f"PULSe:LIST {session.epoch},{session.generation},{number},{readback},{records}"
        token = EffectToken(session.epoch, session.generation, number, session.key, crc32(body.encode("ascii")))
        entry = log.intend(token, pulses, readback, setup)
        try:
            outcome = self._send(body, token, pulses, pulses_s(pulses, readback, setup.read))
            if isinstance(outcome, BoardRefusal):
                log.settle(entry, ExchangeStatus.REFUSED, None, str(outcome))
                return outcome
            result = outcome.result(len(pulses), readback, setup, self._origin(token))
        except (LinkLost, ProtocolError, UncertainExchange) as error:
            session.distrust(f"the outcome of {self._name(token)} is unknown")
            known = isinstance(error, UncertainExchange)
            message = str(error) if known else f"{self._name(token)}: {error}; read its cells again"
            log.settle(entry, ExchangeStatus.UNCERTAIN, None, message)
            raise UncertainExchange(message, pulses) from error
        except BaseException:
            session.distrust(f"{self._name(token)} was interrupted")
            raise
        session.effects = number
        if outcome.status:
            message = (
                f"{self._name(token)} was ended by {end(outcome.status)} after {result.applied} of {len(pulses)} "
                f"pulses; its lines are at 0 V: find the cause, then {CLEAR}"
            )
            log.settle(entry, ExchangeStatus.PARTIAL, result, message)
            raise Stopped(message, result.applied)
        log.settle(entry, ExchangeStatus.DONE, result)
        return result

    def _send(self, body: str, token: EffectToken, pulses: PulseList, duration_s: float) -> Effect | BoardRefusal:
        session = self._session
        frame = session.send(body, duration_s=duration_s).frame
        if frame.epoch != token.epoch:
            session.restarted(frame.epoch)
            raise UncertainExchange(
                f"{self._name(token)}: the board has restarted meanwhile; read its cells again", pulses
            )
        effect = Effect.parse(frame.text)
        if effect is not None and effect.answers(token) and effect.status == frame.code:
            return effect
        if frame.code == 0:
            raise ProtocolError(f"the answer is {frame.text[:80]!r}")
        if frame.code in TOKEN:
            effect = self.look_up(token, pulses)  # an earlier copy of it may have run
            if effect is not None:
                return effect
        return refusal(session.capabilities.serial, frame.code, frame.text)

    def _name(self, token: EffectToken) -> str:
        return f"exchange {token.number} of board {self._session.capabilities.serial}"

    def _origin(self, token: EffectToken) -> Origin:
        session = self._session
        return Origin(session.capabilities.serial, token.epoch, token.generation, session.calibration)
