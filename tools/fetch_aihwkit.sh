#!/bin/sh
# Installs aihwkit, a peer of the benchmarks of pulses and noisy products, into an environment of its own under
# .cache/aihwkit. It needs exactly one version of torch, which on Linux brings its CUDA libraries along: 3 GB to
# download, 7.5 GB on disk. Nothing else in the tree uses it.
#
# Exit codes: 0 it is there; 3 it cannot be had here (the reason is on standard error).
set -eu

VERSION=1.1.0
TORCH=2.10.0
SPACE_GB=11

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
fetch_into aihwkit aihwkit

loads() {
    "$cache/bin/python" -c 'import aihwkit.simulator.tiles'
}

loads 2>/dev/null && exit 0

mkdir -p "$root/.cache"
free_gb=$(df -Pk "$root/.cache" | awk 'NR == 2 {print int($4 / 1048576)}')
[ "$free_gb" -ge "$SPACE_GB" ] || unavailable "$free_gb GB of disk are free, $SPACE_GB are needed"
echo "aihwkit: installing torch $TORCH (3 GB) into .cache/aihwkit" >&2
own_environment "torch==$TORCH" "aihwkit==$VERSION" || unavailable "$(grep -i error "$cache/log" | head -n 1)"
loads 2>>"$cache/log" || {
    rm -f "$cache/bin/python"
    unavailable "it does not load ($(tail -n 1 "$cache/log"))"
}
