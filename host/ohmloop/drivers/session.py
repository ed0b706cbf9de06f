"""What we believe of a board, and how every reply is held against it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from ohmloop.crossbar import BoardReset, Capabilities, CrossbarError, ForeignSetup, Limits, LinkLost, Setup
from ohmloop.drivers.facts import BoardState, parse_capabilities, parse_state
from ohmloop.drivers.lease_key import new_lease_key
from ohmloop.drivers.refusals import LEASE_MISSING, refusal
from ohmloop.drivers.words import LimitWords, parse_setup, setup_text
from ohmloop.link.client import Answer, Client
from ohmloop.link.frames import Frame

_log = logging.getLogger(__name__)

LEASE_S = 10.0
"""How long a lease lasts after its last use, s."""

RENEW_S = 5.0
"""Age of its last use at which the lease is asked for again before anything that needs it, s."""

TRIES = 3
"""How often a request is tried again because the generation moved in between."""

LOOKS = 10
"""How often the state is asked for again because its parts were of different generations."""


@dataclass(frozen=True, slots=True)
class Arming:
    """A device under test as we arm it: its limits, the hash of its file, and the limits as the board keeps them."""

    limits: Limits
    device_hash: str
    words: LimitWords


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Boot, state, set-up and calibration of a board, all of one generation."""

    epoch: str
    state: BoardState
    setup: Setup
    calibration: str


class Session:
    """One boot of a board as we know it.

    Every change of set-up or lease steps the board's generation. While a reply shows the generation we know of, the
    set-up is the one we know. If it has moved on we look: unless everything is as it was, ForeignSetup is raised, and
    again for every request until `establish` is called. A board that has restarted raises BoardReset in the same way.

    Attributes:
        key: our lease key, the same for the life of the session; we propose it, so asking twice is harmless.
        epoch, generation, effects: boot, generation and count of exchanges as last seen.
        setup, calibration: in force. arming: what we have armed, if it is still armed.
        lost: why nothing is believed any more, None while all is well.
    """

    epoch: str
    generation: int
    effects: int
    setup: Setup
    calibration: str
    arming: Arming | None
    lost: ForeignSetup | None
    _armed: tuple[str, LimitWords] | None

    def __init__(self, client: Client) -> None:
        self._client = client
        self.key = new_lease_key()
        self._lease_used_s: float | None = None
        self._lease_taken = False
        self.capabilities = self._ask_capabilities()
        self._adopt(self._snapshot())

    def ask(self, body: str, *, duration_s: float = 0.0) -> Frame:
        """Ask something that changes nothing, and believe the answer only under the set-up that we know.

        Raises a BoardRefusal, BoardReset, ForeignSetup or LinkLost.
        """
        for _ in range(TRIES):
            self.require()
            frame = self._judged(self.send(body, duration_s=duration_s)).frame
            if frame.generation == self.generation:
                return frame
            self.verify()
        raise self._restless()

    def send(self, body: str, *, duration_s: float = 0.0) -> Answer:
        """Send with our key, and return the answer unjudged. Raises LinkLost."""
        sent_s = monotonic()
        answer = self._client.request(body, lease=self.key, duration_s=duration_s)
        held = self._lease_used_s is not None and sent_s - self._lease_used_s < LEASE_S
        if held and answer.frame.code != LEASE_MISSING:
            self._lease_used_s = sent_s
        return answer

    def hold_lease(self) -> None:
        """Hold the lease, taken or renewed. Raises LeaseHeld if another client holds it."""
        self.require()
        now_s = monotonic()
        if self._lease_used_s is None or now_s - self._lease_used_s >= RENEW_S:
            answer = self._judged(self._client.request("SYSTem:LEASe?", lease=self.key))
            self._lease_used_s, self._lease_taken = now_s, True
            if answer.frame.generation != self.generation:  # taken, not renewed
                self._stepped(answer)

    def last_effect(self) -> Frame:
        """The stored reply of the last exchange of pulses, whatever has happened to the board. Raises LinkLost."""
        frame = self._client.request("SYSTem:EFFect?").frame
        if frame.code:
            raise refusal(self.capabilities.serial, frame.code, frame.text)
        return frame

    def step_generation(self, key: str) -> None:
        """Make every token that was issued under the lease `key` worthless."""
        released = self._client.request("SYSTem:LEASe:RELease", lease=key).frame
        if released.code == LEASE_MISSING:  # it has expired: whoever takes it steps the generation
            self._client.request("SYSTem:LEASe?", lease=self.key)
        self.lapse()

    def end_lease(self, key: str) -> None:
        """End the lease of a process that is gone; nothing happens if `key` holds none (any more)."""
        self._client.request("SYSTem:LEASe:RELease", lease=key)
        self.lapse()

    def lapse(self) -> None:
        """The lease is not ours any more, or may not be."""
        self._lease_used_s = None

    def configure(self, setup: Setup) -> None:
        """Apply a set-up under our lease."""
        answer = self._changed(f"CONFigure {setup_text(setup)}")
        self.setup = setup
        self._stepped(answer)

    def arm(self, arming: Arming) -> None:
        """Arm a device under our lease."""
        answer = self._changed(f"ARM {arming.device_hash},{arming.words.text}")
        self.arming, self._armed = arming, (arming.device_hash, arming.words)
        self._stepped(answer)

    def disarm(self) -> None:
        """Unload the limits under our lease."""
        answer = self._changed("DISarm")
        self.arming = self._armed = None
        self._stepped(answer)

    def calibrate(self, bodies: Sequence[str]) -> None:
        """Change corrections under our lease, by these requests."""
        for body in bodies:
            answer = self._changed(body)
            self.calibration = self._judged(self._client.request("CALibration?", lease=self.key)).frame.text
            self._stepped(answer)

    def clear(self) -> None:
        """Clear the shutdown that is latched now, under our lease; a late copy of the request cannot clear another."""
        state = parse_state(self._judged(self._client.request("SYSTem:STATe?", lease=self.key)).frame.text)
        answer = self._changed(f"SYSTem:CLEar {self.epoch},{state.latch}")
        if answer.frame.generation != self.generation:  # it was latched
            self._stepped(answer)

    def establish(self, setup: Setup, arming: Arming | None, *, rearm: bool) -> None:
        """Begin again with a board that has restarted, was changed by others, or holds an exchange of unknown outcome.

        The set-up is applied. `arming` is kept if the board still has it, and loaded if `rearm` allows it.
        The generation moves, so that no exchange sent before can still run. Raises ForeignSetup if the port now leads
        to another board, and whatever a change can raise.
        """
        found = self._ask_capabilities()
        if (found.serial, found.geometry) != (self.capabilities.serial, self.capabilities.geometry):
            raise ForeignSetup(
                f"{self._client.place} now leads to board {found.serial} ({found.geometry}) instead of "
                f"{self.capabilities.serial} ({self.capabilities.geometry}): open it as a new device"
            )
        self._adopt(self._snapshot())
        self.arming = arming if arming is not None and self._armed == (arming.device_hash, arming.words) else None
        try:
            self.lapse()
            self.hold_lease()
            self.configure(setup)
            if arming is not None and self.arming is None and rearm:
                self.arm(arming)
        except CrossbarError as error:
            self.distrust(f"board {self.capabilities.serial} could not be set up: {error}")
            raise

    def require(self) -> None:
        """Raise what was lost, until `establish` is called."""
        if self.lost is not None:
            raise type(self.lost)(str(self.lost))

    def distrust(self, reason: str) -> None:
        """Nothing is believed before `establish`."""
        if self.lost is None:
            self._lose(ForeignSetup(f"{reason}; set the board up again (resume)"))

    def restarted(self, epoch: str) -> BoardReset:
        """The error to raise for an answer of another boot."""
        error = BoardReset(
            f"board {self.capabilities.serial} has restarted (boot {epoch}, it was {self.epoch}): "
            "it is not armed; arm it again (resume)"
        )
        self._lose(error)
        return error

    def verify(self) -> None:
        """The generation has moved on: go on if everything is as it was. Raises ForeignSetup or BoardReset."""
        found = self._snapshot()
        if found.epoch != self.epoch:
            raise self.restarted(found.epoch)
        compared = {
            "set-up": setup_text(found.setup) == setup_text(self.setup),
            "armed device": _armed(found.state) == self._armed,
            "calibration": found.calibration == self.calibration,
        }
        differing = [name for name, same in compared.items() if not same]
        if differing:
            error = ForeignSetup(
                f"another client has changed the {' and the '.join(differing)} of board {self.capabilities.serial}; "
                "set it up again (resume)"
            )
            self._lose(error)
            raise error
        self.generation, self.effects = found.state.generation, found.state.effects

    def give_back(self) -> None:
        """Release a lease that may still be ours. It expires by itself, too, so a dead link is no error here."""
        if self._lease_taken:
            try:
                self._client.request("SYSTem:LEASe:RELease", lease=self.key, attempts=1)
            except LinkLost as error:
                _log.debug("board %s: lease not given back: %s", self.capabilities.serial, error)
            self.lapse()

    def _ask_capabilities(self) -> Capabilities:
        frame = self._client.request("SYSTem:CAPabilities?").frame
        if frame.code:
            raise refusal(self._client.place, frame.code, frame.text)
        return parse_capabilities(frame.text, self._client.place)

    def _changed(self, body: str) -> Answer:
        self.hold_lease()
        return self._judged(self.send(body))

    def _judged(self, answer: Answer) -> Answer:
        frame = answer.frame
        if frame.epoch != self.epoch:
            raise self.restarted(frame.epoch)
        if frame.code:
            raise refusal(self.capabilities.serial, frame.code, frame.text)
        return answer

    def _stepped(self, answer: Answer) -> None:
        """We have stepped the generation: believe that it was only us if it shows, else look."""
        if answer.attempts == 1 and answer.frame.generation == self.generation + 1:
            self.generation = answer.frame.generation
        else:
            self.verify()

    def _snapshot(self) -> _Snapshot:
        for _ in range(LOOKS):
            frames = [
                self._client.request(query, lease=self.key).frame
                for query in ("SYSTem:STATe?", "CONFigure?", "CALibration?")
            ]
            for frame in frames:
                if frame.code:
                    raise refusal(self.capabilities.serial, frame.code, frame.text)
            if len({(frame.epoch, frame.generation) for frame in frames}) == 1:
                state, setup, calibration = (frame.text for frame in frames)
                return _Snapshot(frames[0].epoch, parse_state(state), parse_setup(setup), calibration)
        raise self._restless()

    def _adopt(self, found: _Snapshot) -> None:
        self.epoch = found.epoch
        self.generation = found.state.generation
        self.effects = found.state.effects
        self.setup = found.setup
        self.calibration = found.calibration
        self.arming = None
        self._armed = _armed(found.state)
        self.lost = None

    def _restless(self) -> ForeignSetup:
        error = ForeignSetup(f"the set-up of board {self.capabilities.serial} keeps changing: others are at work on it")
        self._lose(error)
        return error

    def _lose(self, error: ForeignSetup) -> None:
        self.lost = error
        self.arming = None
        self.lapse()


def _armed(state: BoardState) -> tuple[str, LimitWords] | None:
    return None if state.armed is None else (state.armed, state.limits)
