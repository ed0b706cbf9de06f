"""Writes the C source of the engine's PC binding: cffi reads the two engine headers as they are."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cffi import FFI

ENGINE = Path(__file__).parent
sys.path.insert(0, str(ENGINE.parents[1] / "sim"))

from ohmsim.fingerprint import fingerprint  # noqa: E402 - it is built before it is installed

HEADERS = ("ohm_hal.h", "ohm_engine.h", "ohm_bench.h")
# The emulator's side of the HAL: one Python function per entry of ohm_hal, found by its context.
CALLBACKS = """
extern "Python" {
    void sim_dac_load(void *, int, const uint16_t *, int);
    void sim_dac_update(void *);
    void sim_latch(void *, const uint8_t *, int, const uint8_t *, int);
    void sim_adc_span(void *, int);
    int sim_adc_sample(void *, int, int16_t *, int);
    void sim_energise(void *, int);
    int sim_energised(void *);
    void sim_gate_open(void *, int, uint32_t);
    int sim_gate_wait(void *, uint32_t);
    void sim_gate_close(void *);
    void sim_rails(void *, int32_t *);
    void sim_delay_ns(void *, uint32_t);
    uint64_t sim_clock_ns(void *);
    void sim_watchdog(void *);
}
"""


def declarations(header: Path) -> str:
    """The header without preprocessor lines and comments."""
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def build() -> FFI:
    """The binding, ready to be emitted."""
    ffi = FFI()
    for name in HEADERS:
        ffi.cdef(declarations(ENGINE / name))
    ffi.cdef(CALLBACKS + "extern const char ohm_fingerprint[];")
    source = "\n".join(f'#include "{name}"' for name in HEADERS)
    source += f'\nconst char ohm_fingerprint[] = "{fingerprint(ENGINE)}";'
    ffi.set_source("ohmsim._engine", source, py_limited_api=True)
    return ffi


if __name__ == "__main__":
    build().emit_c_code(sys.argv[1])
