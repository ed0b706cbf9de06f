import json

from expect import code
from rig import ENERGISED, Files, Rig


def test_a_boot_is_told_with_its_reason():
    for reason in ("power", "watchdog", "reset"):
        rig = Rig(reason=reason)
        assert [notice.number for notice in rig.boot] == [0]
        kind, facts = rig.boot[0].text.split(" ", 1)
        assert kind == "BOOT"
        assert json.loads(facts) == {"reason": reason}
        assert rig.boot[0].generation == 0


def test_no_two_boots_share_an_epoch():
    files = Files()
    epochs = [Rig(files=files).epoch for _ in range(5)] + [Rig().epoch for _ in range(5)]
    assert len(set(epochs)) == 10
    assert [epoch[:8] for epoch in epochs[:5]] == [f"{boot:08x}" for boot in range(1, 6)]


def test_booting_moves_and_energises_nothing():
    rig = Rig()
    assert rig.engine.record() == [0, 0, 0, 0, 0]
    assert rig.say("ARM?") == "NONE\n"
    assert rig.say("CONF?") == "0.040000,16,AUTO,HALF,H\n"
    assert rig.error() == 0


def test_a_lost_boot_counter_is_reported_and_the_epoch_is_new_all_the_same():
    files = Files()
    first = Rig(files=files).epoch
    for name in files.names():
        files.content[name] = b"rubbish"
    rig = Rig(files=files)
    assert rig.say("SYST:ERR?") == '-314,"Save/recall memory lost; boot counter"\n'
    assert rig.epoch[:8] == first[:8]
    assert rig.epoch != first
    assert rig.state()["latched"] is None


def test_files_that_refuse_do_not_keep_the_board_from_booting():
    files = Files()
    files.refuse = True
    rig = Rig(files=files)
    assert rig.error() == -314
    code(rig.ask("MEAS:CELL? 0,0"), 0)


def test_a_deployed_application_is_named_and_one_that_is_passed_over_is_told():
    image = Rig().say("*IDN?").strip()
    deployed = Rig(application="7c05d6d1")
    assert deployed.say("*IDN?").strip() == image + "+7c05d6d1"
    assert deployed.ask("SYST:CAP?").json()["firmware"] == image.split(",")[-1] + "+7c05d6d1"
    assert deployed.error() == 0
    passed = Rig(passed_over="is not whole")
    assert passed.say("*IDN?").strip() == image
    assert passed.say("SYST:ERR?") == '-310,"System error; the deployed application is not whole: the image\'s runs"\n'


def test_the_counters_know_the_boots():
    files = Files()
    for _ in range(3):
        rig = Rig(files=files)
    assert rig.ask("DIAG:COUN?").json()["resets"] == 3


def test_flash_is_written_in_the_safe_state_only():
    states = []

    class Watching(Files):
        def write(self, name, data):
            states.append(self.rig.engine.record()[ENERGISED] if self.rig is not None else 0)
            Files.write(self, name, data)

    files = Watching()
    files.rig = None
    rig = Rig(files=files)
    files.rig = rig
    rig.ask("MEAS:CELL? 0,0")
    assert rig.engine.record()[ENERGISED] == 1
    code(rig.ask("CAL:SAVE"), 0)
    assert states == [0, 0]
    assert rig.state()["energised"] is False
