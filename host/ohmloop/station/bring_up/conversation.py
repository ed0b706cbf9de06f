"""The link, and what the board says of itself: nothing here drives a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median
from time import monotonic
from typing import Any

from ohmloop.crossbar import ProtocolError
from ohmloop.drivers.lease_key import new_lease_key
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.refusals import LEASE_HELD, refusal
from ohmloop.station.bring_up.step import Step, judged, not_possible

ROUND_TRIPS = 20

CLEAN = ("crc_errors", "overruns", "trips")
"""Counts since boot of what a new board on a good cable has none of."""

WATCHDOG = "watchdog"

RAILS_V = (6.5, 8.5)
"""Bounds of the magnitude of the analogue supplies, V (hardware/board.toml, rails)."""


def link(board: NativeCrossbar) -> Iterator[Step]:
    """Round trips of a short request."""
    seconds, repeated = [], 0
    for _ in range(ROUND_TRIPS):
        began_s = monotonic()
        repeated += board.ask("SYSTem:TIMe?").attempts - 1
        seconds.append(monotonic() - began_s)
    yield judged(
        "link",
        repeated == 0,
        f"{ROUND_TRIPS} round trips: median {median(seconds) * 1e3:.1f} ms, slowest {max(seconds) * 1e3:.1f} ms, "
        f"{repeated} repeated",
        "none repeated",
        "try another cable or port, without a hub; end other programs that use the port",
    )


def identity(board: NativeCrossbar) -> Iterator[Step]:
    """Who answers, and that both of its ways to say so agree."""
    said = board.capabilities
    model = f"{said.board.split(' ')[0]}-{said.geometry}"
    answer = _text(board, "*IDN?")
    yield judged(
        "identity",
        answer.split(",")[1:] == [model, said.serial, said.firmware],
        f"{said.board}, {said.geometry}, serial {said.serial}, firmware {said.firmware}, protocol {said.protocol}",
        "*IDN? and capabilities agree",
        f"*IDN? answers {answer!r}: write the firmware to the board again",
    )


def firmware(board: NativeCrossbar) -> Iterator[Step]:
    """Whether firmware and ohmloop were made for each other."""
    said = board.capabilities
    yield judged(
        "firmware",
        board.firmware_advice is None,
        f"{said.firmware}, protocol {said.protocol}",
        "the version of this ohmloop",
        board.firmware_advice or "",
    )


def start(board: NativeCrossbar) -> Iterator[Step]:
    """Why the board started, and whether it has shut itself down."""
    state = _facts(board, "SYSTem:STATe?")
    latched, reason = state["latched"], state["boot_reason"]
    yield judged(
        "shutdown",
        latched is None,
        "none is latched" if latched is None else f"latched: {latched}",
        "none",
        "find the cause (docs/reference/shutdown.md), then clear it with `ohmloop arm --clear`",
    )
    yield judged(
        "last start",
        reason != WATCHDOG,
        f"by {reason}, epoch {state['epoch']}",
        "not by the watchdog",
        "the application had stopped; power the board anew and look again, and report it if it comes back",
    )


def rails(board: NativeCrossbar) -> Iterator[Step]:
    """The analogue supplies, as the board's own monitors see them."""
    seen_uv = _facts(board, "SYSTem:STATe?").get("rails_uv")
    if seen_uv is None:
        yield not_possible("rails", "this firmware does not report them", "measure +7V5 and -7V5 by hand")
        return
    least, most = RAILS_V
    positive, negative = (uv / 1e6 for uv in seen_uv)
    yield judged(
        "rails",
        least <= positive <= most and least <= -negative <= most,
        f"{positive:+.2f} V, {negative:+.2f} V",
        f"{least} to {most} V each",
        "measure +9V, -9V, +7V5, -7V5 on the board: F601, PS601, U601, U602",
    )


def counters(board: NativeCrossbar) -> Iterator[Step]:
    """What went wrong since the board's boot."""
    counts = _facts(board, "DIAGnostic:COUNters?")
    yield judged(
        "since boot",
        not any(counts[name] for name in CLEAN),
        ", ".join(f"{name.replace('_', ' ')} {counts[name]}" for name in CLEAN),
        "0 each",
        "check sums and overruns: cable and port; trips: what was in the socket, and TRIP_N on the board",
    )


def self_test(board: NativeCrossbar) -> Iterator[Step]:
    """The board's own test, which energises no line."""
    answer = _text(board, "DIAGnostic:SELF?")
    yield judged(
        "self-test",
        answer.startswith("0,"),
        answer.partition(",")[2].strip('"'),
        "pass",
        "the board has shut down: repair what is named, then `ohmloop arm --clear`",
    )


def lease(board: NativeCrossbar) -> Iterator[Step]:
    """A lease is granted once, refused to another client, and given back."""
    ours, others = new_lease_key(), new_lease_key()
    taken = board.ask("SYSTem:LEASe?", lease=ours).frame
    if taken.code == LEASE_HELD:
        yield not_possible("lease", "another client holds it", "wait 10 s after the other client has ended")
        return
    refused = board.ask("SYSTem:LEASe?", lease=others).frame
    released = board.ask("SYSTem:LEASe:RELease", lease=ours).frame
    codes = (taken.code, refused.code, released.code)
    yield judged(
        "lease",
        codes == (0, LEASE_HELD, 0),
        f"taken, asked for by another, given back: {', '.join(map(str, codes))}",
        f"0, {LEASE_HELD}, 0",
        "write the firmware to the board again",
    )


def files(board: NativeCrossbar) -> Iterator[Step]:
    """Each record of the board's store is in two slots, one of which is valid."""
    slots: dict[str, list[int]] = {}
    for name, about in _facts(board, "DIAGnostic:FILEs?").items():
        slots.setdefault(name.rpartition(".")[0] or name, []).append(about["sequence"])
    damaged = sorted(name for name, sequences in slots.items() if max(sequences) < 0)
    half = sorted(name for name, sequences in slots.items() if min(sequences) < 0 <= max(sequences))
    yield judged(
        "store of the board",
        bool(slots) and not damaged,
        f"records: {', '.join(sorted(slots)) or 'none'}"
        + (f"; damaged: {', '.join(damaged)}" if damaged else "")
        + (f"; one slot damaged, the other valid: {', '.join(half)}" if half else ""),
        "a boot counter, no damaged record",
        "save what was lost again (`ohmloop calibrate --keep`); if it comes back the flash is worn: replace the Pico",
    )


def latched(board: NativeCrossbar) -> str | None:
    """Why the board has shut itself down, or None."""
    reason = _facts(board, "SYSTem:STATe?")["latched"]
    return None if reason is None else str(reason)


def _text(board: NativeCrossbar, query: str) -> str:
    frame = board.ask(query).frame
    if frame.code:
        raise refusal(board.capabilities.serial, frame.code, frame.text)
    return frame.text


def _facts(board: NativeCrossbar, query: str) -> Any:
    text = _text(board, query)
    try:
        return json.loads(text)
    except ValueError as error:
        raise ProtocolError(f"{query} answers {text[:200]!r}, which is not JSON: {error}") from None
