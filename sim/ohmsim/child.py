"""A child process that runs the firmware elsewhere: it asks, we answer, one line of words each way."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Mapping, Sequence

from ohmsim.errors import EmulatorError

log = logging.getLogger(__name__)

Handler = Callable[[list[str]], str | None]
"""Takes the words of a request; returns its reply, or None if there is none."""

END_S = 2.0


class ChildError(EmulatorError):
    """The child cannot be started, ended, or asked for what we do not know."""


class Child:
    """One child process. Raises ChildError if it cannot be started."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.name = command[0]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=-1
            )
        except OSError as error:
            raise ChildError(f"{command[0]} cannot be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._replies, self._requests = self._process.stdin, self._process.stdout

    def serve(self, handlers: Mapping[str, Handler]) -> None:
        """Answer until a handler raises. Raises ChildError when the child ends or asks for something unknown."""
        while True:
            line = self._requests.readline()
            if not line.endswith(b"\n"):
                raise ChildError(f"{self.name} ended with status {self._process.wait(END_S)}")
            verb, *words = line.decode("latin-1").split()
            handler = handlers.get(verb)
            if handler is None:
                raise ChildError(f"{self.name} asked for {verb!r}")
            reply = handler(words)
            if reply is not None:
                self.reply(reply)

    def reply(self, text: str) -> None:
        """Answer a request that a handler left open. Raises ChildError if nobody is there."""
        try:
            self._replies.write(text.encode("latin-1") + b"\n")
            self._replies.flush()
        except OSError as error:
            raise ChildError(f"{self.name} does not listen: {error}") from error

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait(END_S)
        for pipe in (self._replies, self._requests):
            try:
                pipe.close()
            except BrokenPipeError:
                log.debug("%s left a reply unread", self.name)
