#!/bin/sh
# Installs badcrossbar, a peer of the network's benchmark, into an environment of its own under .cache/peers.
#
# Exit codes: 0 it is there; 3 it cannot be had here (the reason is on standard error).
set -eu

VERSION=1.1.0

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
fetch_into badcrossbar peers

"$cache/bin/python" -c 'import badcrossbar' 2>/dev/null && exit 0

own_environment "badcrossbar==$VERSION" || {
    grep -i error "$cache/log" | head -n 3 >&2
    unavailable "it draws with cairo; on Debian, apt-get install libcairo2-dev pkg-config gcc"
}
