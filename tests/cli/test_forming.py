"""Forming that is stopped by the board: what stopped it is what the user sees."""

from pathlib import Path

from tests.cli.conftest import Board, Command

FORMING = '\n[forming]\nstart_v = 0.8\nstep_v = 0.1\nwidth_s = 10e-6\npulse_range = "H"\nformed_s = 60e-6\n'


def test_a_trip_while_forming_is_the_error_that_is_shown(ohmloop: Command, board: Board, tmp_path: Path) -> None:
    dut = tmp_path / "forming.toml"
    dut.write_text(board.dut.read_text().replace("v_reset = 2.1", "v_reset = 2.1\nforming = 2.4") + FORMING)
    where = ("-d", board.url, "--dut", dut)
    with board.emulator.control() as control:
        control.ask("trip", when={"gates": 5})
    stopped = ohmloop("form", *where)
    *warnings, shown = stopped.err.strip().splitlines()
    assert stopped.code == 1, stopped.err
    assert "a trip of the hardware" in shown
    assert any("stay in force until the boards are armed again" in line for line in warnings)
    assert [(run["kind"], run["state"]) for run in ohmloop("runs", "list", "--json").json] == [("form", "paused")]
    assert ohmloop("arm", *where, "--clear").code == 0
    assert ohmloop("form", *where, "--resume", "1").code == 0
