"""The Python binding: exceptions, memory, several engines at once."""

import gc
import threading

import numpy as np
import pytest
from ohmsim._engine import lib
from tests.engine.calls import BUSY, LIMITS, OK, finish, pulse, read_rows, start_pulses
from tests.engine.recorder import Recorder

from ohmboard._board import ENGINE
from ohmsim.engine import BenchEngine, Engine


class BoardGone(Exception):
    pass


def test_an_exception_in_the_hal_comes_out_of_the_call():
    hal = Recorder()
    engine = Engine(hal)
    engine.init(ENGINE)
    engine.arm(LIMITS)
    start_pulses(engine, [(0, 0, 500_000, 10_000)] * 3)

    def fail(name: str) -> None:
        if name == "gate_wait":
            raise BoardGone(f"{len(hal.gates)} gates")

    hal.before = fail
    with pytest.raises(BoardGone, match="1 gates"):
        finish(engine)
    calls = hal.log[hal.log.index("gate_wait") :]
    assert calls == ["gate_wait"], "nothing may reach hardware that has gone"
    hal.before = None
    assert engine.step(0) == lib.OHM_E_ARGUMENT  # the request is over


def test_an_exception_at_any_call_is_never_lost():
    hal = Recorder()
    engine = Engine(hal)
    engine.init(ENGINE)
    engine.arm(LIMITS)
    start = len(hal.log)
    assert pulse(engine, [(0, 0, 500_000, 10_000)], "EACH")[0] == OK
    calls = len(hal.log) - start
    assert calls > 30
    for doomed in range(calls):
        hal = Recorder()
        engine = Engine(hal)
        engine.init(ENGINE)
        engine.arm(LIMITS)
        begin = len(hal.log)

        def fail(name: str, at: int = begin + doomed + 1, hal: Recorder = hal) -> None:
            if len(hal.log) == at:
                raise BoardGone

        hal.before = fail
        with pytest.raises(BoardGone):
            pulse(engine, [(0, 0, 500_000, 10_000)], "EACH")
        assert len(hal.log) == begin + doomed + 1


def test_keyboard_interrupts_are_not_swallowed():
    hal = Recorder()
    engine = Engine(hal)
    engine.init(ENGINE)

    def interrupt(name: str) -> None:
        raise KeyboardInterrupt

    hal.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        engine.watchdog()
    hal.before = None
    assert engine.watchdog() == OK
    assert hal.fed == 1


def test_short_buffers_are_refused_before_c_sees_them():
    engine = BenchEngine([1_000] * 64)
    engine.init(ENGINE)
    with pytest.raises(ValueError, match="out holds 252 bytes, the request needs 256"):
        engine.start_rows(0, 8, bytearray(252))
    with pytest.raises(ValueError, match="uv holds"):
        engine.start_multiply(bytes(28), 1, bytearray(32))
    with pytest.raises(ValueError, match="records holds"):
        engine.start_pulses(bytes(11), 1, 0, bytearray(4))
    with pytest.raises(BufferError):
        engine.start_rows(0, 8, bytes(256))
    with pytest.raises(ValueError, match="do not fill"):
        BenchEngine([1_000] * 63).init(ENGINE)


def test_buffers_live_as_long_as_their_request():
    engine = BenchEngine([10_000] * 64)
    engine.init(ENGINE)
    out = bytearray(256)
    assert engine.start_rows(0, 8, out) == OK
    with pytest.raises(BufferError):
        out.extend(b"more")  # the engine will still write here
    status = BUSY
    while status == BUSY:
        gc.collect()
        status = engine.step(1)
    assert np.frombuffer(out, np.int32).min() > 0


def test_engines_in_threads_do_not_meet():
    results: dict[int, list[int]] = {}

    def work(number: int) -> None:
        engine = BenchEngine([1_000 * (number + 1)] * 64)
        engine.init(ENGINE)
        for _ in range(50):
            status, currents = read_rows(engine, 0, 8, 8)
            results.setdefault(number, []).append(int(currents.min()) if status == OK else status)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for number in range(4):
        assert len(results[number]) == 50
        assert abs(results[number][0] - 4_000 * (number + 1)) < 100
        assert len(set(results[number])) == 1


def test_time_goes_beyond_32_bits_of_microseconds():
    hal = Recorder()
    engine = Engine(hal)
    engine.init(ENGINE)
    hal.now_ns = 10_000_000_000_000_999
    assert engine.time_us() == 10_000_000_000_000


def test_the_bench_keeps_time_and_trips():
    engine = BenchEngine([10_000] * 64)
    engine.init(ENGINE)
    before = engine.time_us()
    engine.advance_us(5_000_000)
    assert engine.time_us() - before == 5_000_000
    assert engine.trip_at(-1) == lib.OHM_E_ARGUMENT
    engine.break_adc(True)
    assert read_rows(engine, 0, 1, 8)[0] == lib.OHM_E_CONVERTER
    engine.break_adc(False)
    assert read_rows(engine, 0, 1, 8)[0] == OK
    engine.reset_record()
    assert engine.record()[:3] == [0, 0, 0]
