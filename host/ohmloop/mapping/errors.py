"""What can go wrong while weights are mapped onto arrays."""


class MappingError(Exception):
    """Weights cannot be mapped as asked. The message says which, and what to do."""
