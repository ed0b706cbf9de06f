"""What can go wrong with a network, besides what the crossbars themselves report."""


class NetworkError(Exception):
    """A network cannot be used as asked. The message says what, where, and what to do."""


class ModelError(NetworkError):
    """Layers do not make a network: shapes, numbers that are not finite, activations in the wrong place."""


class WeightFileError(NetworkError):
    """A weight file cannot be read or holds something else than a network."""


class InputError(NetworkError):
    """Inputs of the wrong shape, or not finite."""


class CurrentOverRange(NetworkError):
    """A column current beyond the widest range that may be used; the outputs would be wrong."""

    def __init__(self, message: str, board: str, column: int) -> None:
        super().__init__(message)
        self.board = board
        self.column = column
