"""A whole board behind its ports: firmware, engine, hardware and devices, and what the control port does to it."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import serial
from tests.sim.clients import Line

from ohmsim.board import EmulatedBoard
from ohmsim.errors import ParameterError, StateError
from ohmsim.hal import Reset
from ohmsim.interventions import REQUESTS, Fields
from ohmsim.preset import Preset
from ohmsim.wire.pty import PtyPort
from ohmsim.wire.tcp import TcpPort

Start = Callable[..., EmulatedBoard]
ARM = "ARM c0ffee,0.25,2.1,2.1,100e-6,H,1000"
WAIT_S = 10.0


def control(board: EmulatedBoard, request: str, **fields: object) -> dict[str, object]:
    """A control request without its port."""
    handler: Callable[[EmulatedBoard, Fields], dict[str, object]] = REQUESTS[request]
    return board.stream.call(lambda: handler(board, fields), WAIT_S)


def boot_reason(client: Line) -> str:
    """Wait for the next BOOT message."""
    while " BOOT " not in (message := client.read()):
        assert message, "the board hung up"
    return message.split('"')[3]


@pytest.fixture
def board(start_board: Start) -> EmulatedBoard:
    return start_board()


@pytest.fixture
def client(board: EmulatedBoard) -> Line:
    with Line(board.ports[0].address) as line:
        line.ask("*IDN?")
        yield line


def test_a_socket_gets_an_answer(client: Line) -> None:
    assert client.ask("*IDN?").split(",")[:3] == ["ohmloop", "ohm8-4x4", "SIM-7-b0"]


def test_stock_pyserial_gets_an_answer_over_the_pty(start_board: Start) -> None:
    board = start_board(ports=[PtyPort()])
    for _ in range(2):  # a port can be opened again
        with serial.Serial(board.ports[0].address, timeout=WAIT_S) as port:
            port.write(b"*IDN?\r\n")
            while (answer := port.readline()).startswith(b"@0"):
                pass
            assert answer.startswith(b"ohmloop,")


def test_pty_and_tcp_share_one_stream(start_board: Start) -> None:
    board = start_board(ports=[TcpPort(0), PtyPort()])
    with Line(board.ports[0].address) as client, serial.Serial(board.ports[1].address, timeout=WAIT_S) as port:
        port.write(b"*IDN?\n")
        heard = client.read()
        while heard.startswith("@0"):
            heard = client.read()
        assert heard.startswith("ohmloop,")
        assert port.readline().startswith((b"ohmloop,", b"@0"))


def test_lines_of_two_clients_are_not_mixed(board: EmulatedBoard, client: Line) -> None:
    with Line(board.ports[0].address) as other:
        client.socket.sendall(b"*ID")
        assert other.ask("*OPC?") == "1"
        client.socket.sendall(b"N?\n")
        assert client.read() == "1"  # the other's answer goes to all
        assert client.read().startswith("ohmloop,")


def test_two_boards_of_one_process_are_two_boards(start_board: Start) -> None:
    one, two = start_board("b0"), start_board("b1")
    with Line(one.ports[0].address) as first, Line(two.ports[0].address) as second:
        names = [client.ask("*IDN?") for client in (first, second)]
        assert names[0] != names[1]
        assert first.request(ARM)[0] == 0
        assert (first.ask("ARM?"), second.ask("ARM?")) == ("c0ffee", "NONE")
    assert not (one.cells.conductance_s == two.cells.conductance_s).any()


def test_same_seed_and_name_is_the_same_array(start_board: Start) -> None:
    one, two = start_board(), start_board()
    assert (one.cells.conductance_s == two.cells.conductance_s).all()


def test_connecting_moves_nothing(board: EmulatedBoard, client: Line) -> None:
    before = board.cells.conductance_s.copy()
    client.ask("*RST;*IDN?")
    client.close()
    with Line(board.ports[0].address) as again:
        again.ask("*IDN?")
    assert (board.cells.conductance_s == before).all()
    assert control(board, "truth")["gates"] == 0


@pytest.mark.parametrize("reason", list(Reset))
def test_reset_boots_anew_with_its_reason(board: EmulatedBoard, client: Line, reason: Reset) -> None:
    assert client.request(ARM)[0] == 0
    epoch = client.request("*OPC?")[1]
    control(board, "reset", reason=reason.value)
    assert boot_reason(client) == reason.value
    assert client.ask("ARM?") == "NONE"
    assert client.request("*OPC?")[1] != epoch
    assert control(board, "truth")["resets"] == 1


def test_a_board_that_hangs_is_reset_by_its_watchdog(board: EmulatedBoard, client: Line) -> None:
    control(board, "hang")
    assert boot_reason(client) == "watchdog"
    assert client.ask("*OPC?") == "1"


def test_reset_in_the_middle_of_a_pulse(board: EmulatedBoard, client: Line) -> None:
    assert client.request(ARM)[0] == 0
    control(board, "reset", when={"gates": 1})
    client.write("PULS 1,2,1.5,50e-6")
    assert boot_reason(client) == "reset"
    full = board.cells.record.full_pulses
    assert full[1, 2] == full.sum() == 1
    assert control(board, "truth")["resets"] == 1


def test_a_trip_latches_the_board(board: EmulatedBoard, client: Line) -> None:
    assert client.request(ARM)[0] == 0
    control(board, "trip", when={"gates": 1})
    assert client.request("PULS 1,2,1.5,50e-6")[0] != 0
    client.write("PULS 1,2,1.5,50e-6")
    while " TRIP " not in client.read():
        pass
    assert '"latched": null' not in client.ask("SYST:STAT?")


def test_idle_time_passes(board: EmulatedBoard, client: Line) -> None:
    begin = int(client.ask("SYST:TIM?"))
    until = time.monotonic() + WAIT_S
    while int(client.ask("SYST:TIM?")) < begin + 20_000:
        assert time.monotonic() < until


def test_the_wire_has_its_speed(board: EmulatedBoard, client: Line) -> None:
    start = board.hal.time.now_ns
    client.write("*CLS" + " " * 8000)
    client.ask("*OPC?")
    assert board.hal.time.now_ns - start > 8000 * 1250


def test_unplugging_takes_the_supply_and_the_clients(board: EmulatedBoard, client: Line) -> None:
    assert client.request(ARM)[0] == 0
    control(board, "unplug")
    assert client.read() == ""
    with Line(board.ports[0].address) as refused:
        assert refused.read() == ""
    control(board, "replug")
    with Line(board.ports[0].address) as again:
        assert again.ask("ARM?") == "NONE"


def test_unplugging_a_board_with_its_own_supply_leaves_it_running(board: EmulatedBoard, client: Line) -> None:
    assert client.request(ARM)[0] == 0
    control(board, "unplug", power=False)
    assert client.read() == ""
    control(board, "replug")
    with Line(board.ports[0].address) as again:
        assert again.ask("ARM?") == "c0ffee"


def test_stuck_cells_do_not_move(board: EmulatedBoard, client: Line) -> None:
    control(board, "fault", stuck={"fraction": 0.5, "seed": 3, "at": "mixed"})
    mask = board.cells.stuck.mask.reshape(4, 4)
    assert 0 < mask.sum() < 16
    before = board.cells.conductance_s.copy()
    assert set(before[mask]) <= {10e-6, 100e-6}
    assert client.request(ARM)[0] == 0
    for row in range(4):
        for col in range(4):
            client.write(f"PULS {row},{col},1.9,50e-6")
    client.ask("*OPC?")
    moved = board.cells.conductance_s != before
    assert (moved == ~mask).all()
    control(board, "fault", none=True)
    assert (board.cells.conductance_s != before)[mask].all()


def test_a_lost_supply_in_the_middle_of_a_write_does_not_lose_the_boot_counter(
    board: EmulatedBoard, client: Line
) -> None:
    epoch = int(client.request("*OPC?")[1][:8], 16)
    control(board, "fault", files={"cut_after": 5})
    control(board, "reset")  # the boot writes its counter, and is cut
    while boot_reason(client) != "power":
        pass
    after = int(client.request("*OPC?")[1][:8], 16)
    assert after > epoch


def test_flash_and_array_outlive_the_emulator(start_board: Start, tmp_path: Path) -> None:
    first = start_board(folder=tmp_path)
    with Line(first.ports[0].address) as client:
        epoch = client.request("*OPC?")[1]
        assert client.request(ARM)[0] == 0
        client.write("PULS 1,2,1.9,50e-6")
        client.ask("*OPC?")
    first.stop()
    before = first.cells.conductance_s.copy()
    second = start_board(folder=tmp_path)
    assert (second.cells.conductance_s == before).all()
    assert second.cells.record.full_pulses[1, 2] == 1
    with Line(second.ports[0].address) as client:
        assert int(client.request("*OPC?")[1][:8], 16) == int(epoch[:8], 16) + 1


def test_a_state_folder_of_another_board_is_refused(start_board: Start, tmp_path: Path) -> None:
    start_board(folder=tmp_path).stop()
    with pytest.raises(StateError, match="belongs to"):
        start_board(folder=tmp_path, seed=8, ports=[])


@pytest.mark.parametrize(("rows", "cols", "named"), [(0, 4, "rows"), (129, 4, "rows"), (4, 200, "cols")])
def test_impossible_geometry_is_refused(start_board: Start, rows: int, cols: int, named: str) -> None:
    with pytest.raises(ParameterError, match=named):
        start_board(rows=rows, cols=cols, ports=[])


def test_odd_geometries_work(start_board: Start) -> None:
    for name, rows, cols in (("a", 1, 1), ("b", 3, 17), ("c", 128, 2)):
        board = start_board(name, rows=rows, cols=cols)
        with Line(board.ports[0].address) as client:
            assert float(client.ask(f"MEAS:CELL? {rows - 1},{cols - 1}")) > 0


def test_parameters_of_the_preset_reach_the_cells(start_board: Start) -> None:
    board = start_board(preset=Preset.load("vteam").changed({"device.g_min": 20e-6, "device.d2d_g_min": 0}))
    assert board.cells.conductance_s.min() >= 20e-6


@pytest.mark.parametrize(
    ("device", "settings"),
    [
        ("vteam", {}),
        ("vteam", {"front_end": "board"}),
        ("vteam", {"front_end": "board", "network.wire_ohm": 5.0}),
        ("vteam", {"selector.gate_v": 1.5}),
        ("synaptogen", {"network.wire_ohm": 5.0}),
        ("vteam", {"wear.hardening": 0.1, "wear.onset": 1.0}),
    ],
)
def test_pulses_over_the_wire_do_not_depend_on_how_they_are_split(
    start_board: Start, device: str, settings: dict[str, float | str]
) -> None:
    """The same pulses one at a time, with reads between them, and without: the cells end alike, to the bit."""
    preset = Preset.load(device).changed(settings)
    plain, chatty = start_board(preset=preset), start_board(preset=preset)
    pulses = np.random.default_rng(5).integers(0, 4, (60, 2)).tolist()
    for board in (plain, chatty):
        with Line(board.ports[0].address) as client:
            assert client.request(ARM)[0] == 0
            assert client.request("CONF 0.2,16,AUTO,THIR,H")[0] == 0
            for index, (row, col) in enumerate(pulses):
                client.write(f"PULS {row},{col},{1.4 if index % 3 else -1.5},10e-6")
                if board is chatty:
                    assert client.request("MEAS:ROWS? 0,4")[0] == 0
            client.ask("*OPC?")
    assert (plain.cells.conductance_s == chatty.cells.conductance_s).all()
    assert (plain.cells.record.full_pulses == chatty.cells.record.full_pulses).all()
    assert plain.cells.record.full_pulses.sum() == 60
