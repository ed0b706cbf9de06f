#!/bin/sh
# Unpacks KiCad 9 (bookworm-backports), its libraries and ngspice, with every package they need, into a root of their own
# under .cache/kicad and prints the path of that root. Nothing outside the cache is touched: a private apt root reads the
# mirror that this machine's own apt uses.
#
# Exit codes: 0 the root's path is on standard output; 3 it cannot be had here (no apt, no network; the reason is
# on standard error); 2 called wrongly; 1 anything else.
set -eu

SUITE=bookworm
PACKAGES="kicad kicad-symbols kicad-footprints kicad-templates ngspice python3 bash coreutils fontconfig fonts-dejavu-core"

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"
fetch_into KiCad kicad "$@"

works() {
    [ -x "$1/usr/bin/kicad-cli" ]
}

have "$cache/root"
fetch_alone "$cache/root"

apt=$cache/apt
# shellcheck disable=SC2086  # a list of package names
apt_root "$apt" "$SUITE $SUITE-backports" $PACKAGES || unavailable "see above"
# shellcheck disable=SC2086  # a list of package names
apt_attempt apt-get install --yes --download-only --no-install-recommends -t "$SUITE-backports" $PACKAGES ||
    unavailable "the packages could not be fetched: $(grep '^E:' "$apt_log" | tail -n 1)"
unpack "$apt/archives"/*.deb
rm -rf "$apt/archives"
works "$cache/root" || unavailable "the packages hold no usr/bin/kicad-cli"
echo "$cache/root"
