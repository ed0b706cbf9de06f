"""The set-up: read conditions, bias of unselected lines, range while pulsing."""

from ohmboard.engine_codes import BIAS_HALF, BIASES, OK, RANGE_AUTO, RANGE_H, RANGES
from ohmboard.errors import ILLEGAL_VALUE, Refusal
from ohmboard.numbers import fixed
from ohmboard.refusals import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

V_READ_UV = 0
AVERAGES = 1
READ_RANGE = 2
BIAS = 3
PULSE_RANGE = 4

MOST_AVERAGES = 4096

DEFAULT = (40_000, 16, RANGE_AUTO, BIAS_HALF, RANGE_H)
"""40 mV may be read without a device armed."""


class Setup:
    """The set-up in force, in the order of enum ohm_setup."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self.values = DEFAULT  # type: tuple[int, ...]

    def apply(self, values: "tuple[int, ...]") -> None:
        """Put another set-up in force. Raises Refusal, and then the old one stays."""
        averages = values[AVERAGES]
        if not 1 <= averages <= MOST_AVERAGES or averages & (averages - 1):
            raise Refusal(ILLEGAL_VALUE, "averages %d, not a power of two from 1 to %d" % (averages, MOST_AVERAGES))
        status = self._engine.setup(values)
        if status != OK:
            raise refusal(self._engine, status)
        self.values = values

    def change(self, place: int, value: int) -> None:
        """Change one value. Raises Refusal."""
        self.apply(self.values[:place] + (value,) + self.values[place + 1 :])

    def text(self, place: int) -> str:
        """One value as the wire says it."""
        value = self.values[place]
        if place == V_READ_UV:
            return fixed(value, 6)
        if place == AVERAGES:
            return str(value)
        return BIASES[value].upper() if place == BIAS else RANGES[value]

    def describe(self) -> str:
        """All of it, comma separated."""
        return ",".join([self.text(place) for place in range(len(self.values))])
