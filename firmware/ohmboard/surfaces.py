"""What the application is given: engine, stream and files; for type checking, nothing of it is left on the board."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol, Union

    Buffer = Union[bytearray, memoryview]
    OnFault = Callable[[Exception], object]

    class Engine(Protocol):
        """The C engine (ohm_engine.h): integers and buffers of little-endian int32; statuses as in enum ohm_status."""

        def init(self, board: "tuple[int, ...]") -> int:
            """Bring the engine up; `board` in the order of enum ohm_board."""

        def arm(self, limits: "tuple[int, ...]") -> int:
            """Load the limits of a device; in the order of enum ohm_limit."""

        def disarm(self) -> int:
            """Unload them."""

        def limits(self, out: Buffer) -> int:
            """Write the limits in force, 6 words."""

        def setup(self, values: "tuple[int, ...]") -> int:
            """Set read conditions and bias; in the order of enum ohm_setup."""

        def calibrate(self, table: int, values: Buffer) -> int:
            """Load one table of corrections, a word a line."""

        def start_pulses(self, records: Buffer, pulses: int, readback: int, out: Buffer) -> int:
            """Check a list of pulses and begin it."""

        def start_reads(self, cells: Buffer, count: int, out: Buffer) -> int:
            """Check a list of cells and begin to read it."""

        def start_rows(self, first: int, count: int, out: Buffer) -> int:
            """Begin to read whole rows."""

        def start_multiply(self, uv: Buffer, vectors: int, out: Buffer) -> int:
            """Check a batch of input vectors and begin it."""

        def step(self, budget_ns: int) -> int:
            """Go on for at most the budget."""

        def abort(self) -> int:
            """Stop the running request."""

        def safe(self) -> int:
            """Put every line into its safe state."""

        def applied(self) -> int:
            """Pulses of the last list whose gate was opened."""

        def info(self, out: Buffer) -> int:
            """Write where the last refusal was, 7 words in the order of enum ohm_info."""

        def time_us(self) -> int:
            """Microseconds since boot."""

        def watchdog(self) -> int:
            """Feed it."""

        def rails(self, out: Buffer) -> int:
            """Write positive and negative supply, uV; E_RAIL if one is out of bounds."""

        def buffer(self, size: int) -> bytearray:
            """Zeroed memory for the life of the board; on the board it lies where no collection of garbage looks."""

        def decode(self, text: Buffer, length: int, out: Buffer) -> int:
            """Base64 to bytes; the number of bytes, or negative."""

        def encode(self, data: Buffer, length: int, out: Buffer) -> int:
            """Bytes to base64; the number of characters, or negative."""

        def newline(self, text: "bytes | Buffer", start: int, stop: int) -> int:
            """Place of the first newline, or -1; MicroPython's own search takes half a microsecond a byte."""

        def split(self, text: Buffer, start: int, stop: int) -> "tuple[int, ...]":
            """Take a command apart: the places that ohm_split gives, one and three for each argument."""

        def open_envelope(self, line: Buffer, length: int) -> "tuple[int, ...]":
            """Check an envelope: 0 or what is wrong, and its parts in the order of enum ohm_envelope."""

        def seal_envelope(self, line: Buffer, length: int) -> int:
            """Write the check sum behind a line; its new length."""

    class Stream(Protocol):
        """The byte stream to the host."""

        def read(self, timeout_ms: int) -> "bytes | memoryview":
            """What has come, after at most the time-out; empty if nothing. It holds until the next call."""

        def write(self, data: "bytes | bytearray | memoryview") -> object:
            """Send all of it."""

    class Files(Protocol):
        """Raw files; a write may be cut by a reset at any byte. Any method may raise OSError."""

        def read(self, name: str) -> "bytes | None":
            """The content, or None if there is no such file."""

        def write(self, name: str, data: bytes) -> object:
            """Replace the content."""

        def remove(self, name: str) -> object:
            """Remove the file."""

        def names(self) -> "list[str]":
            """What there is."""
