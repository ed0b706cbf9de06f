"""The interlock is held by one, and lent to those who move nothing, one after the other."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from ohmloop.station import Interlock, StationBusy

LONGEST_S = 30.0


def test_who_does_not_lend_refuses_at_once() -> None:
    interlock = Interlock()
    with (
        interlock.held("programming"),
        pytest.raises(StationBusy, match="busy with programming"),
        interlock.borrowed("inference", LONGEST_S),
    ):
        pass
    with interlock.borrowed("inference", LONGEST_S):
        assert interlock.holder == "inference", "free: held like any other"
        with pytest.raises(StationBusy), interlock.held("programming"):
            pass
    assert interlock.holder is None


def test_borrowers_come_one_after_the_other_and_never_while_the_holder_works() -> None:
    interlock = Interlock()
    working, inside = Event(), Event()
    asked = 6

    def borrow() -> bool:
        with interlock.borrowed("inference", LONGEST_S):
            alone = not inside.is_set() and not working.is_set()
            inside.set()
            inside.clear()
            return alone

    with ThreadPoolExecutor(asked) as threads, interlock.held("a lesson"), interlock.lending():
        assert interlock.lends
        waiting: list[Future[bool]] = [threads.submit(borrow) for _ in range(asked)]
        while not all(one.done() for one in waiting):
            working.set()
            working.clear()
            interlock.lend()
            assert interlock.holder == "a lesson"
        assert all(one.result() for one in waiting)
    assert not interlock.lends


def test_a_turn_that_does_not_come_is_refused_in_time() -> None:
    interlock = Interlock()
    with (
        interlock.held("a long step"),
        interlock.lending(),
        pytest.raises(StationBusy, match="a long step"),
        interlock.borrowed("inference", 0.01),
    ):
        pass
    with interlock.borrowed("inference", 0.0):
        pass


def test_what_a_borrower_raises_gives_it_back() -> None:
    interlock = Interlock()

    def fail() -> None:
        with interlock.borrowed("inference", LONGEST_S):
            raise RuntimeError

    with ThreadPoolExecutor(1) as threads, interlock.held("a lesson"), interlock.lending():
        failing = threads.submit(fail)
        while not failing.done():
            interlock.lend()
        with pytest.raises(RuntimeError):
            failing.result()
        interlock.lend()


def test_borrowers_without_end_do_not_keep_the_holder_from_going_on() -> None:
    interlock, over = Interlock(), Event()

    def borrow_again_and_again() -> None:
        while not over.is_set():
            with interlock.borrowed("inference", LONGEST_S):
                pass

    with ThreadPoolExecutor(4) as threads, interlock.held("a lesson"), interlock.lending():
        asking = [threads.submit(borrow_again_and_again) for _ in range(4)]
        interlock.lend()
        assert interlock.holder == "a lesson"
        over.set()
        while not all(one.done() for one in asking):
            interlock.lend()
        for one in asking:
            one.result()
