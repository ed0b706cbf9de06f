"""Fits the fast emulator's model of the board's processor to times measured on the emulated RP2040.

What an exchange takes there and not on the fast emulator is a sum: so much for each byte either way, each pulse and
input that is checked, each call of the HAL, and the rest for its command. How often each happens is counted on the fast
emulator; the numbers are fitted by least squares in which none is negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np
from scipy.optimize import nnls
from tests.targets.exchanges import Exchange, board_time_us
from tests.targets.target import Session, Target

from ohmboard.commands import INDEX, TABLE
from ohmloop.link.control import Control
from ohmsim.board import EmulatedBoard, Spec
from ohmsim.control import ControlPort
from ohmsim.preset import Preset
from ohmsim.processor import LIMIT, LIMIT_CODES, OTHER
from ohmsim.wire.tcp import TcpPort

HAL_CALLS = ("dac_update", "latch", "adc_sample", "gate_open")
SHARED = ("line.byte_in", "line.byte_out", "item.pulse", "item.input", *(f"hal.{name}" for name in HAL_CALLS))

TEXT = """\
# What the RP2040 takes, ns, besides converters, switches and the wire. Written by `make bench-board-time FIT=--fit`,
# which measures the image on the emulated chip: do not edit.
#
# line      each byte of a request and of its reply; a bare line; a line that is no envelope
# command   a request that was carried out, by its header
# refused   one that was refused; `limit` is added where the engine refused it and its numbers are told
# item      each pulse and each input that is checked before anything moves
# hal       around each call of the HAL: the engine's own arithmetic and the port's code
"""


def fitted(times_us: Mapping[str, float], exchanges: Sequence[Exchange], bare_us: float, malformed_us: float) -> str:
    """The model's file, for board times of these exchanges, of a bare line, and of one that is no envelope."""
    board = _Counting(exchanges)
    names = [*SHARED, f"refused.{LIMIT}", *sorted({board.kind[exchange.name] for exchange in exchanges})]
    happens = np.array([[board.counts[e.name][name] for name in names] for e in exchanges], float)
    missing_ns = np.array([times_us[e.name] - board.times_us[e.name] for e in exchanges]) * 1e3
    weights = 1e-3 / np.array([times_us[e.name] for e in exchanges])  # relative errors count
    found = dict(zip(names, nnls(happens * weights[:, None], missing_ns * weights)[0], strict=True))
    found |= {"line.bare": bare_us * 1e3, "line.malformed": malformed_us * 1e3}
    for group in ("command", "refused"):
        found.setdefault(f"{group}.{OTHER}", median(ns for name, ns in found.items() if name.startswith(f"{group}.")))
    return TEXT + "".join(_table(group, found) for group in ("line", "command", "refused", "item", "hal"))


def _table(group: str, found: Mapping[str, float]) -> str:
    rows = {name.partition(".")[2]: ns for name, ns in found.items() if name.startswith(f"{group}.")}
    return f"\n[{group}]\n" + "".join(f'"{name}" = {round(ns)}\n' for name, ns in sorted(rows.items()))


class _Counting:
    """A fast emulated board in this process: what happens in each exchange, and what it takes in engine time."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.times_us: dict[str, float] = {}
        self.kind: dict[str, str] = {}
        port = TcpPort(0)
        board = EmulatedBoard(Spec("b0", 8, 8, 7, Preset.load("vteam"), engine_time=True), [port])
        self._happened: Counter[str] = Counter()
        for name in HAL_CALLS:
            setattr(board.hal, name, self._counted(f"hal.{name}", getattr(board.hal, name)))
        control = ControlPort([board], 0)
        board.start()
        control.start()
        with Control(control.address) as line:
            target = Target("cpython", port.address, line)
            self._run(target, exchanges)
            target.wire.close()
        control.stop()
        board.stop()

    def _counted(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self._happened[name] += 1
            return method(*arguments)

        return counted

    def _run(self, target: Target, exchanges: Sequence[Exchange]) -> None:
        session, wire = Session(target.wire), target.wire
        for exchange in exchanges:
            session.do(exchange.setup)
            body = exchange.body(session)
            self._happened.clear()
            sent, received = wire.sent, wire.received
            self.times_us[exchange.name] = board_time_us(target, session, exchange)
            place = INDEX.find(body.split(" ", 1)[0])
            header = TABLE[place].header if place >= 0 else OTHER
            self.kind[exchange.name] = kind = f"{'refused' if exchange.code else 'command'}.{header}"
            bulk_bytes = len(body.rsplit(",", 1)[-1].rsplit(" ", 1)[-1]) * 3 // 4
            self._happened |= Counter(
                {
                    kind: 1,
                    f"refused.{LIMIT}": exchange.code in LIMIT_CODES,
                    "line.byte_in": wire.sent - sent,
                    "line.byte_out": wire.received - received,
                    "item.pulse": round(bulk_bytes / 12) if header == "PULSe:LIST" and exchange.code != 131 else 0,
                    "item.input": round(bulk_bytes / 4) if header == "MULTiply?" else 0,
                }
            )
            self.counts[exchange.name] = Counter(self._happened)
