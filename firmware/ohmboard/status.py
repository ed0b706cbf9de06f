"""The status registers of IEEE 488.2: event status, its enable, the status byte and service request enable."""

OPERATION_COMPLETE = 0x01
QUERY_ERROR = 0x04
DEVICE_ERROR = 0x08
EXECUTION_ERROR = 0x10
COMMAND_ERROR = 0x20
POWER_ON = 0x80

ERROR_AVAILABLE = 0x04
EVENT_SUMMARY = 0x20
MASTER_SUMMARY = 0x40


class Status:
    """Registers that last until they are read or cleared."""

    def __init__(self) -> None:
        self.events = POWER_ON
        self.event_enable = 0
        self.service_enable = 0

    def error(self, code: int) -> None:
        """Note an error by the class of its number; SCPI puts positive numbers among the device's own."""
        if -200 < code <= -100:
            self.events |= COMMAND_ERROR
        elif -300 < code <= -200:
            self.events |= EXECUTION_ERROR
        elif -500 < code <= -400:
            self.events |= QUERY_ERROR
        else:
            self.events |= DEVICE_ERROR

    def complete(self) -> None:
        """All that was asked before is done; requests run one at a time, so this is always so when it is asked."""
        self.events |= OPERATION_COMPLETE

    def take_events(self) -> int:
        """The event register, which reading clears."""
        events = self.events
        self.events = 0
        return events

    def byte(self, errors: int) -> int:
        """The status byte, with `errors` in the error queue; reading does not clear it."""
        value = ERROR_AVAILABLE if errors else 0
        if self.events & self.event_enable:
            value |= EVENT_SUMMARY
        if value & self.service_enable:
            value |= MASTER_SUMMARY
        return value
