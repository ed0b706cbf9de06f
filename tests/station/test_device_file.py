"""Device files: what they mean, and every way of being wrong named."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohmloop.crossbar import Bias, CurrentRange, Geometry
from ohmloop.station import DeviceFile, DeviceFileError

GOOD = """
name = "HfOx 4x6"
chip = "W3-17"

[array]
rows = 4
cols = 6
dead_rows = [3]
dead_cols = [0, 5]
set_polarity = -1
conductance_s = [5e-6, 80e-6]

[limits]
v_read = 0.2
v_set = 1.5
v_reset = 1.7
width_max_s = 1e-3
range_max = "M"
pulses_max = 1000

[read]
volts = 0.1
averages = 64

[programming]
bias = "THIRD"
width_s = 1e-6
set = { start_v = 0.5, nominal_v = 0.8, max_v = 1.4 }
reset = { start_v = 0.6, nominal_v = 0.9, max_v = 1.6 }
"""


def test_a_good_file(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    path.write_text(GOOD)
    device = DeviceFile.load(path)
    assert device.geometry == Geometry(4, 6)
    assert device.array.dead_cols == (0, 5)
    limits = device.armed_limits
    assert (limits.v_set, limits.v_reset, limits.range_max, limits.set_polarity) == (1.5, 1.7, CurrentRange.M, -1)
    assert device.setup.bias is Bias.THIRD
    assert device.setup.read.averages == 64
    assert device.profile.reset_drive.max_v == 1.6
    assert device.profile.span_s == pytest.approx(75e-6)
    assert device.text == GOOD


def test_the_bonding_map_and_its_default() -> None:
    device = DeviceFile.parse(GOOD.replace("[limits]", "[bonding]\nrows = [7, 6, 5, 0]\n[limits]"))
    assert device.wiring.rows.tolist() == [7, 6, 5, 0]
    assert device.wiring.cols.tolist() == [0, 1, 2, 3, 4, 5]
    assert DeviceFile.parse(GOOD).wiring.rows.tolist() == [0, 1, 2, 3]


def test_the_forming_limit_is_not_armed_with_the_others() -> None:
    device = DeviceFile.parse(GOOD.replace("v_set = 1.5", "v_set = 1.5\nforming = 3"))
    assert device.armed_limits == DeviceFile.parse(GOOD).armed_limits
    assert device.forming_limits.v_set == 3
    assert device.forming_limits.v_reset == 1.7


def test_the_hash_is_of_the_text() -> None:
    device, other = DeviceFile.parse(GOOD), DeviceFile.parse(GOOD + "# measured again\n")
    assert len(device.hash) == 64
    assert device.hash == DeviceFile.parse(GOOD).hash != other.hash


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("rows = 4", "rows = 0"), r"array\.rows"),
        (("rows = 4", "rows = 129"), r"array\.rows"),
        (("dead_rows = [3]", "dead_rows = [4]"), "dead_rows"),
        (("dead_cols = [0, 5]", "dead_cols = [5, 5]"), "dead_cols"),
        (("set_polarity = -1", "set_polarity = 0"), "set_polarity"),
        (("set_polarity = -1", ""), r"array\.set_polarity"),
        (("[5e-6, 80e-6]", "[80e-6, 5e-6]"), "must rise"),
        (("v_set = 1.5", "v_set = nan"), r"limits\.v_set"),
        (("v_set = 1.5", "v_set = -1.5"), r"limits\.v_set"),
        (("v_set = 1.5", 'v_set = "high"'), r"limits\.v_set"),
        (("v_set = 1.5", "v_set = 1.5\nv_forming = 3"), r"limits\.v_forming"),
        (("v_set = 1.5", "v_set = 1.5\nforming = 1.4"), r"limits\.forming = 1\.4 is below"),
        (("[limits]", "[bonding]\nrows = [0, 1, 2]\n[limits]"), r"bonding\.rows must be 4 different"),
        (("[limits]", "[bonding]\nrows = [0, 1, 2, 2]\n[limits]"), r"bonding\.rows must be 4 different"),
        (("[limits]", "[bonding]\ncols = [0, 1, 2, 3, 4, 128]\n[limits]"), r"bonding\.cols"),
        (('range_max = "M"', 'range_max = "AUTO"'), "range_max"),
        (("volts = 0.1", "volts = 0.25"), r"read\.volts = 0\.25 is above its limit of 0\.2"),
        (("averages = 64", "averages = 63"), "power of two"),
        (("width_s = 1e-6", "width_s = 2e-3"), r"programming\.width_s"),
        (("width_s = 1e-6", "width_s = 1e-6\nshortest_s = 2e-6"), "the shortest width must be above 0 s"),
        (("max_v = 1.4", "max_v = 1.6"), r"programming\.set\.max_v"),
        (("max_v = 1.6", "max_v = 1.8"), r"programming\.reset\.max_v"),
        (("start_v = 0.5", "start_v = 1.45"), "start_v"),
        (('name = "HfOx 4x6"', "name = 4 x 6"), "is not TOML"),
    ],
)
def test_what_is_wrong_is_named(change: tuple[str, str], said: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(DeviceFileError, match=said):
        DeviceFile.parse(GOOD.replace(*change), "device.toml")


def test_several_mistakes_are_named_at_once() -> None:
    with pytest.raises(DeviceFileError, match=r"device\.toml: .*array\.rows.*; .*pulses_max"):
        DeviceFile.parse(GOOD.replace("rows = 4", "rows = 0").replace("pulses_max = 1000", ""), "device.toml")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DeviceFileError, match="cannot read"):
        DeviceFile.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe9"')
    with pytest.raises(DeviceFileError, match="cannot read"):
        DeviceFile.load(tmp_path / "latin.toml")


@given(st.text(max_size=200))
def test_any_text_is_a_device_or_an_error(text: str) -> None:
    with pytest.raises(DeviceFileError):
        DeviceFile.parse(text)


@given(st.sampled_from(sorted(tomllib.loads(GOOD))), st.sampled_from(["7", '"x"', "nan", "[]", "{}", "true"]))
def test_a_wrong_value_anywhere_is_an_error_or_harmless(key: str, value: str) -> None:
    content = {**tomllib.loads(GOOD), key: tomllib.loads(f"v = {value}")["v"]}
    try:
        DeviceFile.model_validate(content)
    except ValueError:
        return
    assert key in ("name", "chip")


def test_what_is_shipped() -> None:
    device = DeviceFile.shipped("vteam", Geometry(16, 8))
    assert device.geometry == Geometry(16, 8)
    with pytest.raises(DeviceFileError, match="vteam"):
        DeviceFile.shipped("unobtainium", Geometry(2, 2))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("v_set = 1.5", "v_set = true", "limits.v_set: Input should be a valid number"),
        ("v_set = 1.5", 'v_set = "1.5"', "limits.v_set: Input should be a valid number"),
        ("rows = 4", "rows = true", "array.rows: Input should be a valid integer"),
        ("pulses_max = 1000", "pulses_max = 1e3", "limits.pulses_max: Input should be a valid integer"),
        ("dead_rows = [3]", "dead_rows = [0, 1, 2, 3]", "dead_rows leaves no line of 4"),
        ('range_max = "M"', 'range_max = "X"', "range_max: Input should be 'L', 'M' or 'H'"),
        ("volts = 0.1", "volts = 1e-9", "the read voltage must be a microvolt or more"),
        ("[read]", "x = " + "[" * 5000 + "]" * 5000 + "\n[read]", "is not TOML"),
    ],
)
def test_what_only_looks_like_a_value_is_refused(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(DeviceFileError) as refused:
        DeviceFile.parse(GOOD.replace(old, new, 1))
    assert says in str(refused.value)


def test_a_file_of_another_editor(tmp_path: Path) -> None:
    (tmp_path / "device.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert DeviceFile.load(tmp_path / "device.toml").hash == DeviceFile.parse(GOOD).hash
