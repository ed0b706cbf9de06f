#!/bin/sh
# Says which Debian package is missing before an installation fails half way: check_machine.sh PYTHON
set -eu
python=$1
missing=

lacks() {
    echo "missing: $1" >&2
    missing="$missing $2"
}

if ! command -v "$python" >/dev/null; then
    lacks "$python (Python 3.11 or later)" python3
elif ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "$python is $("$python" -V), and 3.11 or later is needed: make PYTHON=/path/to/another ..." >&2
    exit 1
else
    "$python" -c 'import ensurepip, venv' 2>/dev/null || lacks "Python's venv module" python3-venv
    "$python" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' ||
        lacks "Python's C headers" python3-dev
fi
command -v "${CC:-cc}" >/dev/null || lacks "a C compiler" gcc
command -v make >/dev/null || lacks make make

if [ -n "$missing" ]; then
    echo "on Debian: apt-get install$missing" >&2
    exit 1
fi
