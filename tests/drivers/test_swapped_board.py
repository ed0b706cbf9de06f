"""Another board behind the same port: it is never armed with the limits of the first."""

from __future__ import annotations

import socket
import threading

import pytest
from tests.conftest import StartEmulator
from tests.emulated_device import DEVICE_HASH, LIMITS

from ohmloop.crossbar import BoardReset, ForeignSetup
from ohmloop.drivers.opening import open_native
from ohmloop.link.address import DeviceAddress


class Socketed:
    """A port that leads to whichever board is plugged in: a relay between TCP connections."""

    def __init__(self, url: str) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self._server.getsockname()[1]}?timeout=0.2"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._target = url
        threading.Thread(target=self._serve, daemon=True).start()

    def plug(self, url: str) -> None:
        self._target = url
        self.pull()

    def pull(self) -> None:
        for pair in self._pairs:
            for end in pair:
                end.close()
        self._pairs.clear()

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.pull()

    def _serve(self) -> None:
        while True:
            try:
                host = self._server.accept()[0]
            except OSError:
                return
            board = socket.create_connection(DeviceAddress.parse(self._target).host_port())
            self._pairs.append((host, board))
            for source, sink in ((host, board), (board, host)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def test_the_other_board_is_not_armed(emulator: StartEmulator) -> None:
    first, second = emulator("8x8", seed="1"), emulator("8x8", seed="2")
    port = Socketed(first.boards[0].url)
    with open_native(port.url) as crossbar:
        crossbar.arm(LIMITS, DEVICE_HASH)
        port.plug(second.boards[0].url)
        with pytest.raises(BoardReset):
            crossbar.read_array()
        for call in (
            crossbar.resume,
            lambda: crossbar.arm(LIMITS, DEVICE_HASH),
            lambda: crossbar.configure(crossbar.setup),
        ):
            with pytest.raises(ForeignSetup, match=f"now leads to board {second.boards[0].serial}"):
                call()
        assert crossbar.limits != LIMITS
        port.plug(first.boards[0].url)
        crossbar.resume()
        assert crossbar.limits == LIMITS
    with open_native(second.boards[0].url) as other:
        assert other._session._armed is None
    port.close()
