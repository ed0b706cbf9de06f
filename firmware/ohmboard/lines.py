"""Bytes in, complete lines out: the bounded queue in which lines wait while a request runs."""

from ohmboard.sizes import MAX_LINE, QUEUE_BYTES, QUEUE_LINES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

CARRIAGE_RETURN = 13


class LineQueue:
    """Complete lines in the order of arrival, and the beginning of the next one.

    A line that is too long, or that finds the queue full, is discarded up to its end; `overruns` counts them.
    All bytes live in one preallocated store; lines are moved to its front when its end is reached.
    """

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._store = engine.buffer(QUEUE_BYTES)
        self._view = memoryview(self._store)
        self._starts = [0] * QUEUE_LINES
        self._stops = [0] * QUEUE_LINES
        self._cancelled = [False] * QUEUE_LINES
        self._first = 0
        self._open = 0  # where the unfinished line begins
        self._end = 0  # where the next byte goes
        self._discarding = False
        self.count = 0
        self.overruns = 0

    def straight(self, data: "bytes | memoryview", offset: int, into: memoryview) -> int:
        """Copy the line at `offset` of `data` without queueing it, if it is whole and nothing came before it.

        Returns its length, or -1: then it must be fed, as a line with a carriage return at its end must.
        """
        if self.count or self._end != self._open or self._discarding:
            return -1
        newline = self._engine.newline(data, offset, len(data))
        length = newline - offset
        if not 0 < length <= MAX_LINE or data[newline - 1] == CARRIAGE_RETURN:
            return -1
        into[:length] = data[offset:newline]
        return length

    def feed(self, data: "bytes | memoryview", offset: int) -> int:
        """Take `data` from `offset` up to the end of one line; returns where the rest begins."""
        newline = self._engine.newline(data, offset, len(data))
        stop = newline if newline >= 0 else len(data)
        self._append(data, offset, stop)
        if newline < 0:
            return stop
        self._complete()
        return newline + 1

    def take(self, into: memoryview) -> "tuple[int, bool]":
        """Copy the oldest line and remove it; returns its length, and whether `cancel` came after it."""
        place = self._first
        start = self._starts[place]
        length = self._stops[place] - start
        into[:length] = self._view[start : start + length]
        cancelled = self._cancelled[place]
        self._first = (place + 1) % QUEUE_LINES
        self.count -= 1
        return length, cancelled

    def newest(self) -> memoryview:
        """The line that arrived last and still waits."""
        place = (self._first + self.count - 1) % QUEUE_LINES
        return self._view[self._starts[place] : self._stops[place]]

    def drop_newest(self) -> None:
        """Remove it."""
        self.count -= 1

    def cancel(self) -> None:
        """Mark all that waits: it was sent before an abort."""
        for i in range(self.count):
            self._cancelled[(self._first + i) % QUEUE_LINES] = True

    def _append(self, data: "bytes | memoryview", start: int, stop: int) -> None:
        length = stop - start
        if self._discarding or length == 0:
            return
        # One byte more than the longest line: it may be the carriage return.
        if self._end - self._open + length > MAX_LINE + 1:
            self._discard()
            return
        if self._end + length > QUEUE_BYTES:
            self._compact()
        if self._end + length > QUEUE_BYTES:
            self._discard()
            return
        self._view[self._end : self._end + length] = memoryview(data)[start:stop]
        self._end += length

    def _complete(self) -> None:
        if self._discarding:
            self._discarding = False
            return
        stop = self._end
        if stop > self._open and self._store[stop - 1] == CARRIAGE_RETURN:
            stop -= 1
        if stop - self._open > MAX_LINE or self.count == QUEUE_LINES:
            self.overruns += 1
            self._end = self._open
            return
        place = (self._first + self.count) % QUEUE_LINES
        self._starts[place] = self._open
        self._stops[place] = stop
        self._cancelled[place] = False
        self.count += 1
        self._open = self._end

    def _discard(self) -> None:
        self.overruns += 1
        self._end = self._open
        self._discarding = True

    def _compact(self) -> None:
        """Move what waits to the front of the store."""
        begin = self._starts[self._first] if self.count else self._open
        if begin == 0:
            return
        length = self._end - begin
        self._view[:length] = self._view[begin : self._end]
        for i in range(self.count):
            place = (self._first + i) % QUEUE_LINES
            self._starts[place] -= begin
            self._stops[place] -= begin
        self._open -= begin
        self._end = length
