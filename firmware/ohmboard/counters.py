"""What happened since boot, for DIAGnostic:COUNters?."""


class Counters:
    """Plain counts; `resets` is the number of boots that the file store remembers."""

    def __init__(self) -> None:
        self.lines = 0
        self.envelopes = 0
        self.crc_errors = 0
        self.overruns = 0
        self.refusals = 0
        self.effects = 0
        self.replays = 0
        self.readings = 0
        self.aborts = 0
        self.trips = 0
        self.resets = 0

    def as_dict(self) -> "dict[str, int]":
        """All of them by name."""
        return {
            "lines": self.lines,
            "envelopes": self.envelopes,
            "crc_errors": self.crc_errors,
            "overruns": self.overruns,
            "refusals": self.refusals,
            "effects": self.effects,
            "replays": self.replays,
            "readings": self.readings,
            "aborts": self.aborts,
            "trips": self.trips,
            "resets": self.resets,
        }
