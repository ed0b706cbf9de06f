"""Arming, read conditions, bias and ranges. Each accepted change steps the generation."""

from ohmboard import setup
from ohmboard.arguments import Choice, Hex, Seconds, Volts, Whole
from ohmboard.command import SETUP, Command
from ohmboard.engine_codes import BIASES, OK, RANGES
from ohmboard.refusals import refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request

FIXED_RANGES = RANGES[:3]


def arm(board: "Board", request: "Request", values: "list[Any]") -> None:
    """ARM."""
    board.work.accept(board.engine.arm(tuple(values[1:])))
    board.armed = values[0]


def armed(board: "Board", request: "Request", values: "list[Any]") -> str:
    """ARM?."""
    return board.armed or "NONE"


def disarm(board: "Board", request: "Request", values: "list[Any]") -> None:
    """DISarm."""
    status = board.engine.disarm()
    if status != OK:
        raise refusal(board.engine, status)
    board.armed = None


def configure(board: "Board", request: "Request", values: "list[Any]") -> None:
    """CONFigure."""
    board.setup.apply(tuple(values))


def configuration(board: "Board", request: "Request", values: "list[Any]") -> str:
    """CONFigure?."""
    return board.setup.describe()


def set_voltage(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SENSe:VOLTage."""
    board.setup.change(setup.V_READ_UV, values[0])


def voltage(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SENSe:VOLTage?."""
    return board.setup.text(setup.V_READ_UV)


def set_averages(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SENSe:AVERage."""
    board.setup.change(setup.AVERAGES, values[0])


def averages(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SENSe:AVERage?."""
    return board.setup.text(setup.AVERAGES)


def set_read_range(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SENSe:RANGe."""
    board.setup.change(setup.READ_RANGE, values[0])


def read_range(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SENSe:RANGe?."""
    return board.setup.text(setup.READ_RANGE)


def set_bias(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SOURce:BIAS."""
    board.setup.change(setup.BIAS, values[0])


def bias(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SOURce:BIAS?."""
    return board.setup.text(setup.BIAS)


def set_pulse_range(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SOURce:RANGe."""
    board.setup.change(setup.PULSE_RANGE, values[0])


def pulse_range(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SOURce:RANGe?."""
    return board.setup.text(setup.PULSE_RANGE)


V_READ = Volts("v_read")
AVERAGES = Whole("averages", 1, setup.MOST_AVERAGES)
READ_RANGE = Choice("read range", RANGES)
BIAS = Choice("bias", BIASES)
PULSE_RANGE = Choice("pulse range", FIXED_RANGES)

LIMITS = (
    Hex("hash", 1, 64),
    V_READ,
    Volts("v_pos"),
    Volts("v_neg"),
    Seconds("width_max"),
    Choice("range_max", FIXED_RANGES),
    Whole("pulses_max"),
)

COMMANDS = (
    Command("ARM", LIMITS, arm, SETUP, "loads the limits of a device under test, known by the hash of its file"),
    Command("ARM?", (), armed, 0, "the hash of the armed device, or NONE"),
    Command("DISarm", (), disarm, SETUP, "unloads the limits: pulses are refused, reads held to 0.05 V"),
    Command(
        "CONFigure",
        (V_READ, AVERAGES, READ_RANGE, BIAS, PULSE_RANGE),
        configure,
        SETUP,
        "the whole set-up in one step",
    ),
    Command("CONFigure?", (), configuration, 0, "the set-up in force"),
    Command("SENSe:VOLTage", (V_READ,), set_voltage, SETUP, "read voltage, row minus column"),
    Command("SENSe:VOLTage?", (), voltage, 0, "read voltage, V"),
    Command("SENSe:AVERage", (AVERAGES,), set_averages, SETUP, "conversions in a reading, a power of two up to 4096"),
    Command("SENSe:AVERage?", (), averages, 0, "conversions in a reading"),
    Command("SENSe:RANGe", (READ_RANGE,), set_read_range, SETUP, "current range while reading"),
    Command("SENSe:RANGe?", (), read_range, 0, "current range while reading"),
    Command("SOURce:BIAS", (BIAS,), set_bias, SETUP, "what unselected lines do while a cell is pulsed"),
    Command("SOURce:BIAS?", (), bias, 0, "what unselected lines do while a cell is pulsed"),
    Command("SOURce:RANGe", (PULSE_RANGE,), set_pulse_range, SETUP, "current range while a cell is pulsed"),
    Command("SOURce:RANGe?", (), pulse_range, 0, "current range while a cell is pulsed"),
)
