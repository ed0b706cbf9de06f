"""The C engine on its bench of resistors, bound for MicroPython; the same surface as ohmsim.engine.BenchEngine.

The shared library is build/libohmengine.so, or the one that OHM_ENGINE names.
"""

import os
import struct

import ffi

from ohmboard.engine_codes import ENVELOPE_COUNT, SPLIT_COUNT

LIBRARY = os.getenv("OHM_ENGINE") or "build/libohmengine.so"
RECORDS = 5  # enum ohm_bench_record
lib = ffi.open(LIBRARY)

engine_size = lib.func("i", "ohm_engine_size", "")
bench_size = lib.func("i", "ohm_bench_size", "")
bench_init = lib.func("i", "ohm_bench_init", "pppip")
bench_record = lib.func("i", "ohm_bench_record", "ppi")
bench_reset_record = lib.func("i", "ohm_bench_reset_record", "p")
bench_trip_at = lib.func("i", "ohm_bench_trip_at", "pi")
bench_break_adc = lib.func("i", "ohm_bench_break_adc", "pi")
bench_advance_us = lib.func("i", "ohm_bench_advance_us", "pI")
ohm_arm = lib.func("i", "ohm_arm", "ppi")
ohm_disarm = lib.func("i", "ohm_disarm", "p")
ohm_limits = lib.func("i", "ohm_limits", "ppi")
ohm_setup = lib.func("i", "ohm_setup", "ppi")
ohm_calibrate = lib.func("i", "ohm_calibrate", "pipi")
ohm_start_pulses = lib.func("i", "ohm_start_pulses", "ppiip")
ohm_start_reads = lib.func("i", "ohm_start_reads", "ppip")
ohm_start_rows = lib.func("i", "ohm_start_rows", "piip")
ohm_start_multiply = lib.func("i", "ohm_start_multiply", "ppip")
ohm_step = lib.func("i", "ohm_step", "pI")
ohm_abort = lib.func("i", "ohm_abort", "p")
ohm_safe = lib.func("i", "ohm_safe", "p")
ohm_applied = lib.func("i", "ohm_applied", "p")
ohm_info = lib.func("i", "ohm_info", "ppi")
ohm_time_us = lib.func("i", "ohm_time_us", "pp")
ohm_watchdog = lib.func("i", "ohm_watchdog", "p")
ohm_rails = lib.func("i", "ohm_rails", "ppi")
ohm_decode = lib.func("i", "ohm_decode", "pipi")
ohm_encode = lib.func("i", "ohm_encode", "pipi")
ohm_newline = lib.func("i", "ohm_newline", "pii")
ohm_split = lib.func("i", "ohm_split", "piipi")
ohm_envelope_open = lib.func("i", "ohm_envelope_open", "pipi")
ohm_envelope_seal = lib.func("i", "ohm_envelope_seal", "pii")


def words(values):
    return struct.pack(f"<{len(values)}i", *values)


class BenchEngine:
    def __init__(self, conductances_ns):
        self._e = bytearray(engine_size())
        self._bench = bytearray(bench_size())
        self._conductances = words(conductances_ns)
        self._request = ()

    def init(self, board):
        return bench_init(self._bench, self._e, words(board), len(board), self._conductances)

    def arm(self, limits):
        return ohm_arm(self._e, words(limits), len(limits))

    def disarm(self):
        return ohm_disarm(self._e)

    def limits(self, out):
        return ohm_limits(self._e, out, len(out) // 4)

    def setup(self, values):
        return ohm_setup(self._e, words(values), len(values))

    def calibrate(self, table, values):
        return ohm_calibrate(self._e, table, values, len(values) // 4)

    def start_pulses(self, records, pulses, readback, out):
        self._request = (records, out)
        return ohm_start_pulses(self._e, records, pulses, readback, out)

    def start_reads(self, cells, count, out):
        self._request = (cells, out)
        return ohm_start_reads(self._e, cells, count, out)

    def start_rows(self, first, count, out):
        self._request = (out,)
        return ohm_start_rows(self._e, first, count, out)

    def start_multiply(self, uv, vectors, out):
        self._request = (uv, out)
        return ohm_start_multiply(self._e, uv, vectors, out)

    def step(self, budget_ns):
        return ohm_step(self._e, budget_ns)

    def abort(self):
        return ohm_abort(self._e)

    def safe(self):
        return ohm_safe(self._e)

    def applied(self):
        return ohm_applied(self._e)

    def info(self, out):
        return ohm_info(self._e, out, len(out) // 4)

    def time_us(self):
        low_high = bytearray(8)
        status = ohm_time_us(self._e, low_high)
        low, high = struct.unpack("<II", low_high)
        return status if status < 0 else low | high << 32

    def watchdog(self):
        return ohm_watchdog(self._e)

    def rails(self, out):
        return ohm_rails(self._e, out, len(out) // 4)

    def decode(self, text, length, out):
        return ohm_decode(text, length, out, len(out))

    def encode(self, data, length, out):
        return ohm_encode(data, length, out, len(out))

    def buffer(self, size):
        return bytearray(size)

    def newline(self, text, start, stop):
        return ohm_newline(text, start, stop)

    def split(self, text, start, stop):
        places = bytearray(4 * SPLIT_COUNT)
        given = ohm_split(text, start, stop, places, SPLIT_COUNT)
        return struct.unpack_from(f"<{1 + 3 * given}i", places, 0)

    def open_envelope(self, line, length):
        parts = bytearray(4 * ENVELOPE_COUNT)
        opened = [ohm_envelope_open(line, length, parts, ENVELOPE_COUNT)]
        opened.extend(struct.unpack_from(f"<{ENVELOPE_COUNT}I", parts, 0))
        return tuple(opened)

    def seal_envelope(self, line, length):
        return ohm_envelope_seal(line, length, len(line))

    def record(self):
        out = bytearray(4 * RECORDS)
        bench_record(self._bench, out, RECORDS)
        return list(struct.unpack(f"<{RECORDS}i", out))

    def reset_record(self):
        bench_reset_record(self._bench)

    def trip_at(self, gates):
        return bench_trip_at(self._bench, gates)

    def break_adc(self, broken):
        bench_break_adc(self._bench, 1 if broken else 0)

    def advance_us(self, us):
        bench_advance_us(self._bench, us)
