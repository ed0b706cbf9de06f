"""A second client of a board that does all it can to move cells and to change the set-up."""

from __future__ import annotations

import threading
from random import Random

from tests.emulated_device import DEVICE_HASH, LIMITS, pulse_list

from ohmloop.crossbar import Bias, CrossbarError, ReadConditions, Setup
from ohmloop.drivers.opening import open_native
from ohmloop.link.address import DeviceAddress
from ohmloop.link.tcp import TcpPort

ROW = 7
"""The row that the rival pulses; nobody else does."""

MISCHIEF = (
    f"PULSe {ROW},7,1.2,0.00001",
    "SOURce:BIAS GND",
    "SENSe:VOLTage 0.1",
    "CONFigure 0.05,1,H,GND,M",
    "DISarm",
    "*RST",
    "SYSTem:LEASe?",
    "PULSe:LIST 0000000000000000,1,1,NONE,AAAAAAAA",
)
"""What it sends without an envelope. In range L its pulses would trip the board: a cell carries more than 52 µA."""

OTHER_SETUP = Setup(ReadConditions(volts=0.1, averages=4), Bias.THIRD)

PAUSE_S = 0.02


class Rival(threading.Thread):
    """Sends bare lines, and now and then behaves like a second ohmloop: takes the lease, arms, pulses, gives it back.

    Attributes:
        pulsed: exchanges of its own that the board carried out.
    """

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(name="rival", daemon=True)
        self._url = url
        self._random = Random(seed)
        self._end = threading.Event()
        self.pulsed = 0
        self.refused = 0

    def run(self) -> None:
        host, port = DeviceAddress.parse(self._url).host_port()
        while not self._end.is_set():
            try:
                if self._random.random() < 0.7:
                    line = TcpPort(host, port)
                    line.write(self._random.choice(MISCHIEF).encode() + b"\n")
                    self._end.wait(PAUSE_S)
                    line.close()
                else:
                    self._act()
            except CrossbarError:
                self.refused += 1
            self._end.wait(PAUSE_S)

    def end(self) -> None:
        self._end.set()
        self.join(60)
        assert not self.is_alive()

    def _act(self) -> None:
        with open_native(self._url) as crossbar:
            crossbar.arm(LIMITS, DEVICE_HASH)
            crossbar.configure(OTHER_SETUP)
            crossbar.pulse(pulse_list((ROW, 6)))
            self.pulsed += 1
