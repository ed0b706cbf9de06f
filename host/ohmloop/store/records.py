"""What the store gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import EffectToken, ExchangeStatus, PulseList, Readback, Readings, Setup


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One line of the list of runs. `state`: running, paused, done, failed or cancelled; `ended` is None until then."""

    id: int
    kind: str
    state: str
    started: datetime
    ended: datetime | None
    parameters: Mapping[str, Any]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One journalled exchange of pulses.

    Attributes:
        id: identity in the journal. board: serial number of the board.
        token: what makes it happen at most once. setup: the set-up it was sent under.
        status: INTENDED until its outcome is known. note: what was said of the outcome.
        applied: pulses applied; None while not known.
        readings: one current per pulse, as `PulseResult.readings`; None if there are none.
    """

    id: int
    board: str
    intended: datetime
    token: EffectToken
    pulses: PulseList
    readback: Readback
    setup: Setup
    status: ExchangeStatus
    applied: int | None
    readings: Readings | None
    note: str


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One journalled read: `rows` and `cols` are int, of the shape of `readings.currents_a`, flattened."""

    id: int
    board: str
    at: datetime
    rows: NDArray[np.int32]
    cols: NDArray[np.int32]
    readings: Readings


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth keeping that happened in a run; ids grow."""

    id: int
    at: datetime
    kind: str
    data: Mapping[str, Any]
