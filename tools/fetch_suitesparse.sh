#!/bin/sh
# Gets CHOLMOD, a peer of the network's benchmark, as this machine's own Debian packages it (SuiteSparse, with OpenBLAS),
# unpacks it under .cache/suitesparse, builds the program of tests/bench/cholmod_peer.c with it and prints the path of a
# launcher. Nothing outside the cache is touched.
#
# Exit codes: 0 the launcher's path is on standard output; 3 it cannot be had here (no apt, no network, no compiler; the
# reason is on standard error); 2 called wrongly; 1 anything else.
set -eu

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"
fetch_into CHOLMOD suitesparse "$@"

works() {
    [ "$1" -nt "$root/tests/bench/cholmod_peer.c" ] && "$1" --version >/dev/null 2>&1
}

have "$cache/cholmod"
fetch_alone "$cache/cholmod"

command -v cc >/dev/null 2>&1 || unavailable "this machine has no C compiler"
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$codename" ] || unavailable "the machine's release has no code name"

if [ ! -d "$cache/root" ]; then
    apt=$cache/apt
    apt_root "$apt" "$codename" libsuitesparse-dev libopenblas0-pthread || unavailable "see above"
    # The C library and the compiler's own are those of the machine.
    apt_attempt apt-get install --yes --download-only --no-install-recommends libsuitesparse-dev libopenblas0-pthread ||
        unavailable "the packages could not be fetched: $(tail -n 1 "$apt_log")"
    rm -f "$apt/archives"/libc6* "$apt/archives"/libc-* "$apt/archives"/libcrypt* "$apt/archives"/libgcc* \
        "$apt/archives"/linux-libc*
    unpack "$apt/archives"/*.deb
    rm -rf "$apt/archives"
fi

libraries=root/usr/lib/$(uname -m)-linux-gnu
# OpenBLAS before the reference BLAS that lies beside it.
blas=$(cd "$cache" && find "$libraries" -path '*openblas*' -name 'libblas.so.3' -exec dirname {} \; | head -n 1)
[ -n "$blas" ] || unavailable "the packages hold no OpenBLAS"
search=$cache/$blas:$cache/$libraries
LD_LIBRARY_PATH=$search cc -O2 -Wall -Wextra -Werror -isystem "$cache/root/usr/include/suitesparse" \
    -o "$cache/cholmod-peer" "$root/tests/bench/cholmod_peer.c" -L"$cache/$blas" -L"$cache/$libraries" -lcholmod \
    "-Wl,-rpath-link,$search" >"$cache/log" 2>&1 || unavailable "it does not build: $(head -n 1 "$cache/log")"

launcher "$cache/cholmod" <<LAUNCH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
LD_LIBRARY_PATH="\$here/$blas:\$here/$libraries" exec "\$here/cholmod-peer" "\$@"
LAUNCH
works "$cache/cholmod" || unavailable "the program does not start: $("$cache/cholmod" --version 2>&1 | tail -n 1)"
echo "$cache/cholmod"
