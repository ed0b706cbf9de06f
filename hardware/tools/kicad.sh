#!/bin/sh
# Runs a command inside the root that fetch_kicad.sh unpacked, with this repository at /project:
#     hardware/tools/kicad.sh kicad-cli version
# A user namespace of its own gives it the mounts; neither root rights nor an installation are needed.
# Exit codes: 3 KiCad cannot be had, or this machine allows no user namespaces; else the command's own.
set -eu

project=$(cd "$(dirname "$0")/../.." && pwd)
root=$("$project/tools/fetch_kicad.sh") || exit $?

if ! unshare --map-root-user --mount true 2>/dev/null; then
    echo "KiCad is not available: this machine allows no user namespaces (unshare --map-root-user --mount fails)" >&2
    exit 3
fi

mkdir -p "$root/project" "$root/root/.config/kicad/9.0"
for table in sym fp; do
    cp "$root/usr/share/kicad/template/$table-lib-table" "$root/root/.config/kicad/9.0/$table-lib-table"
done

export KICAD_ROOT="$root" KICAD_PROJECT="$project"
# shellcheck disable=SC2016  # expanded by the inner shell
exec unshare --map-root-user --mount sh -c '
    mount --rbind /dev "$KICAD_ROOT/dev"
    mount --rbind /proc "$KICAD_ROOT/proc"
    mount --bind "$KICAD_PROJECT" "$KICAD_ROOT/project"
    cd /
    exec chroot "$KICAD_ROOT" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin bash -c "cd /project && exec \"\$@\"" bash "$@"
' sh "$@"
