"""The host is killed and the board reset in the middle of updates, and others finish what it began."""

from pathlib import Path

import pytest
from tests.learning.killing import KILLS, STEPS, taught


@pytest.mark.slow
def test_a_killed_host_and_a_reset_board_lose_nothing(tmp_path: Path) -> None:
    ended = taught(tmp_path, seed=31)
    assert ended.state == "done"
    assert ended.unsettled == 0, "the next host settles what the last one left"
    assert len(ended.resumed) == len(KILLS)
    assert any(resumed["pending"] for resumed in ended.resumed), "a host died in the middle of an update"
    assert ended.known <= ended.received <= ended.known + ended.uncertain
    assert ended.summary["pulses"] == ended.known + ended.uncertain, "no pulse is counted twice or forgotten"
    assert ended.summary["step"] == STEPS
    assert ended.summary["verified"] > ended.healthy - 0.08
