#!/bin/sh
# Fills .venv with exactly what a lock file names, and puts the package itself beside it. Usage: install.sh LOCKFILE
set -eu
lock=$1

find_python() {
    for name in python3.11 python3 python3.12 python3.13; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "Meldroute needs Python 3.11 or newer. On Debian: apt-get install python3 python3-venv" >&2
    return 1
}

if [ ! -x .venv/bin/pip ]; then
    python=$(find_python)
    "$python" -m venv .venv || {
        echo "$python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi

echo "Installing from $lock ..."
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"; }
pip install --require-hashes -r "$lock"
# The style sheets come from npm; a machine without it gets one, for building only.
command -v npm >/dev/null 2>&1 || pip install --require-hashes -r requirements-node.lock
pip install --no-deps --no-build-isolation --editable .
