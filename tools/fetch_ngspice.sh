#!/bin/sh
# Gets the ngspice that Debian trixie packages (42 and later have the KLU solver), with the libraries it needs, unpacks it under .cache/ngspice and prints the path
# of a launcher; an ngspice that the machine has comes first. Nothing outside the cache is touched: a private apt root
# reads the mirror that this machine's own apt uses.
#
# Exit codes: 0 the launcher's path is on standard output; 3 it cannot be had here (no apt, no network; the reason is
# on standard error); 2 called wrongly; 1 anything else.
set -eu

SUITE=trixie
UNAVAILABLE=3

# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"

case $# in
    0) cache=$(cd "$(dirname "$0")/.." && pwd)/.cache/ngspice ;;
    1) cache=$1 ;;
    *) echo "usage: fetch_ngspice.sh [CACHE]" >&2; exit 2 ;;
esac

launcher=$cache/ngspice

unavailable() {
    echo "ngspice is not available: $1" >&2
    exit "$UNAVAILABLE"
}

works() {
    [ -x "$1" ] && "$1" --version >/dev/null 2>&1
}

own=$(command -v ngspice || true)
if [ -n "$own" ] && works "$own"; then
    echo "$own"
    exit 0
fi
if works "$launcher"; then
    echo "$launcher"
    exit 0
fi

mkdir -p "$cache"
# One fetch at a time: parallel test workers share the cache.
exec 9>"$cache/lock"
if command -v flock >/dev/null 2>&1; then
    flock -w 300 9 || unavailable "another fetch has held $cache/lock for five minutes"
    if works "$launcher"; then
        echo "$launcher"
        exit 0
    fi
fi

apt=$cache/apt
apt_root "$apt" "$SUITE" ngspice || unavailable "see above"
# With nothing installed in the private root this is ngspice and everything under it, the C library included.
apt_attempt apt-get install --yes --download-only --no-install-recommends ngspice ||
    unavailable "the packages could not be fetched: $(tail -n 1 "$apt_log")"

rm -rf "$cache/root.new"
for deb in "$apt/archives"/*.deb; do
    dpkg-deb -x "$deb" "$cache/root.new"
done
rm -rf "$cache/root" "$apt/archives"
mv "$cache/root.new" "$cache/root"

[ -x "$cache/root/usr/bin/ngspice" ] || unavailable "the package holds no usr/bin/ngspice"
loader=$(cd "$cache" && find root -name 'ld-linux*.so.*' | head -n 1)
[ -n "$loader" ] || unavailable "the package of the C library holds no dynamic loader"
libraries=$(cd "$cache" && find root -name '*.so.*' -exec dirname {} + | sort -u | sed "s|^|\$here/|" | tr '\n' ':')

cat >"$launcher.new" <<LAUNCH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "$libraries" "\$here/root/usr/bin/ngspice" "\$@"
LAUNCH
chmod +x "$launcher.new"
mv "$launcher.new" "$launcher"

works "$launcher" || unavailable "the binary does not start: $("$launcher" --version 2>&1 | tail -n 1)"
"$launcher" --version 2>&1 | sed -n 's/^\*\* \(ngspice-[0-9.]*\).*/unpacked \1/p' >&2
echo "$launcher"
