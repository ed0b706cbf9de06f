"""A board on the bench of resistors, with a stream and files in memory, on either Python."""

import binascii
import json
import struct

from ohmboard.board import Board

try:
    import ffi  # noqa: F401 - only MicroPython has it
except ImportError:
    from ohmsim.engine import BenchEngine
else:
    from engine_ffi import BenchEngine

MAX_UV, MIN_UV, GATES, OPEN, ENERGISED = range(5)  # enum ohm_bench_record

CELL_NS = 50_000
"""Every resistor of the bench: 50 uS."""

ARM = "ARM c0ffee,0.3,2,2,1,H,1000"
MICROSECOND = 1_000
MILLISECOND = 1_000_000


class Stream:
    """Chunks that the board will read, one a time, and what it wrote.

    `script` holds chunks that arrive only while the board reads without waiting, that is while a request runs; None
    among them is a read that finds nothing.
    """

    def __init__(self):
        self.chunks = []
        self.script = []
        self.written = b""
        self.on_idle = None

    def read(self, timeout_ms):
        if self.chunks:
            return self.chunks.pop(0)
        if timeout_ms == 0:
            return (self.script.pop(0) or b"") if self.script else b""
        if self.on_idle is not None:
            self.on_idle()
        return b""

    def write(self, data):
        self.written += bytes(data)


class Files:
    """Flash in memory; `cut` ends the write after that many bytes with a PowerLost, in one of two ways."""

    def __init__(self):
        self.content = {}
        self.cut = None
        self.in_place = False
        self.refuse = False
        self.writes = 0

    def read(self, name):
        return self.content.get(name)

    def write(self, name, data):
        self.writes += 1
        if self.refuse:
            raise OSError(28)
        if self.cut is None:
            self.content[name] = bytes(data)
            return
        old = self.content.get(name) or b""
        self.content[name] = bytes(data[: self.cut]) + (old[self.cut :] if self.in_place else b"")
        raise PowerLost()

    def remove(self, name):
        self.content.pop(name, None)

    def names(self):
        return sorted(self.content)


class PowerLost(BaseException):
    """The supply went away."""


def crc32(text):
    return f"{binascii.crc32(text.encode()) & 0xFFFFFFFF:08x}"


class Reply:
    def __init__(self, line):
        body, mark, crc = line.rpartition(" *")
        assert mark, line
        assert crc32(body) == crc, line
        number, code, session, self.text = body.split(" ", 3)
        self.number = int(number[1:])
        self.code = int(code)
        epoch, self.generation = session.split(".")
        self.epoch = epoch
        self.generation = int(self.generation)

    def json(self):
        return json.loads(self.text)


class Rig:
    """A booted board. `say` speaks bare, `ask` in an envelope; both return what came back."""

    def __init__(self, rows=4, cols=4, files=None, reason="power", conductances_ns=None, boot_loader=False, **facts):
        cells = conductances_ns or [CELL_NS] * (rows * cols)
        self.engine = BenchEngine(cells)
        self.stream = Stream()
        self.files = files or Files()
        self.identity = {"serial": "bench-1", "reason": reason}
        self.identity.update(facts)
        self.board = Board(self.engine, self.stream, self.files, self.identity, rows, cols, boot_loader=boot_loader)
        self.boot = self.unasked()
        self.epoch = self.board.session.epoch
        self.lease = None
        self.number = 1000

    def raw(self, data):
        """Send bytes in one chunk, let the board take its turn, return what it wrote."""
        self.stream.chunks.append(data)
        self.board.poll()
        written = self.stream.written
        self.stream.written = b""
        return written

    def say(self, line):
        return self.raw(line.encode() + b"\n").decode()

    def envelope(self, body, lease=None, number=None):
        self.number += 1
        address = f"@{number or self.number}"
        if lease is not None:
            address += "/" + lease
        text = address + " " + body
        return f"{text} *{crc32(text)}\n".encode()

    def ask(self, body, lease=None):
        """The reply to an enveloped request; unasked messages that came with it are in `notices`."""
        replies = self.replies(self.raw(self.envelope(body, lease)))
        self.notices = [reply for reply in replies if reply.number == 0]
        mine = [reply for reply in replies if reply.number == self.number]
        assert len(mine) == 1, replies
        return mine[0]

    def replies(self, written):
        return [Reply(line) for line in written.decode().split("\n") if line]

    def unasked(self):
        written = self.stream.written
        self.stream.written = b""
        return self.replies(written)

    def take_lease(self):
        self.lease = self.ask("SYST:LEAS?").text
        return self.lease

    def arm(self):
        """Arm under the lease, which is taken if need be."""
        if self.lease is None:
            self.take_lease()
        assert self.ask(ARM, self.lease).code == 0

    def clear(self, lease=None):
        """Clear the last shutdown."""
        return self.ask(f"SYST:CLE {self.epoch},{self.board.latch.number}", lease)

    @property
    def counter(self):
        return self.board.effects.counter

    @property
    def generation(self):
        return self.board.session.generation

    def body(self, pulses, number=None, readback="NONE", generation=None, epoch=None):
        """The body of a list of (row, column, uV, ns)."""
        data = b""
        for row, col, uv, ns in pulses:
            data += struct.pack("<3i", row << 16 | col, uv, ns)
        if epoch is None:
            epoch = self.epoch
        if generation is None:
            generation = self.generation
        if number is None:
            number = self.counter + 1
        return f"PULS:LIST {epoch},{generation},{number},{readback},{binascii.b2a_base64(data).decode().strip()}"

    def pulse(self, pulses, **token):
        return self.ask(self.body(pulses, **token), self.lease)

    def gates(self):
        return self.engine.record()[GATES]

    def error(self):
        """Number of the oldest error of the queue."""
        return int(self.say("SYST:ERR?").split(",")[0])

    def state(self):
        return self.ask("SYST:STAT?").json()


def currents(reply):
    """Time and readings of a bulk reply."""
    stamp, data = reply.text.split(",")
    raw = binascii.a2b_base64(data)
    return int(stamp), list(struct.unpack(f"<{len(raw) // 4}i", raw))


def effect(reply):
    """Fields of the reply of a list of pulses: n, generation, applied, status, time, readings."""
    fields = reply.text.split(",")
    raw = binascii.a2b_base64(fields[5])
    return [int(field) for field in fields[:5]] + [list(struct.unpack(f"<{len(raw) // 4}i", raw))]


def base64(words):
    return binascii.b2a_base64(struct.pack(f"<{len(words)}i", *words)).decode().strip()
