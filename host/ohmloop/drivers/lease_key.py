"""Keys of the lease, which clients propose themselves."""

from __future__ import annotations

import secrets


def new_lease_key() -> str:
    """A key that nobody else has: 1 to 2^32 - 1 as 8 lower-case hex digits (docs/reference/wire.md)."""
    return f"{secrets.randbelow(2**32 - 1) + 1:08x}"
