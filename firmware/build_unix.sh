#!/bin/sh
# Builds MicroPython's unix port with the engine and the application frozen in: build_unix.sh CACHE BUILD
# CACHE holds the sources (fetch_sources.sh), BUILD the mpy-cross of build_image.sh. Leaves BUILD/ohmboard-unix.
set -eu

[ $# -eq 2 ] || { echo "usage: build_unix.sh CACHE BUILD" >&2; exit 2; }
cache=$(cd "$1" && pwd)
build=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
log=$build/unix.log
# shellcheck source=firmware/kept.sh
. "$here/kept.sh"

MICROPY_GIT_TAG=v$(sed -n 's/^micropython \([0-9.]*\).*/\1/p' "$cache/origins")
MICROPY_GIT_HASH=
MICROPY_MPYCROSS=$build/mpy-cross/mpy-cross
export MICROPY_GIT_TAG MICROPY_GIT_HASH MICROPY_MPYCROSS

# With a source that is gone, or new compiler options, no object is older than what it was made of.
ls "$here"/engine/*.c "$here"/module/*.c "$here"/unix/*.c >"$build/unix.sources"
kept "$build/unix" "$0" "$cache/complete" "$here/module/micropython.mk" "$build/unix.sources"
make -C "$cache/micropython/ports/unix" -j "${FIRMWARE_JOBS:-$(nproc)}" BUILD="$build/unix" PROG=ohmboard-unix \
    MICROPY_PY_SSL=0 MICROPY_SSL_MBEDTLS=0 MICROPY_PY_BTREE=0 MICROPY_PY_FFI=0 MICROPY_PY_THREAD=0 \
    FROZEN_MANIFEST="$here/unix/manifest.py" USER_C_MODULES="$here" >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    echo "build_unix.sh: the build failed; all of it is in $log" >&2
    exit 1
}
cp "$build/unix/ohmboard-unix" "$build/ohmboard-unix"
