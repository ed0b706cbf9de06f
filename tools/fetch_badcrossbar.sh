#!/bin/sh
# Installs badcrossbar, a peer of the network's benchmark, into an environment of its own under .cache/peers.
#
# Exit codes: 0 it is there; 3 it cannot be had here (the reason is on standard error).
set -eu

VERSION=1.1.0
root=$(cd "$(dirname "$0")/.." && pwd)
peers=$root/.cache/peers
UNAVAILABLE=3

"$peers/bin/python" -c 'import badcrossbar' 2>/dev/null && exit 0

"$root/.venv/bin/python" -m venv --clear "$peers"
if ! "$peers/bin/python" -m pip install --quiet --disable-pip-version-check "badcrossbar==$VERSION" >"$peers/log" 2>&1; then
    rm -f "$peers/bin/python"
    echo "badcrossbar is not available (it draws with cairo: on Debian, apt-get install libcairo2-dev pkg-config gcc)" >&2
    grep -i error "$peers/log" | head -n 3 >&2
    exit "$UNAVAILABLE"
fi
