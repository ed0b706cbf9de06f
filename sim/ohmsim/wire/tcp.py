"""A TCP port: any number of clients share the board's stream."""

from __future__ import annotations

import selectors
import socket
from functools import partial

from ohmsim.errors import EmulatorError
from ohmsim.wire.lines import LineSplitter
from ohmsim.wire.port import CHUNK, Port, Selector, Sink

UNREAD = 4 << 20
"""Bytes kept for a client that does not read; beyond it is disconnected."""


class Client:
    """One connection."""

    __slots__ = ("connection", "lines", "unsent")

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.lines = LineSplitter()
        self.unsent = bytearray()


class TcpPort(Port):
    """Listens on the loopback interface; port 0 takes a free one. Raises EmulatorError if it is taken."""

    def __init__(self, port: int) -> None:
        try:
            self._listener = socket.create_server(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise EmulatorError(f"TCP port {port} cannot be used: {error}") from error
        self._listener.setblocking(False)
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        self._clients: dict[int, Client] = {}
        self._plugged = True

    def open(self, selector: Selector, sink: Sink) -> None:
        """Listen; whole lines go to `sink`."""
        self._selector, self._sink = selector, sink
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def send(self, data: bytes) -> None:
        """Send to every client."""
        for client in list(self._clients.values()):
            client.unsent += data
            self._flush(client)

    def look(self) -> None:
        """Nothing: the selector tells everything."""

    def hang_up(self) -> None:
        """Disconnect every client."""
        for client in list(self._clients.values()):
            self._drop(client)

    def plug(self, *, plugged: bool) -> None:
        """Take clients, or turn them away."""
        self._plugged = plugged
        if not plugged:
            self.hang_up()

    def close(self) -> None:
        """Disconnect and stop listening."""
        self.hang_up()
        self._selector.unregister(self._listener)
        self._listener.close()

    def _accept(self, _events: int) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # the client has gone again
        if not self._plugged:
            connection.close()
            return
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = self._clients[connection.fileno()] = Client(connection)
        self._selector.register(connection, selectors.EVENT_READ, partial(self._ready, client))

    def _ready(self, client: Client, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush(client)
        if events & selectors.EVENT_READ and client.connection.fileno() >= 0:
            self._receive(client)

    def _receive(self, client: Client) -> None:
        try:
            data = client.connection.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        for line in client.lines.feed(data):
            self._sink(line)

    def _flush(self, client: Client) -> None:
        try:
            sent = client.connection.send(client.unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(client)
            return
        del client.unsent[:sent]
        if len(client.unsent) > UNREAD:
            self._drop(client)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.unsent else 0)
        if self._selector.get_key(client.connection).events != events:
            self._selector.modify(client.connection, events, partial(self._ready, client))

    def _drop(self, client: Client) -> None:
        del self._clients[client.connection.fileno()]
        self._selector.unregister(client.connection)
        client.connection.close()
