#!/bin/sh
# Builds the image once more, from a copy of the sources in another folder, and compares: build_twice.sh CACHE BUILD BOARD VERSION
# Exit code 1 if one byte differs.
set -eu

[ $# -eq 4 ] || { echo "usage: build_twice.sh CACHE BUILD BOARD VERSION" >&2; exit 2; }
cache=$(cd "$1" && pwd)
build=$(cd "$2" && pwd)
here=$(cd "$(dirname "$0")" && pwd)

elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
mkdir -p "$elsewhere/sim/rp2040"
cp -R "$here" "$elsewhere/firmware"
cp -R "$here/../sim/rp2040/bootrom" "$elsewhere/sim/rp2040/bootrom"
# The copy is in no repository: it is told the date that the first build took from its commit.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
"$elsewhere/firmware/build_image.sh" "$cache" "$elsewhere/build" "$3" "$4"

for file in "ohmboard-$3-$4.uf2" "ohmboard-$3-$4.bin" bootrom.bin; do
    cmp "$build/$file" "$elsewhere/build/$file" || { echo "build_twice.sh: two builds of $file differ" >&2; exit 1; }
done
echo "two builds of ohmboard-$3-$4 are byte-identical: $(sha256sum <"$build/ohmboard-$3-$4.uf2" | cut -c1-16)"
