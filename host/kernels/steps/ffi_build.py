"""Writes the C source of the step filter's binding: cffi reads their header as it is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cffi import FFI

HEADER = Path(__file__).parent / "ohm_steps.h"


def build() -> FFI:
    """The binding, ready to be emitted."""
    text = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
    ffi = FFI()
    ffi.cdef("\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#")))
    ffi.set_source("ohmloop.programming._steps", f'#include "{HEADER.name}"', py_limited_api=True)
    return ffi


if __name__ == "__main__":
    build().emit_c_code(sys.argv[1])
