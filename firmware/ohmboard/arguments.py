"""Kinds of arguments: what each accepts, what it becomes, and how the help names it."""

from ohmboard import numbers
from ohmboard.errors import DATA_TYPE, ILLEGAL_VALUE, OUT_OF_RANGE, Refusal, ascii_text
from ohmboard.words import short


class Argument:
    """One argument of a command. `read` returns its value or raises Refusal."""

    bulk = False

    def __init__(self, name: str, optional: bool = False) -> None:
        self.name = name
        self.optional = optional
        self._last = (b"", "")  # type: tuple[bytes, int | str]

    def read(self, line: memoryview, start: int, stop: int, digits: int) -> "int | str | memoryview":
        """The value of a piece of a line; `digits` is that of a plain number. What is sent again is not parsed anew."""
        text = bytes(line[start:stop])
        last = self._last  # boards of one process share it: one look, one assignment
        if last[0] == text:
            return last[1]
        value = self.parse(ascii_text(text))
        self._last = (text, value)
        return value

    def describe(self) -> str:
        """What the help shows."""
        return ("[<%s>]" if self.optional else "<%s>") % self.name

    def parse(self, text: str) -> "int | str":
        """The value of the text; here the text itself."""
        return text


class Whole(Argument):
    """A whole number from `low` to `high`."""

    def __init__(self, name: str, low: int = 0, high: int = numbers.INT32_MAX, optional: bool = False) -> None:
        super().__init__(name, optional)
        self._low = low
        self._high = high

    def read(self, line: memoryview, start: int, stop: int, digits: int) -> int:
        """The number. Raises Refusal outside the range."""
        if digits >= 0 and self._low <= digits <= self._high:
            return digits
        return self.parse(ascii_text(bytes(line[start:stop])))

    def parse(self, text: str) -> int:
        """The number. Raises Refusal outside the range."""
        value = numbers.whole(text)
        if not self._low <= value <= self._high:
            raise Refusal(OUT_OF_RANGE, "%s %d, not %d to %d" % (self.name, value, self._low, self._high))
        return value


class Volts(Argument):
    """A voltage, in uV."""

    def parse(self, text: str) -> int:
        """Microvolts."""
        return numbers.microvolts(text)


class Seconds(Argument):
    """A time, in ns."""

    def parse(self, text: str) -> int:
        """Nanoseconds."""
        return numbers.nanoseconds(text)


class Choice(Argument):
    """One of some words; its value is the word's place."""

    def __init__(self, name: str, options: "tuple[str, ...]") -> None:
        super().__init__(name)
        self._options = options
        self._places = {}  # type: dict[str, int]
        for place, option in enumerate(options):
            self._places[option.upper()] = self._places[short(option)] = place

    def describe(self) -> str:
        """The words."""
        return "|".join(self._options)

    def parse(self, text: str) -> int:
        """The place of the word."""
        place = self._places.get(text.upper())
        if place is None:
            raise Refusal(ILLEGAL_VALUE, "%s %s, not %s" % (self.name, text, self.describe()))
        return place


class Hex(Argument):
    """Hex digits, kept as the text that was sent."""

    def __init__(self, name: str, shortest: int, longest: int, optional: bool = False) -> None:
        super().__init__(name, optional)
        self._shortest = shortest
        self._longest = longest

    def parse(self, text: str) -> str:
        """The digits."""
        if not numbers.hexadecimal(text.lower(), self._shortest, self._longest):
            raise Refusal(DATA_TYPE, "%s takes %d to %d hex digits" % (self.name, self._shortest, self._longest))
        return text


class Bulk(Argument):
    """Base64 of little-endian int32, always the last argument; it stays in the line for the engine to decode."""

    bulk = True

    def read(self, line: memoryview, start: int, stop: int, digits: int) -> memoryview:
        """The text where it lies."""
        return line[start:stop]
