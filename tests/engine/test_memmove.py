"""The firmware's memmove, with a memcpy like the boot ROM's: from its end downwards where that is allowed."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

SOURCE = Path(__file__).parents[2] / "firmware" / "rp2040" / "memmove.c"
ROOM = 96
DOWNWARDS = """
#include <stddef.h>
void *rom_memcpy(void *to, const void *from, size_t size)
{
    while (size--)
        ((volatile unsigned char *)to)[size] = ((const unsigned char *)from)[size];
    return to;
}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("memmove")
    (folder / "rom.c").write_text(DOWNWARDS)
    names = ["-Dmemmove=ohm_memmove", "-Dmemcpy=rom_memcpy", "-fno-builtin"]
    built = folder / "moves.so"
    subprocess.run(
        ["cc", "-O3", "-shared", "-fPIC", *names, "-o", built, SOURCE, folder / "rom.c"], check=True, timeout=60
    )
    found = ctypes.CDLL(str(built))
    found.ohm_memmove.restype = ctypes.c_void_p
    found.ohm_memmove.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    return found


@given(to=st.integers(0, ROOM // 2), source=st.integers(0, ROOM // 2), size=st.integers(0, ROOM // 2))
def test_blocks_arrive_whole_however_they_overlap(library: ctypes.CDLL, to: int, source: int, size: int) -> None:
    before = bytes(range(ROOM))
    memory = (ctypes.c_uint64 * (ROOM // 8)).from_buffer_copy(before)
    place = ctypes.addressof(memory)
    assert library.ohm_memmove(place + to, place + source, size) == place + to
    expected = bytearray(before)
    expected[to : to + size] = before[source : source + size]
    assert bytes(memory) == bytes(expected)
