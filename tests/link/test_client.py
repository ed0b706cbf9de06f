"""The client against a peer that loses, delays, repeats and damages replies, hangs up and babbles."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

import pytest
from tests.link.peer import EPOCH, Peer, Script, reply

from ohmloop.crossbar import LinkLost, LinkTimeout
from ohmloop.link.client import Client
from ohmloop.link.frames import Frame
from ohmloop.link.tcp import TcpPort

Connect = Callable[..., tuple[Client, Peer]]


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[tuple[Client, Peer]] = []

    def make(script: Script, timeout_s: float = 0.05, **options: object) -> tuple[Client, Peer]:
        peer = Peer(script)
        client = Client(lambda: TcpPort("127.0.0.1", peer.port), "the peer", timeout_s=timeout_s, **options)  # type: ignore[arg-type]
        opened.append((client, peer))
        return client, peer

    yield make
    for client, peer in opened:
        client.close()
        peer.close()


class Nth:
    """Answers the n-th request with `then`, all others with what `first` says."""

    def __init__(self, n: int, first: Script, then: Script) -> None:
        self.n, self.first, self.then, self.count = n, first, then, 0

    def __call__(self, request_id: str, body: str) -> list[bytes]:
        self.count += 1
        return (self.then if self.count >= self.n else self.first)(request_id, body)


def echo(request_id: str, body: str) -> list[bytes]:
    return [reply(request_id, body)]


def silence(request_id: str, body: str) -> list[bytes]:
    return []


def test_nothing_is_sent_at_opening(connect: Connect) -> None:
    client, peer = connect(echo)
    client.request("A?")
    assert peer.raw.count(b"\n") == 1


def test_a_lost_reply_is_asked_for_under_a_new_id(connect: Connect) -> None:
    client, peer = connect(Nth(3, silence, echo))
    answer = client.request("A?")
    assert (answer.frame.text, answer.attempts) == ("A?", 3)
    assert len(set(peer.ids)) == 3


def test_ids_are_32_bit_and_begin_at_random(connect: Connect) -> None:
    firsts = []
    for _ in range(3):
        client, peer = connect(echo)
        client.request("A?")
        firsts.append(int(peer.ids[0]))
    assert len(set(firsts)) == 3
    assert all(0 < first < 2**32 for first in firsts)


def test_late_and_foreign_and_damaged_replies_are_dropped(connect: Connect) -> None:
    seen: list[str] = []

    def babble(request_id: str, body: str) -> list[bytes]:
        seen.append(request_id)
        stale = reply(seen[-2], "stale") if len(seen) > 1 else b""
        damaged = reply(request_id, "damaged").replace(b"damaged", b"dumaged")
        return [
            b"MicroPython v1.24\r\n>>> ",
            b"\xff\xfe\n",
            stale,
            reply("77", "foreign"),
            damaged,
            reply(request_id, body),
        ]

    client, _ = connect(babble)
    assert [client.request(body).frame.text for body in ("A?", "B?", "C?")] == ["A?", "B?", "C?"]


def test_a_late_reply_to_the_first_attempt_counts(connect: Connect) -> None:
    ids: list[str] = []

    def late(request_id: str, body: str) -> list[bytes]:
        ids.append(request_id)
        return [reply(ids[0], "the first")] if len(ids) == 2 else []

    client, _ = connect(late)
    assert client.request("A?").frame.text == "the first"


def test_a_duplicate_reply_answers_nothing_else(connect: Connect) -> None:
    client, _ = connect(lambda i, b: [reply(i, b)] * 2)
    assert [client.request(body).frame.text for body in ("A?", "B?")] == ["A?", "B?"]


def test_silence_is_a_timeout_that_tells_what_was_said(connect: Connect) -> None:
    client, peer = connect(lambda i, b: [b"Traceback (most recent call last):\n", b"MemoryError\n"], timeout_s=0.01)
    with pytest.raises(LinkTimeout, match=r"the peer does not answer SYSTem:STATe\? .*MemoryError.*runs the ohmloop"):
        client.request("SYSTem:STATe?")
    assert len(peer.bodies) == 5


def test_silence_after_answers_has_another_cause(connect: Connect) -> None:
    client, peer = connect(echo, timeout_s=0.05)
    client.request("A?", duration_s=5.0)
    peer.script = lambda i, b: []
    with pytest.raises(LinkTimeout, match="it has answered before: look at its cable and its supply"):
        client.request("A?", attempts=2)


def test_a_long_request_is_waited_for(connect: Connect) -> None:
    def work(request_id: str, body: str) -> list[bytes]:
        threading.Event().wait(0.2)
        return [reply(request_id, "at last")]

    client, _ = connect(work, timeout_s=0.01)
    assert client.request("A?", duration_s=5.0, attempts=1).frame.text == "at last"
    with pytest.raises(LinkTimeout):
        client.request("A?", attempts=1)


def test_after_a_hang_up_it_connects_again(connect: Connect) -> None:
    client, peer = connect(echo)
    client.request("A?")
    peer.hang_up()
    assert client.request("B?").frame.text == "B?"
    assert peer.connections == 2


def test_a_hang_up_in_the_middle_of_a_request(connect: Connect) -> None:
    client, peer = connect(silence, timeout_s=30.0)

    def hang_up_once(request_id: str, body: str) -> list[bytes]:
        peer.script = echo
        peer.hang_up()
        return []

    peer.script = hang_up_once
    answer = client.request("A?")  # 30 s would be too long: the loss itself ends the wait
    assert (answer.frame.text, answer.attempts) == ("A?", 2)


def test_a_port_that_does_not_come_back(connect: Connect) -> None:
    client, peer = connect(echo, reconnect_s=0.2)
    client.request("A?")
    peer.hang_up()
    peer.close()
    with pytest.raises(LinkLost, match="did not come back"):
        client.request("B?")


def test_a_boot_ends_the_wait(connect: Connect) -> None:
    told: list[Frame] = []
    boot = reply("0", 'BOOT {"reason": "power"}', epoch="00000002deadbeef")
    client, _ = connect(Nth(2, lambda i, b: [boot], echo), timeout_s=30.0, notify=told.append)
    assert client.request("A?").attempts == 2
    assert [frame.epoch for frame in told] == ["00000002deadbeef"]


def test_another_thread_may_ask_at_any_time(connect: Connect) -> None:
    waiting = threading.Event()

    def abort_only(request_id: str, body: str) -> list[bytes]:
        if body == "ABORt":
            return [reply(request_id, "aborted"), reply(peer.ids[0], "ended")]
        waiting.set()
        return []

    client, peer = connect(abort_only, timeout_s=30.0)
    answers: list[str] = []
    thread = threading.Thread(target=lambda: answers.append(client.request("PULSe").frame.text))
    thread.start()
    assert waiting.wait(5)
    assert client.request("ABORt").frame.text == "aborted"
    thread.join(5)
    assert answers == ["ended"]


def test_many_threads_get_their_own_answers(connect: Connect) -> None:
    client, _ = connect(echo, timeout_s=5.0)
    wrong: list[str] = []

    def ask(name: int) -> None:
        wrong.extend(body for n in range(100) if client.request(body := f"Q{name}.{n}?").frame.text != body)

    threads = [threading.Thread(target=ask, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_every_line_is_in_the_log(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    client, _ = connect(lambda i, b: [b"hello\n", reply(i, b)])
    with caplog.at_level(5, logger="ohmloop.link.client"):
        client.request("A?")
    text = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert any(level == "TRACE" and "A?" in message and "<" in message for level, message in text)
    assert any(level == "TRACE" and EPOCH in message for level, message in text)
    assert (logging.getLevelName(logging.DEBUG), "the peer: dropped b'hello'") in text


def test_nobody_there() -> None:
    with pytest.raises(LinkLost, match="is the board or its emulator running"):
        TcpPort("127.0.0.1", 1)


def test_after_close_nothing_is_asked(connect: Connect) -> None:
    client, _ = connect(echo)
    client.close()
    with pytest.raises(LinkLost, match="closed"):
        client.request("A?")
