#!/bin/sh
# Everything that can be said about the code without running it. Goes on after a failure, so that one run tells all.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=""

check() {
    name=$1
    shift
    echo "== $name"
    "$@" </dev/null || failed="$failed $name"
}

check lint $bin/ruff check .
check format $bin/ruff format --check .
check types $bin/mypy src bench tests/conftest.py
for folder in tests/*/; do
    # Tests are no package: each folder finds the modules beside it, and two folders may name one alike.
    check "types of $folder" env MYPYPATH="src:scripts:$folder:tests/members:tests/webhooks:tests/scenarios:tests/stress:tests/replay:tests/access" $bin/mypy "$folder"
done
check imports $bin/lint-imports --no-logo
check migrations $bin/python scripts/check_migrations.py
if [ -f src/puntal/entrypoints/openapi.py ]; then
    check documents $bin/python -m puntal.entrypoints.openapi --check
fi

if [ -n "$failed" ]; then
    echo "FAILED:$failed"
    exit 1
fi
echo "All checks passed."
