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
ATTEMPTS=3
TIMEOUT_S=30

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

for tool in apt-get apt-cache apt-config dpkg dpkg-deb; do
    command -v "$tool" >/dev/null 2>&1 || unavailable "this machine has no $tool (a Debian machine is needed)"
done

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

mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | sort -u | head -n 1)
[ -n "$mirror" ] || unavailable "the apt configuration names no mirror"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || unavailable "$keyring is missing (package debian-archive-keyring)"

apt=$cache/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/preferences.d"
: >"$apt/status"
echo "deb [signed-by=$keyring] $mirror $SUITE main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<CONF
Dir::State "$apt";
Dir::State::status "$apt/status";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/nonexistent";
Dir::Etc::PreferencesParts "$apt/preferences.d";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "2";
Acquire::http::Timeout "$TIMEOUT_S";
Acquire::https::Timeout "$TIMEOUT_S";
CONF
APT_CONFIG=$apt/apt.conf
export APT_CONFIG

attempt() {
    tries=0
    until "$@" >"$apt/log" 2>&1; do
        tries=$((tries + 1))
        [ "$tries" -lt "$ATTEMPTS" ] || return 1
        sleep 2
    done
}

# The index of the suite may fetch in part: what counts is that it knows the package.
attempt apt-get update || true
apt-cache show micropython >/dev/null 2>&1 ||
    unavailable "the mirror gave no index of Debian $SUITE: $(tail -n 1 "$apt/log")"

# The libraries that the binary itself asks for, whatever their versions are called by then.
packages="micropython $(apt-cache depends micropython | awk '$1 == "Depends:" { print $2 }' | grep -v '[<>]' | sort -u)"

debs=$apt/debs
rm -rf "$debs" "$cache/root.new"
mkdir -p "$debs"
# shellcheck disable=SC2086  # a list of package names
(cd "$debs" && attempt apt-get download $packages) ||
    unavailable "the packages could not be fetched: $(tail -n 1 "$apt/log")"

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
