#!/bin/sh
# Gets what the image is built from, into the given cache: MicroPython, the Pico SDK and TinyUSB as Debian trixie
# packages their sources, and, where the machine has no arm-none-eabi-gcc, the compiler that its own Debian packages.
# What was got is listed in CACHE/origins: name, version, sha256.
#
# Exit codes: 0 all is there; 3 it cannot be had here (the reason is on standard error); 1 anything else.
set -eu

SUITE=trixie
MICROPYTHON_WANTED=1.25.
UNAVAILABLE=3

[ $# -eq 1 ] || { echo "usage: fetch_sources.sh CACHE" >&2; exit 2; }
mkdir -p "$1"
cache=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/apt_root.sh
. "$here/../tools/apt_root.sh"

unavailable() {
    echo "The firmware's sources are not available: $1" >&2
    exit "$UNAVAILABLE"
}

# Fetched once for this script and these patches.
stamp=$(cat "$0" "$here"/rp2040/patches/*.patch | sha256sum | cut -c1-16)
[ "$(cat "$cache/complete" 2>/dev/null)" != "$stamp" ] || exit 0

exec 9>"$cache/lock"
if command -v flock >/dev/null 2>&1; then
    flock -w 900 9 || unavailable "another fetch has held $cache/lock for fifteen minutes"
    [ "$(cat "$cache/complete" 2>/dev/null)" != "$stamp" ] || exit 0
fi
rm -f "$cache/complete"
: >"$cache/origins.new"
new=$cache/new
rm -rf "$new"
mkdir -p "$new/fetched"

# origin NAME FILE: a line of the list, with the version in the file's name.
origin() {
    version=$(basename "$2" | sed -e 's/^[^_]*_//' -e 's/\.orig\.tar\..*//' -e 's/_[^_]*\.deb$//' -e 's/%3a/:/')
    printf '%s %s %s\n' "$1" "$version" "$(sha256sum "$2" | cut -d' ' -f1)" >>"$cache/origins.new"
}

apt_root "$cache/apt-$SUITE" "$SUITE" micropython pico-sdk-source tinyusb-source || unavailable "see above"
(cd "$new/fetched" && apt_attempt apt-get source --download-only --tar-only micropython) ||
    unavailable "MicroPython's source could not be fetched: $(tail -n 1 "$apt_log")"
(cd "$new/fetched" && apt_attempt apt-get download pico-sdk-source tinyusb-source) ||
    unavailable "the Pico SDK and TinyUSB could not be fetched: $(tail -n 1 "$apt_log")"

mkdir "$new/micropython"
tar -xf "$new"/fetched/micropython_*.orig.tar.* -C "$new/micropython" --strip-components=1
origin micropython "$(ls "$new"/fetched/micropython_*.orig.tar.*)"
tail -n 1 "$cache/origins.new" | grep -q " $MICROPYTHON_WANTED" ||
    unavailable "Debian $SUITE now has another MicroPython than $MICROPYTHON_WANTED: $(tail -n 1 "$cache/origins.new")"
for patch in "$here"/rp2040/patches/*.patch; do
    patch --quiet -d "$new/micropython" -p1 <"$patch" || unavailable "$(basename "$patch") does not fit this MicroPython"
done
for package in pico-sdk tinyusb; do
    deb=$(ls "$new/fetched/$package"-source_*.deb)
    dpkg-deb -x "$deb" "$new/unpacked"
    mv "$new/unpacked/usr/src/$package" "$new/$package"
    origin "$package" "$deb"
done
# MicroPython looks for TinyUSB among its submodules, which Debian's source does not hold.
rm -rf "$new/micropython/lib/tinyusb"
ln -s ../../tinyusb "$new/micropython/lib/tinyusb"
# Its build asks for this file, though nothing of micropython-lib is used.
touch "$new/micropython/lib/micropython-lib/README.md"

if command -v arm-none-eabi-gcc >/dev/null 2>&1; then
    printf 'arm-none-eabi-gcc %s machine\n' "$(arm-none-eabi-gcc -dumpfullversion)" >>"$cache/origins.new"
else
    # The compiler of the machine's own suite runs with the machine's own libraries.
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    [ -n "$codename" ] || unavailable "the machine's release has no code name: install gcc-arm-none-eabi"
    compiler="gcc-arm-none-eabi binutils-arm-none-eabi libnewlib-arm-none-eabi libnewlib-dev"
    # shellcheck disable=SC2086  # a list of package names
    apt_root "$cache/apt-$codename" "$codename" $compiler || unavailable "see above"
    # shellcheck disable=SC2086
    (cd "$new/fetched" && apt_attempt apt-get download $compiler) ||
        unavailable "the compiler could not be fetched: $(tail -n 1 "$apt_log")"
    for package in $compiler; do
        deb=$(ls "$new/fetched/$package"_*.deb)
        dpkg-deb -x "$deb" "$new/toolchain"
        origin "$package" "$deb"
    done
    rm -rf "$new/toolchain/usr/share"
    # Away from its place the compiler looks for the C library beside itself.
    ln -s newlib "$new/toolchain/usr/lib/arm-none-eabi/lib"
    ln -s ../../include/newlib "$new/toolchain/usr/lib/arm-none-eabi/include"
fi

for part in micropython pico-sdk tinyusb toolchain; do
    rm -rf "${cache:?}/$part"
    [ ! -e "$new/$part" ] || mv "$new/$part" "$cache/$part"
done
mv "$cache/origins.new" "$cache/origins"
rm -rf "$new"
echo "$stamp" >"$cache/complete"
