# Sourced by the scripts that fetch something into a folder of .cache: what their beginnings and ends share.
# shellcheck shell=sh

UNAVAILABLE=3
root=$(cd "$(dirname "$0")/.." && pwd)

# fetch_into NAME FOLDER [CACHE]: where it goes, .cache/FOLDER unless the caller of the script names another.
fetch_into() {
    fetched=$1
    case $# in
        2) cache=$root/.cache/$2 ;;
        3) cache=$3 ;;
        *) echo "usage: $(basename "$0") [CACHE]" >&2; exit 2 ;;
    esac
}

# unavailable REASON: says why and ends with the exit code that says so too.
unavailable() {
    echo "$fetched is not available: $1" >&2
    exit "$UNAVAILABLE"
}

# have PATH...: ends with the first that `works` (a function of the script), its path on standard output.
have() {
    for candidate in "$@"; do
        if [ -n "$candidate" ] && works "$candidate"; then
            echo "$candidate"
            exit 0
        fi
    done
}

# fetch_alone PATH: one fetch at a time, since parallel test workers share the cache; ends if another has just brought it.
fetch_alone() {
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    if command -v flock >/dev/null 2>&1; then
        flock -w 300 9 || unavailable "another fetch has held $cache/lock for five minutes"
        have "$1"
    fi
}

# unpack PACKAGE_FILE...: Debian packages into $cache/root, in the place of what was there.
unpack() {
    rm -rf "$cache/root.new"
    for deb in "$@"; do
        dpkg-deb -x "$deb" "$cache/root.new"
    done
    rm -rf "$cache/root"
    mv "$cache/root.new" "$cache/root"
}

# launcher PATH: a launcher from standard input.
launcher() {
    cat >"$1.new"
    chmod +x "$1.new"
    mv "$1.new" "$1"
}

# own_environment PACKAGE...: a Python environment in $cache, with these packages; what pip says is in $cache/log.
own_environment() {
    mkdir -p "$root/.cache"
    "$root/.venv/bin/python" -m venv --clear "$cache"
    "$cache/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >"$cache/log" 2>&1 || {
        rm -f "$cache/bin/python"
        return 1
    }
}
