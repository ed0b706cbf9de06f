"""The board: its parts, its boot, and one turn of its life."""

from ohmboard import _board
from ohmboard.calibration import Calibration
from ohmboard.counters import Counters
from ohmboard.dispatch import Dispatcher
from ohmboard.effects import Effects
from ohmboard.engine_codes import BOARD_COLS, BOARD_ROWS, OK
from ohmboard.errors import LATCHED, MEMORY_LOST, OUT_OF_RANGE, SYSTEM, ErrorQueue, Refusal, message
from ohmboard.latch import Latch
from ohmboard.lease import Lease
from ohmboard.lines import LineQueue
from ohmboard.replies import Replies
from ohmboard.selfcheck import self_check
from ohmboard.session import RECORD as BOOT_RECORD
from ohmboard.session import Session
from ohmboard.setup import DEFAULT, Setup
from ohmboard.sizes import MAX_READINGS, WORD
from ohmboard.status import Status
from ohmboard.store import Store
from ohmboard.work import Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine, Files, OnFault, Stream

INTERNAL_ERROR = "internal error"

IDLE_MS = 5
"""How long a turn waits for input when there is nothing to do."""


class Board:
    """One board behind one byte stream.

    Constructing it is booting it. `identity` holds `serial`, and may hold `reason`: why the board starts (power,
    watchdog or reset); `application`: which one this is if it is not the image's; `passed_over`: why a deployed one
    does not run. `rows` and `cols` replace the geometry of one 8x8 board, as stacking does. `on_fault` is told of a
    fault of the application that `run` survives, once the lines are safe: whoever has a console prints it there.
    `boot_loader` says that who called `run` can enter one when it returns.
    """

    def __init__(
        self,
        engine: "Engine",
        stream: "Stream",
        files: "Files",
        identity: "dict[str, str]",
        rows: int = _board.ROWS,
        cols: int = _board.COLS,
        on_fault: "OnFault | None" = None,
        boot_loader: bool = False,
    ) -> None:
        self.engine = engine
        self.serial = identity["serial"]
        self.firmware = _board.FIRMWARE
        if "application" in identity:
            self.firmware += "+%s" % identity["application"]
        self.rows = rows
        self.cols = cols
        description = list(_board.ENGINE)
        description[BOARD_ROWS] = rows
        description[BOARD_COLS] = cols
        started = engine.init(tuple(description))
        engine.safe()
        self.words = memoryview(engine.buffer(WORD * MAX_READINGS))
        self.currents = memoryview(engine.buffer(WORD * MAX_READINGS))
        self.counters = Counters()
        self.errors = ErrorQueue()
        self.status = Status()
        self.latch = Latch()
        self.armed = None  # type: str | None
        self.store = Store(files)
        forgotten = self.store.damaged(BOOT_RECORD)
        self.session = Session(self.store, identity.get("reason", "power"))
        self.counters.resets = self.session.boots
        self.lease = Lease(engine)
        self.effects = Effects(engine, self.session)
        self.setup = Setup(engine)
        self.calibration = Calibration(engine, self.store, rows, cols)
        self.replies = Replies(stream, engine, self.session)
        self.work = Work(self)
        self.boot_loader = boot_loader
        self.leaving = False
        self._stream = stream
        self._on_fault = on_fault
        self._lines = LineQueue(engine)
        self.dispatcher = Dispatcher(self)
        self._chunk = b""  # type: bytes | memoryview
        self._offset = 0
        self.replies.unasked("BOOT", {"reason": self.session.reason})
        if forgotten or not self.session.remembered:
            self.report(MEMORY_LOST, message(MEMORY_LOST, "boot counter"))
        if "passed_over" in identity:
            why = "the deployed application %s: the image's runs" % identity["passed_over"]
            self.report(SYSTEM, message(SYSTEM, why))
        if started != OK:
            self.shut_down("self-check: the engine does not start, status %d" % started)
        elif self.check_self() is None:
            self._set_up()
            self.work.check_rails()

    def poll(self) -> None:
        """One turn: take what has come, carry out the lines that are complete. Waits 5 ms at most if there is none.

        Supplies are looked at in every turn: a host that never stops asking must not keep the board from it.
        """
        self.engine.watchdog()
        self.work.check_rails()
        if self._offset == len(self._chunk) and self._lines.count == 0:
            self._chunk = self._stream.read(IDLE_MS)
            self._offset = 0
        while not self.leaving and (self._lines.count or self._offset < len(self._chunk)):
            length = self._lines.straight(self._chunk, self._offset, self.dispatcher.line)
            cancelled = False
            if length >= 0:
                self._offset += length + 1
            elif self._lines.count == 0:
                self._feed()
                continue
            else:
                length, cancelled = self._lines.take(self.dispatcher.line)
            self.dispatcher.carry_out(length, cancelled)
            self.engine.watchdog()

    def run(self) -> None:
        """Turns without end, unless a client asks for the boot loader.

        A fault of the application itself leaves the lines in their safe state and latches. A second one is raised:
        the application ends, and the watchdog resets the board.
        """
        while not self.leaving:
            try:
                self.poll()
            except Exception as fault:  # noqa: BLE001 - whatever went wrong, the lines must be safe
                self.work.make_safe()
                if self.latch.reason == INTERNAL_ERROR:
                    raise
                if self._on_fault is not None:
                    self._on_fault(fault)
                self.report(SYSTEM, message(SYSTEM, repr(fault)))
                self.shut_down(INTERNAL_ERROR)

    def listen(self) -> None:
        """Take what has come while a request runs: lines wait in the queue, an ABORt overtakes them."""
        while self._offset < len(self._chunk):
            self._hear()
        self._chunk = self._stream.read(0)
        self._offset = 0
        while self._offset < len(self._chunk):
            self._hear()

    def report(self, code: int, text: str) -> None:
        """Put an error into the queue and the event register."""
        self.errors.push(code, text)
        self.status.error(code)

    def shut_down(self, reason: str) -> None:
        """Every line into its safe state; only queries and SYSTem:CLEar from now on."""
        self.work.make_safe()
        if self.latch.set(reason):
            self.report(LATCHED, message(LATCHED, reason))
            self.replies.unasked("SHUTDOWN", {"reason": reason, "latch": self.latch.number})

    def check_self(self) -> "str | None":
        """Run the self-test; what it found, after a shutdown if that is a fault."""
        fault = self_check(self.engine)
        self.work.energised = False
        if fault is not None:
            self.shut_down("self-check: " + fault)
        return fault

    def cell_word(self, row: int, col: int) -> int:
        """A cell as the engine names it. Raises Refusal outside the array."""
        if row >= self.rows or col >= self.cols:
            raise Refusal(OUT_OF_RANGE, "cell %d,%d of %dx%d" % (row, col, self.rows, self.cols))
        return row << 16 | col

    def _set_up(self) -> None:
        """Put the default set-up and the saved calibration in force."""
        self.setup.apply(DEFAULT)
        if not self.calibration.restore():
            self.report(MEMORY_LOST, message(MEMORY_LOST, "calibration"))

    def _feed(self) -> None:
        overruns = self._lines.overruns
        self._offset = self._lines.feed(self._chunk, self._offset)
        if self._lines.overruns != overruns:
            self.dispatcher.overrun()

    def _hear(self) -> None:
        """Feed one line while a request runs; carry it out if it is an ABORt."""
        waiting = self._lines.count
        self._feed()
        if self._lines.count > waiting:
            self.dispatcher.hear(self._lines)
