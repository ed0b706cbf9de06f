"""Writes the C source of the kernels' binding: cffi reads the headers as they are."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cffi import FFI

KERNELS = Path(__file__).parent
HEADERS = ("sweeps.h", "dissection.h", "band.h", "bending.h", "correction.h", "drivers.h")


def declarations(header: Path) -> str:
    """The header without preprocessor lines and comments."""
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def build() -> FFI:
    """The binding, ready to be emitted."""
    ffi = FFI()
    for name in HEADERS:
        ffi.cdef(declarations(KERNELS / name))
    ffi.set_source("ohmsim._kernels", "\n".join(f'#include "{name}"' for name in HEADERS), py_limited_api=True)
    return ffi


if __name__ == "__main__":
    build().emit_c_code(sys.argv[1])
