#!/bin/sh
# Gets the clang that this machine's own Debian packages, with its sanitizers and libFuzzer, unpacks it under .cache/clang
# and prints the path of a launcher; a clang with libFuzzer that the machine has comes first. Nothing outside the cache is
# touched.
#
# Exit codes: 0 the launcher's path is on standard output; 3 it cannot be had here (no apt, no network; the reason is
# on standard error); 2 called wrongly; 1 anything else.
set -eu

# shellcheck source=tools/fetching.sh
. "$(dirname "$0")/fetching.sh"
# shellcheck source=tools/apt_root.sh
. "$(dirname "$0")/apt_root.sh"
fetch_into clang clang "$@"

# Links a fuzzer with the sanitizers, and the fuzzer starts.
works() {
    [ -x "$1" ] || return 1
    trial=$(mktemp -d)
    echo '#include <stddef.h>
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) { (void)data; return (int)(size & 0); }' >"$trial/t.c"
    status=0
    { "$1" -fsanitize=fuzzer,address,undefined -o "$trial/t" "$trial/t.c" && "$trial/t" -runs=1; } >"$trial/log" 2>&1 ||
        status=1
    reason=$(tail -n 1 "$trial/log")
    rm -rf "$trial"
    return "$status"
}

have "$(command -v clang || true)" "$cache/clang"
fetch_alone "$cache/clang"

codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$codename" ] || unavailable "the machine's release has no code name: install clang"
apt=$cache/apt
apt_root "$apt" "$codename" clang || unavailable "see above"
version=$(apt-cache depends clang | sed -n 's/^ *Depends: clang-\([0-9]*\)$/\1/p')
[ -n "$version" ] || unavailable "Debian $codename has no versioned clang"
# What else it needs, the machine's own gcc has brought: headers, start-up files, the linker.
packages="clang-$version libclang-cpp$version libllvm$version libclang-common-$version-dev libclang-rt-$version-dev"
rm -rf "$cache/fetched"
mkdir "$cache/fetched"
# shellcheck disable=SC2086  # a list of package names
(cd "$cache/fetched" && apt_attempt apt-get download $packages) ||
    unavailable "the packages could not be fetched: $(tail -n 1 "$apt_log")"
unpack "$cache/fetched"/*.deb
rm -rf "$cache/fetched" "$cache/root/usr/share"

launcher "$cache/clang" <<LAUNCH
#!/bin/sh
here=\$(dirname "\$(readlink -f "\$0")")
LD_LIBRARY_PATH="\$here/root/usr/lib/$(uname -m)-linux-gnu:\$here/root/usr/lib/llvm-$version/lib" \\
    exec "\$here/root/usr/lib/llvm-$version/bin/clang" "\$@"
LAUNCH
works "$cache/clang" || unavailable "the compiler makes no fuzzer: $reason"
"$cache/clang" --version 2>&1 | sed -n '1s/^/unpacked /p' >&2
echo "$cache/clang"
