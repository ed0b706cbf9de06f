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

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"
fetch_into MicroPython micropython "$@"

works() {
    [ -x "$1" ] && "$1" -c 'import ffi, binascii, json, os, struct' 2>/dev/null
}

have "$cache/micropython"
fetch_alone "$cache/micropython"

apt=$cache/apt
apt_root "$apt" "$SUITE" micropython || unavailable "see above"

# The libraries that the binary itself asks for, whatever their versions are called by then.
packages="micropython $(apt-cache depends micropython | awk '$1 == "Depends:" { print $2 }' | grep -v '[<>]' | sort -u)"

debs=$apt/debs
rm -rf "$debs"
mkdir -p "$debs"
# shellcheck disable=SC2086  # a list of package names
(cd "$debs" && apt_attempt apt-get download $packages) ||
    unavailable "the packages could not be fetched: $(tail -n 1 "$apt_log")"
unpack "$debs"/*.deb

[ -x "$cache/root/usr/bin/micropython" ] || unavailable "the package holds no usr/bin/micropython"
loader=$(cd "$cache" && find root -name 'ld-linux*.so.*' | head -n 1)
[ -n "$loader" ] || unavailable "the package of the C library holds no dynamic loader"
libraries=$(dirname "$(cd "$cache" && find root -name 'libc.so.6' | head -n 1)")

launcher "$cache/micropython" <<LAUNCH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "\$here/$libraries" "\$here/root/usr/bin/micropython" "\$@"
LAUNCH

works "$cache/micropython" ||
    unavailable "the binary does not start: $("$cache/micropython" -c 'import ffi' 2>&1 | tail -n 1)"
"$cache/micropython" -c 'import sys; print("unpacked", sys.version)' >&2
"$cache/micropython" -c 'import sys; print(sys.implementation.version[:2])' |
    grep -q "(${VERSION_WANTED%.*}, ${VERSION_WANTED#*.})" ||
    echo "note: this is not MicroPython $VERSION_WANTED, which the firmware was written for" >&2
echo "$cache/micropython"
