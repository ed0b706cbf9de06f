"""What can go wrong while an array is programmed, besides what the crossbar itself reports."""


class ProgrammingError(Exception):
    """A campaign could not be set up or go on. The message says what, where, and what to do."""


class PolicyError(ProgrammingError):
    """A policy proposed pulses that make no sense or lie above the usable amplitude; nothing of them was sent."""


class ResumeError(ProgrammingError):
    """The journal of a run does not belong to the campaign that wants to resume it."""


class Interrupted(ProgrammingError):
    """The board was lost several times in a row without a pulse going through in between."""


class PopulationError(ProgrammingError, ValueError):
    """A population model makes no sense, or the records are too few or too uniform to learn one from."""


class CharacterisationError(ProgrammingError, ValueError):
    """A characterisation is not understood, or belongs to another device; the message says what is wrong with it."""
