from rig import Rig

from ohmboard import _board
from ohmboard.engine_codes import BOARD_EXCHANGE_MAX_NS, BOARD_PULSE_MAX_NS


def test_what_the_host_negotiates_with():
    facts = Rig(rows=4, cols=8).ask("SYST:CAP?").json()
    assert facts["protocol"] == 1
    assert (facts["board"], facts["serial"]) == ("ohm8", "bench-1")
    assert (facts["rows"], facts["cols"]) == (4, 8)
    assert (facts["max_pulses"], facts["max_readings"], facts["max_vectors"]) == (256, 2048, 256)
    assert facts["max_line"] == 16384
    assert [entry["name"] for entry in facts["ranges"]] == ["L", "M", "H"]
    assert facts["ranges"][0]["full_scale_a_e11"] == 2_500_000
    assert facts["limits"] == {
        "v_cell_uv": 6_000_000,
        "v_read_uv": 300_000,
        "v_read_unarmed_uv": 50_000,
        "pulse_min_ns": 500,
        "pulse_max_ns": _board.ENGINE[BOARD_PULSE_MAX_NS],
        "range_max": 2,
        "pulses_max": 1_000_000,
        "exchange_max_ns": _board.ENGINE[BOARD_EXCHANGE_MAX_NS],
    }
    assert facts["line"]["lsb_nv"] == 152588
    assert facts["calibration"] == "none"


def test_state_of_a_fresh_board():
    rig = Rig(reason="watchdog")
    state = rig.state()
    assert state["epoch"] == rig.epoch
    assert state["boot_reason"] == "watchdog"
    assert (state["generation"], state["effects"], state["lease_s"], state["done"]) == (0, 0, 0, 0)
    assert state["armed"] is None
    assert state["latched"] is None
    assert state["energised"] is False
    assert state["running"] is False
    assert state["limits"]["v_read_uv"] == 50_000
    assert state["limits"]["v_pos_uv"] == 0


def test_limits_in_force_are_the_lower_of_board_and_device():
    rig = Rig()
    rig.ask("ARM c0ffee,0.4,2,1.5,5us,M,99")
    limits = rig.state()["limits"]
    assert limits == {
        "v_read_uv": 300_000,
        "v_pos_uv": 2_000_000,
        "v_neg_uv": 1_500_000,
        "width_max_ns": 5_000,
        "range_max": 1,
        "pulses_max": 99,
    }


def test_device_time_goes_on():
    rig = Rig()
    before = int(rig.say("SYST:TIM?"))
    rig.engine.advance_us(5_000_000_000 // 2)
    rig.engine.advance_us(5_000_000_000 // 2)
    assert int(rig.say("SYST:TIM?")) == before + 5_000_000_000
