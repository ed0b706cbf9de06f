"""An image is looked at block by block before any of it is written."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.flashing.images import BLOCKS, block, uf2, write_image

from ohmloop.flashing import Image, default_image
from ohmloop.flashing.errors import AlteredImage, FlashError, NoImage, NotAnImage, TruncatedImage
from ohmloop.flashing.uf2 import blocks

BUILT = Path(__file__).parents[2] / "build" / "firmware"


def test_a_whole_image_is_taken(tmp_path: Path) -> None:
    image = Image.load(write_image(tmp_path, uf2()))
    assert (image.firmware, image.pages, image.flash_bytes) == ("0.1.0", BLOCKS, 256 * BLOCKS)


def test_an_image_without_a_manifest_is_taken_and_says_so(tmp_path: Path) -> None:
    assert Image.load(write_image(tmp_path, uf2(), manifest=False)).firmware is None


def test_the_image_that_is_built_is_one() -> None:
    try:
        path = default_image(BUILT)
    except NoImage:
        pytest.skip("needs make firmware")
    image = Image.load(path)
    assert image.firmware == json.loads(path.with_suffix(".json").read_text())["firmware"]
    assert image.flash_bytes > 100_000


@pytest.mark.parametrize(
    ("damaged", "error", "said"),
    [
        (b"", TruncatedImage, "empty"),
        (uf2()[:-512], TruncatedImage, "399 of its 400 blocks"),
        (uf2()[:-1], TruncatedImage, "511 of its 512 bytes"),
        (uf2()[:4], TruncatedImage, "4 of its 512 bytes"),
        (b"\x7fELF" + uf2()[4:], NotAnImage, "block 0 does not begin"),
        (uf2()[:508] + b"none" + uf2()[512:], NotAnImage, "block 0 does not end"),
        (block(0) + block(2), NotAnImage, "block 1 calls itself 2"),
        (block(0) + block(1, address=0x10000000), NotAnImage, "goes to 0x10000000"),
        (block(0) + block(1, count=7), NotAnImage, "7 blocks, the first one of 400"),
        (block(0, family=0xE48BFF59), NotAnImage, "processor family 0xe48bff59"),  # an RP2350
        (block(0, flags=0), NotAnImage, "processor family"),
        (block(0, flags=0x2001), NotAnImage, "flags 0x2001"),
        (block(0, size=476), NotAnImage, "476 bytes"),
        (uf2(4097), NotAnImage, "would overwrite what the board keeps"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path: Path, damaged: bytes, error: type[FlashError], said: str) -> None:
    path = write_image(tmp_path, damaged)
    with pytest.raises(error, match=re.escape(said)) as raised:
        Image.load(path)
    assert str(path) in str(raised.value)


@given(st.integers(0, len(uf2(3)) - 1), st.integers(1, 255))
def test_no_damage_of_a_header_gets_through(place: int, flip: int) -> None:
    """Only the payload may differ (the manifest's sum is for that), and the part of a block that is not used."""
    data = bytearray(uf2(3))
    data[place] ^= flip
    at = place % 512
    if 32 <= at < 508:
        assert len(list(blocks(bytes(data)))) == 3
    else:
        with pytest.raises((NotAnImage, TruncatedImage)):
            list(blocks(bytes(data)))


def test_another_file_under_the_manifest_s_name_is_refused(tmp_path: Path) -> None:
    path = write_image(tmp_path, uf2())
    path.write_bytes(uf2(BLOCKS + 1))
    with pytest.raises(AlteredImage, match="its manifest says"):
        Image.load(path)


@pytest.mark.parametrize("text", ["", "[]", '{"files": {}}', '{"firmware": "1"}'])
def test_a_manifest_that_does_not_describe_the_image_is_refused(tmp_path: Path, text: str) -> None:
    path = write_image(tmp_path, uf2())
    path.with_suffix(".json").write_text(text)
    with pytest.raises(AlteredImage, match="says nothing of"):
        Image.load(path)


def test_no_file_is_no_image(tmp_path: Path) -> None:
    with pytest.raises(NoImage, match="No such file"):
        Image.load(tmp_path / "none.uf2")


def test_the_default_is_the_one_image_that_goes_with_this_ohmloop(tmp_path: Path) -> None:
    from importlib.metadata import version

    write_image(tmp_path, uf2(), "0.0.1")
    with pytest.raises(NoImage, match="make firmware"):
        default_image(tmp_path)
    path = write_image(tmp_path, uf2(), version("ohmloop"))
    assert default_image(tmp_path) == path
