#!/bin/sh
# Gets the ngspice that Debian trixie packages (42 and later have the KLU solver), with the libraries it needs, unpacks
# it under .cache/ngspice and prints the path of a launcher; an ngspice that the machine has comes first. Nothing outside
# the cache is touched: a private apt root reads the mirror that this machine's own apt uses.
#
# Exit codes: 0 the launcher's path is on standard output; 3 it cannot be had here (no apt, no network; the reason is
# on standard error); 2 called wrongly; 1 anything else.
set -eu

SUITE=trixie

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"
fetch_into ngspice ngspice "$@"

works() {
    [ -x "$1" ] && "$1" --version >/dev/null 2>&1
}

have "$(command -v ngspice || true)" "$cache/ngspice"
fetch_alone "$cache/ngspice"

apt=$cache/apt
apt_root "$apt" "$SUITE" ngspice || unavailable "see above"
# With nothing installed in the private root this is ngspice and everything under it, the C library included.
apt_attempt apt-get install --yes --download-only --no-install-recommends ngspice ||
    unavailable "the packages could not be fetched: $(tail -n 1 "$apt_log")"
unpack "$apt/archives"/*.deb
rm -rf "$apt/archives"

[ -x "$cache/root/usr/bin/ngspice" ] || unavailable "the package holds no usr/bin/ngspice"
loader=$(cd "$cache" && find root -name 'ld-linux*.so.*' | head -n 1)
[ -n "$loader" ] || unavailable "the package of the C library holds no dynamic loader"
libraries=$(cd "$cache" && find root -name '*.so.*' -exec dirname {} + | sort -u | sed "s|^|\$here/|" | tr '\n' ':')

launcher "$cache/ngspice" <<LAUNCH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
exec "\$here/$loader" --library-path "$libraries" "\$here/root/usr/bin/ngspice" "\$@"
LAUNCH

works "$cache/ngspice" || unavailable "the binary does not start: $("$cache/ngspice" --version 2>&1 | tail -n 1)"
"$cache/ngspice" --version 2>&1 | sed -n 's/^\*\* \(ngspice-[0-9.]*\).*/unpacked \1/p' >&2
echo "$cache/ngspice"
