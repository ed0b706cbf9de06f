#!/bin/sh
# Gets the unix binary of MicroPython that Debian trixie packages, with the libraries it was built for, unpacks it under
# .cache/micropython and prints the path of a launcher. Nothing outside the cache is touched: a private apt root reads
# the mirror that this machine's own apt uses.
#
# Exit codes: 0 the launcher's path is on standard output; 3 it cannot be had here (no apt, no network; the reason is
# on standard error); 2 called wrongly; 1 anything else.
set -eu

SUITE=trixie
VERSION_WANTED=1.25
UNAVAILABLE=3

# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"

case $# in
    0) cache=$(cd "$(dirname "$0")/.." && pwd)/.cache/micropython ;;
    1) cache=$1 ;;
    *) echo "usage: fetch_micropython.sh [CACHE]" >&2; exit 2 ;;
esac

launcher=$cache/micropython

unavailable() {
    echo "MicroPython is not available: $1" >&2
    exit "$UNAVAILABLE"
}

works() {
    [ -x "$launcher" ] && "$launcher" -c 'import ffi, binascii, json, os, struct' 2>/dev/null
}

if works; then
    echo "$launcher"
    exit 0
fi

mkdir -p "$cache"
# One fetch at a time: parallel test workers share the cache.
exec 9>"$cache/lock"
if command -v flock >/dev/null 2>&1; then
    flock -w 300 9 || unavailable "another fetch has held $cache/lock for five minutes"
    if works; then
        echo "$launcher"
        exit 0
    fi
fi

apt=$cache/apt
apt_root "$apt" "$SUITE" micropython || unavailable "see above"

# The libraries that the binary itself asks for, whatever their versions are called by then.
packages="micropython $(apt-cache depends micropython | awk '$1 == "Depends:" { print $2 }' | grep -v '[<>]' | sort -u)"

debs=$apt/debs
rm -rf "$debs" "$cache/root.new"
mkdir -p "$debs"
# shellcheck disable=SC2086  # a list of package names
(cd "$debs" && apt_attempt apt-get download $packages) ||
    unavailable "the packages could not be fetched: $(tail -n 1 "$apt_log")"

for deb in "$debs"/*.deb; do
    dpkg-deb -x "$deb" "$cache/root.new"
done
rm -rf "$cache/root"
mv "$cache/root.new" "$cache/root"

[ -x "$cache/root/usr/bin/micropython" ] || unavailable "the package holds no usr/bin/micropython"
loader=$(cd "$cache" && find root -name 'ld-linux*.so.*' | head -n 1)
[ -n "$loader" ] || unavailable "the package of the C library holds no dynamic loader"
libraries=$(dirname "$(cd "$cache" && find root -name 'libc.so.6' | head -n 1)")

cat >"$launcher.new" <<LAUNCH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "\$here/$libraries" "\$here/root/usr/bin/micropython" "\$@"
LAUNCH
chmod +x "$launcher.new"
mv "$launcher.new" "$launcher"

works || unavailable "the binary does not start: $("$launcher" -c 'import ffi' 2>&1 | tail -n 1)"
"$launcher" -c 'import sys; print("unpacked", sys.version)' >&2
"$launcher" -c 'import sys; print(sys.implementation.version[:2])' | grep -q "(${VERSION_WANTED%.*}, ${VERSION_WANTED#*.})" ||
    echo "note: this is not MicroPython $VERSION_WANTED, which the firmware was written for" >&2
echo "$launcher"
