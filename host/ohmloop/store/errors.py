"""What can go wrong with the store, by type."""

from __future__ import annotations


class StoreError(Exception):
    """The store could not do what was asked. The message names the file and says what to do."""


class StoreFull(StoreError):
    """There is no room to write. An exchange that was about to be sent has not been sent."""


class StoreLocked(StoreError):
    """Another process has held the store's write lock for too long."""


class StoreCorrupt(StoreError):
    """The file is damaged, or is not a store of ohmloop. Nothing has been written to it."""


class StoreVersion(StoreError):
    """The store was made by a newer ohmloop."""
