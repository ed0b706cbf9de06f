"""Our own board, over a serial port, TCP, or as an emulator."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import (
    BoardRefusal,
    Capabilities,
    Crossbar,
    EffectToken,
    Limits,
    Origin,
    ProtocolError,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    RowCorrections,
    Setup,
    Unarmed,
)
from ohmloop.drivers.compatibility import firmware_advice
from ohmloop.drivers.duration import reads_s
from ohmloop.drivers.effects import Effects, NoJournal
from ohmloop.drivers.refusals import UNARMED, refusal
from ohmloop.drivers.session import Arming, Session
from ohmloop.drivers.words import LimitWords, amperes, cell_words, microvolts, setup_text, volts_text
from ohmloop.link.bulk import pack_words, unpack_words
from ohmloop.link.client import RECONNECT_S, TIMEOUT_S, Answer, Client
from ohmloop.link.frames import Frame
from ohmloop.link.transport import Transport

_log = logging.getLogger(__name__)

STOP_ATTEMPTS = 3
"""An abort is short and urgent: its failure is reported after three attempts."""


class NativeCrossbar(Crossbar):
    """A crossbar behind a board that runs the ohmloop firmware.

    Args:
        connect: opens the port; called again if the port goes away. Raises LinkLost.
        place: name of the port in messages.
        timeout_s: wait for a reply in s, beyond the time that a request takes. A short one costs repetitions only.
        reconnect_s: how long a port that went away is looked for, s.

    Raises LinkLost if no board answers, FirmwareMismatch for a board whose protocol we do not know. A board of our
    protocol whose firmware was not made for this ohmloop is warned of in the log and used.

    Attributes:
        firmware_advice: what to run for firmware that goes with this ohmloop; None if it does.
        owned: closed after the port; an emulator that belongs to this crossbar goes there.
    """

    def __init__(
        self,
        connect: Callable[[], Transport],
        place: str,
        *,
        timeout_s: float = TIMEOUT_S,
        reconnect_s: float = RECONNECT_S,
    ) -> None:
        self.owned = ExitStack()
        self._client = Client(connect, place, timeout_s=timeout_s, reconnect_s=reconnect_s)
        try:
            self._session = Session(self._client)
        except BaseException:
            self._client.close()
            raise
        self.firmware_advice = firmware_advice(self.capabilities.firmware, place)
        if self.firmware_advice is not None:
            _log.warning("board %s: %s", self.capabilities.serial, self.firmware_advice)
        self._effects = Effects(self._session)
        self._setup = self._session.setup
        self._arming: Arming | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What the board said of itself when it was opened."""
        return self._session.capabilities

    @property
    def setup(self) -> Setup:
        """The set-up as last applied, or as found."""
        return self._setup

    @property
    def limits(self) -> Limits | None:
        """The limits armed by us, None once the board is known to have lost them."""
        return self._session.arming.limits if self._session.arming is not None else None

    @property
    def epoch(self) -> str:
        """The boot that we know, 16 hex digits."""
        return self._session.epoch

    def ask(self, query: str, *, lease: str | None = None) -> Answer:
        """The board's answer to a query in its own words, believed by nobody else; for looking a board over.

        Raises LinkLost, ProtocolError for a query that cannot be sent; a refusal is a code in the answer.
        """
        return self._client.request(query, lease=lease)

    def configure(self, setup: Setup) -> None:
        """Apply a set-up. After BoardReset or ForeignSetup this goes on with the board, without arming it."""
        if self._session.lost is not None:
            self._session.establish(setup, self._arming, rearm=False)
        elif setup_text(setup) != setup_text(self._session.setup):
            self._session.configure(setup)
        self._setup = setup

    def arm(self, limits: Limits, device_hash: str) -> None:
        """Load limits. After BoardReset or ForeignSetup this applies the last set-up, too."""
        arming = Arming(limits, device_hash, LimitWords.of(limits, self.capabilities))
        if self._session.lost is not None:
            self._session.establish(self._setup, arming, rearm=True)
        else:
            self._session.arm(arming)
        self._arming = arming

    def disarm(self) -> None:
        """Unload the limits."""
        self._session.disarm()
        self._arming = None

    def resume(self) -> None:
        """Apply the last set-up and the last limits again, whatever happened to the board."""
        self._session.establish(self._setup, self._arming, rearm=True)

    def read_cells(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> Readings:
        """Measure listed cells; long lists are split."""
        self._check_cells(rows, cols)
        words, most = cell_words(rows, cols), self.capabilities.max_readings
        parts = [
            self._currents(f"MEASure:LIST? {pack_words(part)}", (len(part),))
            for part in (words[start : start + most] for start in range(0, len(words), most))
        ]
        return self._joined(parts)

    def read_array(self) -> Readings:
        """Measure every cell, as many rows in one request as the board allows."""
        geometry = self.capabilities.geometry
        most = max(1, self.capabilities.max_readings // geometry.cols)
        parts = []
        for first in range(0, geometry.rows, most):
            count = min(most, geometry.rows - first)
            parts.append(self._currents(f"MEASure:ROWS? {first},{count}", (count, geometry.cols)))
        return self._joined(parts)

    def pulse(self, pulses: PulseList, readback: Readback = Readback.AFTER) -> PulseResult:
        """Apply one exchange of pulses, journalled before it is sent."""
        if not 1 <= len(pulses) <= self.capabilities.max_pulses:
            raise ValueError(f"an exchange has 1 to {self.capabilities.max_pulses} pulses, not {len(pulses)}")
        self._check_cells(pulses.rows, pulses.cols)
        self._session.require()
        arming = self._session.arming
        if arming is None:
            raise Unarmed(f"board {self.capabilities.serial} is not armed by us: arm a device first", UNARMED)
        return self._effects.run(pulses, readback, arming.limits.set_polarity, self.log or NoJournal())

    def recover(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> PulseResult | None:
        """Ask what came of an exchange that an earlier process intended."""
        return self._effects.recover(token, pulses, readback, setup)

    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Drive rows with input vectors; large batches are split."""
        geometry, most = self.capabilities.geometry, self.capabilities.max_vectors
        if volts.ndim != 2 or volts.shape[0] < 1 or volts.shape[1] != geometry.rows:
            raise ValueError(f"input vectors have the shape (vectors, {geometry.rows}), not {volts.shape}")
        if not np.isfinite(volts).all():
            raise ValueError("input voltages must be finite")
        uv = microvolts(volts)
        parts = [
            self._currents(f"MULTiply? {pack_words(part)}", (len(part), geometry.cols))
            for part in (uv[start : start + most] for start in range(0, len(uv), most))
        ]
        return self._joined(parts)

    def correct_rows(self, corrections: RowCorrections, *, keep: bool = False) -> None:
        """Correct the row drivers; column drivers are left without a correction."""
        if len(corrections.gains) != self.capabilities.geometry.rows:
            raise ValueError(f"{len(corrections.gains)} corrections for {self.capabilities.geometry.rows} rows")
        offsets_uv, gains_ppm = microvolts(corrections.offsets_v), np.rint(corrections.gains * 1e6).astype(int)
        lines = [f"CALibration:LINE ROW,OFFSet,{row},{volts_text(int(uv))}" for row, uv in enumerate(offsets_uv) if uv]
        lines += [f"CALibration:LINE ROW,GAIN,{row},{ppm}" for row, ppm in enumerate(gains_ppm) if ppm]
        self._session.calibrate(["CALibration:RESet"])
        try:
            self._session.calibrate(lines)
        except BoardRefusal:
            self._session.calibrate(["CALibration:RESet"])
            raise
        if keep:
            self._session.calibrate(["CALibration:SAVE"])

    def stop(self) -> None:
        """Emergency stop, from any thread, whatever is under way. Raises LinkLost if it was not confirmed."""
        frame = self._client.request("ABORt", attempts=STOP_ATTEMPTS).frame
        if frame.code:
            raise refusal(self.capabilities.serial, frame.code, frame.text)

    def clear(self) -> None:
        """Clear a latched shutdown."""
        self._session.clear()

    def close(self) -> None:
        """Give lease and port back."""
        self._session.give_back()
        self._client.close()
        self.owned.close()

    def _check_cells(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> None:
        geometry = self.capabilities.geometry
        if np.shape(rows) != np.shape(cols) or np.ndim(rows) != 1 or len(rows) == 0:
            raise ValueError("rows and columns of cells must be vectors of one length, at least 1")
        for name, lines, limit in (("row", rows, geometry.rows), ("column", cols, geometry.cols)):
            outside = np.flatnonzero((np.asarray(lines) < 0) | (np.asarray(lines) >= limit))
            if outside.size:
                raise ValueError(f"{name} {lines[outside[0]]} is outside the {geometry} array")

    def _currents(self, query: str, shape: tuple[int, ...]) -> tuple[NDArray[np.float64], int, Frame]:
        count = int(np.prod(shape))
        frame = self._session.ask(query, duration_s=reads_s(count, self._session.setup.read))
        time_us, _, data = frame.text.partition(",")
        words = unpack_words(data)
        if not time_us.isdigit() or len(words) != count:
            raise ProtocolError(f"board {self.capabilities.serial} sent {len(words)} readings instead of {count}")
        return amperes(words).reshape(shape), int(time_us), frame

    def _joined(self, parts: list[tuple[NDArray[np.float64], int, Frame]]) -> Readings:
        _, time_us, frame = parts[-1]
        origin = Origin(self.capabilities.serial, frame.epoch, frame.generation, self._session.calibration)
        return Readings(np.concatenate([part[0] for part in parts]), self._session.setup.read, time_us, origin)
