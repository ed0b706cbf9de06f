"""The binding of the C engine, of the sources that lie in the tree.

Importing this module raises StaleBuild if it was built from others: after an update its functions might not even have
the arguments that Python gives them.
"""

from __future__ import annotations

from pathlib import Path

from ohmsim.errors import StaleBuild
from ohmsim.fingerprint import fingerprint

REMEDY = "run `make build`"
SOURCES = Path(__file__).parents[2] / "firmware" / "engine"
"""In a checkout; what was installed as a whole has no sources beside it."""

try:
    from ohmsim._engine import ffi, lib
except ImportError as error:
    raise StaleBuild(f"the C engine is not built ({error}): {REMEDY}") from error

__all__ = ["ffi", "lib"]


def _check() -> None:
    built = getattr(lib, "ohm_fingerprint", None)
    if SOURCES.is_dir() and (built is None or ffi.string(built).decode() != fingerprint(SOURCES)):
        raise StaleBuild(f"the C engine was built from other sources than {SOURCES} holds now: {REMEDY}")


_check()
