"""What each wire fault does to a whole board, and ports that misbehave."""

from collections.abc import Callable, Iterator

import pytest
from tests.sim.clients import Line

from ohmsim.board import EmulatedBoard
from ohmsim.wire.faults import Direction, Fault, Rates
from ohmsim.wire.lines import LONGEST, LineSplitter
from ohmsim.wire.pty import PtyPort

Start = Callable[..., EmulatedBoard]
SOON_S = 0.3


@pytest.fixture
def board(start_board: Start) -> EmulatedBoard:
    return start_board()


@pytest.fixture
def client(board: EmulatedBoard) -> Iterator[Line]:
    with Line(board.ports[0].address) as line:
        line.ask("*IDN?")
        yield line


def test_a_console_sees_its_bytes_as_they_come() -> None:
    lines = LineSplitter()
    assert lines.feed(b"*IDN?\nx\x03y") == [b"*IDN?\n"]
    assert lines.feed(b"\n\x03") == [b"x\x03y\n\x03"]
    assert lines.feed(b"\x01pri") == [b"\x01pri"]
    lines.clear()
    assert lines.feed(b"*ID") == []


def wire(board: EmulatedBoard, **fault: object) -> None:
    board.stream.call(lambda: board.stream.faults.set(fault), 10)


def silent(client: Line) -> bool:
    """Nothing comes for a while."""
    client.socket.settimeout(SOON_S)
    try:
        return client.socket.recv(1) == b"?"
    except TimeoutError:
        return True
    finally:
        client.socket.settimeout(10)


@pytest.mark.parametrize("direction", ["to_board", "to_host"])
def test_lost(board: EmulatedBoard, client: Line, direction: str) -> None:
    wire(board, **{direction: {"lose": 1}})
    client.write("*OPC?")
    assert silent(client)
    assert board.stream.faults.counts()[direction]["lose"] == 1


@pytest.mark.parametrize("direction", ["to_board", "to_host"])
def test_duplicated(board: EmulatedBoard, client: Line, direction: str) -> None:
    wire(board, **{direction: {"duplicate": 1}})
    client.write("*OPC?")
    assert [client.read(), client.read()] == ["1", "1"]


@pytest.mark.parametrize("direction", ["to_board", "to_host"])
def test_late(board: EmulatedBoard, client: Line, direction: str) -> None:
    wire(board, **{direction: {"late": 1, "late_s": 2 * SOON_S}})
    client.write("*OPC?")
    assert silent(client)
    assert client.read() == "1"


def test_late_lines_are_overtaken(board: EmulatedBoard, client: Line) -> None:
    wire(board, to_host={"late": 0.5, "late_s": 0.2}, seed=1)
    for _ in range(16):
        client.write("SYST:TIM?")
    times = [int(client.read()) for _ in range(16)]
    assert times != sorted(times)


@pytest.mark.parametrize("direction", ["to_board", "to_host"])
def test_reordered(board: EmulatedBoard, client: Line, direction: str) -> None:
    wire(board, **{direction: {"reorder": 0.5}}, seed=2)
    client.socket.sendall(b"*OPC?\nSYST:VERS?\n" * 8)
    answers = [client.read() for _ in range(16)]
    assert sorted(answers) == ["1"] * 8 + ["1999.0"] * 8
    assert answers != ["1", "1999.0"] * 8


def test_a_reordered_last_line_comes_after_all(board: EmulatedBoard, client: Line) -> None:
    wire(board, to_board={"reorder": 1})
    assert client.ask("*OPC?") == "1"


def test_corrupted_lines_are_not_believed(board: EmulatedBoard, client: Line) -> None:
    wire(board, to_board={"corrupt": 1})
    for _ in range(4):
        client.write("@5 *OPC? *12345678")
    assert silent(client)
    board.stream.call(board.stream.faults.clear, 10)
    assert int(client.ask("SYST:ERR:COUN?")) > 0


@pytest.mark.parametrize(("fault", "same_length"), [("corrupt", True), ("truncate", False)])
def test_answers_are_damaged(board: EmulatedBoard, client: Line, fault: str, same_length: bool) -> None:
    good = client.ask("*IDN?")
    wire(board, to_host={fault: 1})
    client.write("*IDN?")
    bad = client.read()
    assert bad != good
    assert (len(bad) == len(good)) is same_length


def test_reset_while_a_line_is_sent(board: EmulatedBoard, client: Line) -> None:
    good = client.ask("*IDN?")

    def hits_the_first_of_many(seed: int) -> bool:
        direction = Direction("to_host", Rates(reset_mid=0.1), seed)
        return [direction.next() for _ in range(20)] == [Fault.RESET_MID] + [None] * 19

    seed = next(filter(hits_the_first_of_many, range(10_000)))
    wire(board, to_host={"reset_mid": 0.1}, seed=seed)
    client.write("*IDN?")
    part, boot, reason = client.read().partition("@0 0 ")
    assert good.startswith(part)
    assert part != good
    assert boot
    assert '"reset"' in reason
    assert board.resets == 1


def test_reset_within_a_time_after_a_line(board: EmulatedBoard, client: Line) -> None:
    wire(board, to_board={"reset_mid": 1, "reset_within_s": 0.01})
    client.write("MEAS:ROWS? 0,4")
    while " BOOT " not in client.read():
        pass
    assert board.resets == 1


def test_unplugged_for_a_moment(board: EmulatedBoard, client: Line) -> None:
    wire(board, to_board={"unplug": 1, "unplug_s": 0.05})
    client.write("*OPC?")
    assert client.read() == ""
    board.stream.call(board.stream.faults.clear, 10)
    answered = False
    while not answered:  # until the cable is in again; the test's time-out is the bound
        try:
            with Line(board.ports[0].address) as again:
                again.write("*OPC?")
                answered = again.read() == "1"
        except OSError:
            answered = False
    assert board.resets == 0


def test_a_clean_wire_after_faults_loses_nothing(board: EmulatedBoard, client: Line) -> None:
    wire(board, lose=0.5)
    board.stream.call(board.stream.faults.clear, 10)
    for _ in range(50):
        assert client.ask("*OPC?") == "1"


def test_a_client_that_never_reads_does_not_stop_the_others(board: EmulatedBoard, client: Line) -> None:
    with Line(board.ports[0].address) as deaf:
        assert deaf.socket.fileno() >= 0
        for _ in range(400):
            client.ask("SYST:HELP?")
    assert client.ask("*OPC?") == "1"


def test_an_endless_line_is_refused_by_the_board_itself(board: EmulatedBoard, client: Line) -> None:
    client.socket.sendall(b"x" * (3 * LONGEST) + b"\n")
    assert client.ask("SYST:ERR?").startswith("-363,")
    assert client.ask("*OPC?") == "1"


def test_garbage_moves_nothing(board: EmulatedBoard, client: Line) -> None:
    before = board.cells.conductance_s.copy()
    client.socket.sendall(bytes(range(256)) * 200 + b"\n")
    client.ask("*CLS;*OPC?")
    assert (board.cells.conductance_s == before).all()
    assert board.hal.gates == 0
    assert board.crashes == 0


def test_output_of_a_port_nobody_holds_is_lost(start_board: Start) -> None:
    port = PtyPort()
    board = start_board(ports=[port])
    board.stream.call(lambda: port.send(b"stale\n" * 10_000), 10)
    with open(port.address, "r+b", buffering=0) as program:  # noqa: PTH123 - unbuffered, as a terminal is
        program.write(b"*OPC?\n")
        assert program.readline() == b"1\n"


def test_lines_come_whole_from_any_pieces() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"ab") == []
    assert splitter.feed(b"c\nde\r\n\nf") == [b"abc\n", b"de\r\n", b"\n"]
    splitter.clear()
    assert splitter.feed(b"g\n") == [b"g\n"]
