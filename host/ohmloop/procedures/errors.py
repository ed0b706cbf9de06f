"""What can go wrong in an experiment, besides what the crossbar itself reports."""


class ProcedureError(Exception):
    """An experiment cannot be done or its readings make no sense. The message says what, where, and what to do."""


class PulsesSpent(ProcedureError):
    """The pulses that an experiment may send are spent."""
