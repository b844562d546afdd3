#!/bin/sh
# Makes .venv and installs exactly what a lock file says, or returns at once when that was done before.
# Usage: scripts/environment.sh requirements.lock|requirements-dev.lock
set -eu
cd "$(dirname "$0")/.."
lock=$1
stamp=.venv/.installed-${lock%.lock}
wanted=$(cat "$lock" pyproject.toml | cksum)

if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    exit 0
fi

find_python() {
    for name in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Puntal needs Python 3.11 or newer; set PYTHON to one." >&2
    return 1
}

make_venv() {
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$1" .venv
        return
    fi
    if ! "$1" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian keeps the parts that make environments in a package of their own.
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "This Python cannot make virtual environments: install python3-venv (Debian: apt-get install python3-venv)." >&2
            return 1
        fi
        echo "Installing python3-venv ..." >&2
        version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        apt-get update -qq </dev/null >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "python$version-venv" </dev/null >&2 \
            || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv </dev/null >&2
    fi
    "$1" -m venv .venv
}

if ! [ -x .venv/bin/python ]; then
    echo "Making .venv ..." >&2
    python=$(find_python)
    make_venv "$python" || { rm -rf .venv; exit 1; }
fi

echo "Installing from $lock ..." >&2
uv=$(command -v .venv/bin/uv || command -v uv || true)
if [ -n "$uv" ]; then
    install() { VIRTUAL_ENV=$PWD/.venv "$uv" pip install --quiet "$@" </dev/null; }
else
    install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@" </dev/null; }
fi
install --require-hashes -r "$lock"
# The lock has what building takes, so nothing is fetched beside it.
install --no-deps --no-build-isolation --editable .
echo "$wanted" >"$stamp"
case $lock in
    # The larger set holds the smaller one.
    requirements-dev.lock) cat requirements.lock pyproject.toml | cksum >.venv/.installed-requirements ;;
esac
