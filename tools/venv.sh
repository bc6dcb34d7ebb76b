#!/bin/sh
# The virtual environment with what FILE pins. Debian ships Python without venv: where it is missing, apt or pip brings it.
set -eu
file=$1
if [ ! -x .venv/bin/python ]; then
    python3 -m venv .venv 2>/dev/null || {
        rm -rf .venv
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null && python3 -m venv .venv
        else
            python3 -m pip install --user -q --break-system-packages virtualenv && python3 -m virtualenv -q .venv
        fi
    }
fi
.venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip -q
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install -q --disable-pip-version-check uv
.venv/bin/uv pip install -q -r "$file"
.venv/bin/uv pip install -q --no-deps -e .
