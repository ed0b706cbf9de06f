"""What boards have in common whose firmware runs in a child process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ohmsim.board import EmulatedBoard, Spec
from ohmsim.child import Child, ChildError, Handler
from ohmsim.wire.port import Port
from ohmsim.wire.stream import BoardStopped


class RemoteBoard(EmulatedBoard):
    """A board that answers a child process. Raises ParameterError, StateError, ChildError."""

    def __init__(self, spec: Spec, ports: Sequence[Port]) -> None:
        super().__init__(spec, ports)
        self._child: Child | None = None
        self._ending = False

    def stop(self) -> None:
        """End the child, the board's thread and its ports."""
        self._ending = True
        self.stream.stop()
        if self._child is not None:
            self._child.end()
        super().stop()

    def _serve(self, child: Child, handlers: Mapping[str, Handler]) -> None:
        """Answer until the processor is reset. Raises ChildError if the child ends by itself."""
        try:
            child.serve(handlers)
        except ChildError:
            if self._ending:
                raise BoardStopped from None
            raise
