#!/bin/sh
# Builds the image of the interface board: build_image.sh CACHE BUILD BOARD VERSION
# CACHE holds the sources (fetch_sources.sh). Leaves BUILD/ohmboard-BOARD-VERSION.uf2, .bin and .json (sizes, sha256 and
# what it was built from), and BUILD/bootrom.bin, which the emulated RP2040 runs in place of the real one's boot ROM.
# Two builds of one commit are byte-identical, wherever the tree lies.
set -eu

[ $# -eq 4 ] || { echo "usage: build_image.sh CACHE BUILD BOARD VERSION" >&2; exit 2; }
mkdir -p "$2"
cache=$(cd "$1" && pwd)
build=$(cd "$2" && pwd)
image=$build/ohmboard-$3-$4
version=$4
here=$(cd "$(dirname "$0")" && pwd)
micropython=$cache/micropython
# shellcheck source=firmware/kept.sh
. "$here/kept.sh"
jobs=${FIRMWARE_JOBS:-$(nproc)}

[ ! -d "$cache/toolchain" ] || PATH=$cache/toolchain/usr/bin:$PATH
export PATH

# Nothing of the day or the place gets in: dates are the commit's, paths are relative to the sources.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}
MICROPY_GIT_TAG=v$(sed -n 's/^micropython \([0-9.]*\).*/\1/p' "$cache/origins")
MICROPY_GIT_HASH=
CFLAGS="-ffile-prefix-map=$cache=sources -ffile-prefix-map=$build=build -ffile-prefix-map=$here=firmware"
# The SDK links by way of the C++ compiler, for C++ code that we do not have: an empty library stands for 300 MB.
mkdir -p "$build/no_cxx"
rm -f "$build/no_cxx/libstdc++.a"
arm-none-eabi-ar rcs "$build/no_cxx/libstdc++.a"
CXXFLAGS="$CFLAGS -DPICO_CXX_DISABLE_ALLOCATION_OVERRIDES=1"
LDFLAGS=-L$build/no_cxx
ASMFLAGS=$CFLAGS
export SOURCE_DATE_EPOCH MICROPY_GIT_TAG MICROPY_GIT_HASH

log=$build/rp2040.log
run() {
    "$@" >>"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        echo "build_image.sh: the build failed; all of it is in $log" >&2
        exit 1
    }
}
: >"$log"

kept "$build/mpy-cross" "$cache/complete"
run make -C "$micropython/mpy-cross" -j "$jobs" BUILD="$build/mpy-cross"
MICROPY_MPYCROSS=$build/mpy-cross/mpy-cross
export MICROPY_MPYCROSS CFLAGS CXXFLAGS ASMFLAGS LDFLAGS

# The board's configuration too: MicroPython searches its own sources for names once.
kept "$build/rp2040" "$0" "$cache/complete" "$here"/rp2040/board/*
run cmake -S "$micropython/ports/rp2" -B "$build/rp2040" -G "Unix Makefiles" \
    -DPICO_SDK_PATH_OVERRIDE="$cache/pico-sdk" -DPICO_NO_PICOTOOL=1 \
    -DMICROPY_BOARD=OHM8 -DMICROPY_BOARD_DIR="$here/rp2040/board" \
    -DMICROPY_FROZEN_MANIFEST="$here/rp2040/manifest.py" -DUSER_C_MODULES="$here/module/micropython.cmake"
run make -C "$build/rp2040" -j "$jobs" firmware

! grep -E "^$here/.*warning:" "$log" >&2 || { echo "build_image.sh: warnings in our own sources" >&2; exit 1; }

cp "$build/rp2040/firmware.bin" "$image.bin"
run python3 "$micropython/tools/uf2conv.py" --base 0x10000000 --family 0xe48bff56 --convert --output "$image.uf2" "$image.bin"
arm-none-eabi-gcc -std=c11 -mcpu=cortex-m0plus -mthumb -Os -Wall -Wextra -Werror -ffreestanding -nostdlib \
    -fno-tree-loop-distribute-patterns -T "$here/../sim/rp2040/bootrom/bootrom.ld" \
    "$here/../sim/rp2040/bootrom/bootrom.c" -lgcc -o "$build/bootrom.elf"
arm-none-eabi-objcopy -O binary "$build/bootrom.elf" "$build/bootrom.bin"
python3 "$here/describe_image.py" --version "$version" --origins "$cache/origins" --elf "$build/rp2040/firmware.elf" \
    --size arm-none-eabi-size "$image.bin" "$image.uf2" >"$image.json"
