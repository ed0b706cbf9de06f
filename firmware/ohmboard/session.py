"""Which boot this is, and how often the set-up has changed since."""

import os

from ohmboard.numbers import INT32_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.store import Store

RECORD = "boot"
COUNTER_BYTES = 4


class Session:
    """Epoch and generation: a reading or a pulse under another set-up or boot is refused, not believed.

    `epoch` is the persisted boot counter and a random number, eight hex digits each, so that no two boots share one
    even if the store was lost. `generation` counts changes of the set-up and of the lease. `stamp` is both, as every
    reply carries them.
    """

    def __init__(self, store: "Store", reason: str) -> None:
        saved = store.load(RECORD)
        self.boots = (int.from_bytes(saved, "little") if saved is not None else 0) % INT32_MAX + 1
        self.reason = reason
        self.epoch = "%08x%08x" % (self.boots, int.from_bytes(os.urandom(4), "little"))
        self.generation = -1
        self.changed()
        self.remembered = store.save(RECORD, self.boots.to_bytes(COUNTER_BYTES, "little"))

    def changed(self) -> None:
        """The set-up or the lease has changed."""
        self.generation += 1
        self.stamp = (" %s.%d " % (self.epoch, self.generation)).encode()
