#!/bin/sh
# Writes the lock files anew: every version with its hashes, for every platform, and no registry's address.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
        --no-annotate --no-header --no-emit-index-url "$@" </dev/null
}
compile --extra demo --group build --output-file requirements.lock
compile --extra demo --group dev --output-file requirements-dev.lock
if grep -n '://' requirements.lock requirements-dev.lock; then
    echo "A lock file names an address; remove it." >&2
    exit 1
fi
