"""Error numbers with their texts, the exception that carries one, and the queue that SYSTem:ERRor? empties."""

from ohmboard.sizes import ERROR_QUEUE

COMMAND = -100
SYNTAX = -102
DATA_TYPE = -104
NOT_ALLOWED = -108
MISSING = -109
UNDEFINED_HEADER = -113
SUFFIX = -131
EXECUTION = -200
SETTINGS_CONFLICT = -221
OUT_OF_RANGE = -222
ILLEGAL_VALUE = -224
HARDWARE = -240
SYSTEM = -310
MEMORY_LOST = -314
QUEUE_OVERFLOW = -350
INPUT_OVERRUN = -363

UNARMED = 101
VOLTAGE = 102
READ_VOLTAGE = 103
WIDTH = 104
RANGE = 105
COUNT = 106
DURATION = 107
LINE = 108
TRIPPED = 109
ABORTED = 110
CONVERTER = 111
CALIBRATION = 112
RAIL = 113
COLUMN = 114
LATCHED = 120
LEASE_HELD = 121
LEASE_MISSING = 122
EPOCH = 130
GENERATION = 131
TOKEN_REUSED = 132
SEQUENCE = 133
BUSY = 140

TEXTS = {
    0: "No error",
    COMMAND: "Command error",
    SYNTAX: "Syntax error",
    DATA_TYPE: "Data type error",
    NOT_ALLOWED: "Parameter not allowed",
    MISSING: "Missing parameter",
    UNDEFINED_HEADER: "Undefined header",
    SUFFIX: "Invalid suffix",
    EXECUTION: "Execution error",
    SETTINGS_CONFLICT: "Settings conflict",
    OUT_OF_RANGE: "Data out of range",
    ILLEGAL_VALUE: "Illegal parameter value",
    HARDWARE: "Hardware error",
    SYSTEM: "System error",
    MEMORY_LOST: "Save/recall memory lost",
    QUEUE_OVERFLOW: "Queue overflow",
    INPUT_OVERRUN: "Input buffer overrun",
    UNARMED: "No device is armed",
    VOLTAGE: "Voltage above limit",
    READ_VOLTAGE: "Read voltage above limit",
    WIDTH: "Pulse width outside limits",
    RANGE: "Current range above limit",
    COUNT: "Pulse count above limit",
    DURATION: "Exchange too long",
    LINE: "Line voltage cannot be reached",
    TRIPPED: "Tripped",
    ABORTED: "Aborted",
    CONVERTER: "Converter fault",
    CALIBRATION: "Correction larger than the line's tolerance",
    RAIL: "Supply out of bounds",
    COLUMN: "Column voltage above the limit of the range",
    LATCHED: "Latched shutdown",
    LEASE_HELD: "Lease held by another client",
    LEASE_MISSING: "Lease missing or expired",
    EPOCH: "Wrong epoch",
    GENERATION: "Wrong generation",
    TOKEN_REUSED: "Token reused",
    SEQUENCE: "Out of sequence",
    BUSY: "Busy",
}


class Refusal(Exception):
    """A request was refused; `code` is the number of the error and `text` its message for people."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.text = message(code, detail)


def message(code: int, detail: str = "") -> str:
    """The text of an error, with what is particular to this one; printable whatever came in."""
    text = TEXTS[code]
    if detail:
        text += "; " + "".join([c if " " <= c <= "~" and c != '"' else "?" for c in detail])
    return text


class ErrorQueue:
    """The oldest errors, up to 16; when it is full the newest is replaced by -350, as SCPI says."""

    def __init__(self) -> None:
        self._codes = [0] * ERROR_QUEUE
        self._texts = [""] * ERROR_QUEUE
        self._first = 0
        self.count = 0

    def push(self, code: int, text: str) -> None:
        """Add an error."""
        if self.count == ERROR_QUEUE:
            last = (self._first + ERROR_QUEUE - 1) % ERROR_QUEUE
            self._codes[last] = QUEUE_OVERFLOW
            self._texts[last] = TEXTS[QUEUE_OVERFLOW]
            return
        place = (self._first + self.count) % ERROR_QUEUE
        self._codes[place] = code
        self._texts[place] = text
        self.count += 1

    def pop(self) -> str:
        """Remove the oldest; its number and text as SYSTem:ERRor? answers them."""
        if self.count == 0:
            return '0,"%s"' % TEXTS[0]
        place = self._first
        self._first = (self._first + 1) % ERROR_QUEUE
        self.count -= 1
        return '%d,"%s"' % (self._codes[place], self._texts[place])

    def clear(self) -> None:
        """Forget all of them."""
        self.count = 0


def ascii_text(data: bytes) -> str:
    """Bytes as text. Raises Refusal if they are not ASCII."""
    try:
        text = str(data, "ascii")
    except UnicodeError:
        raise Refusal(SYNTAX, "not ASCII") from None
    if len(text) != len(data):  # MicroPython's "ascii" takes UTF-8
        raise Refusal(SYNTAX, "not ASCII")
    return text
