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
UNAVAILABLE=3
root=$(cd "$(dirname "$0")/.." && pwd)
peer=$root/.cache/aihwkit

unavailable() {
    echo "aihwkit is not available: $1" >&2
    exit "$UNAVAILABLE"
}

"$peer/bin/python" -c 'import aihwkit.simulator.tiles' 2>/dev/null && exit 0

mkdir -p "$root/.cache"
free_gb=$(df -Pk "$root/.cache" | awk 'NR == 2 {print int($4 / 1048576)}')
[ "$free_gb" -ge "$SPACE_GB" ] || unavailable "$free_gb GB of disk are free, $SPACE_GB are needed"
"$root/.venv/bin/python" -m venv --clear "$peer"
echo "aihwkit: installing torch $TORCH (3 GB) into .cache/aihwkit" >&2
if ! "$peer/bin/python" -m pip install --quiet --disable-pip-version-check "torch==$TORCH" "aihwkit==$VERSION" \
    >"$peer/log" 2>&1; then
    rm -f "$peer/bin/python"
    unavailable "$(grep -i error "$peer/log" | head -n 1)"
fi
"$peer/bin/python" -c 'import aihwkit.simulator.tiles' 2>>"$peer/log" || {
    rm -f "$peer/bin/python"
    unavailable "it does not load ($(tail -n 1 "$peer/log"))"
}
