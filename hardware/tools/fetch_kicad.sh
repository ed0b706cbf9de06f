#!/bin/sh
# Unpacks KiCad 9 (bookworm-backports), its libraries and ngspice, with every package they need, into a root of their own
# under .cache/kicad and prints the path of that root. Nothing outside the cache is touched: a private apt configuration
# with an empty package database asks the mirror that this machine's own apt uses.
#
# Exit codes: 0 the root's path is on standard output; 3 it cannot be had here (the reason is on standard error);
# 2 called wrongly; 1 anything else.
set -eu

SUITE=bookworm
PACKAGES="kicad kicad-symbols kicad-footprints kicad-templates ngspice python3 bash coreutils fontconfig fonts-dejavu-core"
MAJOR=9
UNAVAILABLE=3
ATTEMPTS=3
TIMEOUT_S=60

case $# in
    0) cache=$(cd "$(dirname "$0")/../.." && pwd)/.cache/kicad ;;
    1) cache=$1 ;;
    *) echo "usage: fetch_kicad.sh [CACHE]" >&2; exit 2 ;;
esac
root=$cache/root
stamp=$root/.complete

unavailable() {
    echo "KiCad $MAJOR is not available: $1" >&2
    exit "$UNAVAILABLE"
}

if [ -e "$stamp" ]; then
    echo "$root"
    exit 0
fi

for tool in apt-get apt-config dpkg dpkg-deb; do
    command -v "$tool" >/dev/null 2>&1 || unavailable "this machine has no $tool (a Debian machine is needed)"
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || unavailable "$keyring is missing (package debian-archive-keyring)"
mirror=$(apt-get indextargets --format '$(SITE)' 2>/dev/null | grep -v security | sort -u | head -n 1)
[ -n "$mirror" ] || unavailable "the apt configuration names no mirror"

apt=$cache/apt
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/preferences.d"
: >"$apt/status"
{
    echo "deb [signed-by=$keyring] $mirror $SUITE main"
    echo "deb [signed-by=$keyring] $mirror $SUITE-backports main"
} >"$apt/sources.list"
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
APT::Install-Recommends "false";
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

# The indexes may fetch in part: what counts is that the packages can be had.
attempt apt-get update || true
# shellcheck disable=SC2086  # a list of package names
attempt apt-get install --yes --download-only -t "$SUITE-backports" $PACKAGES ||
    unavailable "the packages could not be fetched: $(grep '^E:' "$apt/log" | tail -n 1)"

rm -rf "$root.new"
mkdir -p "$root.new"
for deb in "$apt"/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root.new" --no-same-owner
done
rm -rf "$root" "$apt/archives"
mv "$root.new" "$root"
touch "$stamp"
echo "$root"
