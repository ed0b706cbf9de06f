"""One request of the engine from its start to its end, while the board goes on listening."""

from ohmboard.engine_codes import BUSY, E_ABORTED, E_CONVERTER, E_RAIL, E_TRIP, OK, RAILS
from ohmboard.errors import ABORTED, LATCHED, Refusal
from ohmboard.refusals import Info, code_of, rail, refusal
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.board import Board
    from ohmboard.request import Request

STEP_NS = 5_000_000
"""The engine returns after this; with the listening in between an ABORt acts within 10 ms."""

PROGRESS_US = 1_000_000


class Work:
    """Admits, drives and concludes the engine's requests; `energised` follows what they leave behind.

    `rails` holds both supplies as last looked at, int32 uV.
    """

    def __init__(self, board: "Board") -> None:
        self._board = board
        self.running = False
        self.energised = False
        self.rails = bytearray(WORD * RAILS)

    def admit(self, request: "Request") -> None:
        """Raise Refusal if nothing may be driven now, or if an abort came after the request."""
        reason = self._board.latch.reason
        if reason is not None:
            raise Refusal(LATCHED, reason)
        if request.cancelled:
            raise Refusal(ABORTED, "before it began")

    def accept(self, status: int) -> None:
        """Judge what a start of the engine returned. Raises Refusal if it was refused; nothing has moved then."""
        if status in (OK, BUSY):
            return
        error = refusal(self._board.engine, status)
        if status in (E_TRIP, E_CONVERTER, E_RAIL):
            self._conclude(status)
        raise error

    def run(self, request: "Request") -> int:
        """Drive what was started to its end; returns the engine's last status."""
        engine = self._board.engine
        began = engine.time_us()
        report = began + PROGRESS_US
        self.running = True
        self.energised = True
        try:
            status = engine.step(STEP_NS)
            while status == BUSY:
                engine.watchdog()
                self._board.listen()
                now = engine.time_us()
                if now >= report and request.enveloped:
                    self._progress(request, now - began)
                    report = now + PROGRESS_US
                status = engine.step(STEP_NS)
        finally:
            self.running = False
        if status != OK:
            self._conclude(status)
        return status

    def measure(self, request: "Request") -> None:
        """Drive a measurement to its end. Raises Refusal unless it ended well."""
        status = self.run(request)
        if status != OK:
            raise Refusal(code_of(status))

    def make_safe(self) -> None:
        """Put every line into its safe state."""
        self._board.engine.safe()
        self.energised = False

    def abort(self) -> None:
        """End what runs, and put every line into its safe state."""
        if self.running:
            self._board.engine.abort()
            self.energised = False
        else:
            self.make_safe()

    def check_rails(self) -> None:
        """Look at the supplies while nothing runs; a shutdown if one is out of bounds."""
        status = self._board.engine.rails(self.rails)
        if status == E_RAIL and self._board.latch.reason is None:
            self._conclude(status)

    def _conclude(self, status: int) -> None:
        """What follows from a request that did not end well; it has left the lines in their safe state."""
        board = self._board
        if status == E_ABORTED:
            return
        if status == E_TRIP:
            info = Info(board.engine)
            board.counters.trips += 1
            board.replies.unasked("TRIP", {"item": info.item, "row": info.row, "col": info.col})
            board.shut_down("trip")
        elif status == E_CONVERTER:
            board.shut_down("converter fault")
        elif status == E_RAIL:
            board.shut_down("supply: " + rail(Info(board.engine)))
        else:
            board.shut_down("limit violation at output, engine status %d" % status)

    def _progress(self, request: "Request", elapsed_us: int) -> None:
        facts = {"request": request.number, "elapsed_us": elapsed_us, "applied": self._board.engine.applied()}
        self._board.replies.unasked("PROGRESS", facts)
