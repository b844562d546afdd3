#!/bin/sh
# Makes sure that there is a Chromium to test with: the one on the machine, else the distribution's.
set -eu
for name in ${PUNTAL_CHROMIUM:-} chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then
        exit 0
    fi
done
if ! command -v apt-get >/dev/null; then
    echo "The browser tests need Chromium: install it, or set PUNTAL_CHROMIUM to one." >&2
    exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
    as_root="sudo -n"
fi
echo "Installing Chromium ..." >&2
if ! { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } </dev/null >&2; then
    echo "Chromium could not be installed: ask whoever owns this machine for it, or set PUNTAL_CHROMIUM to one." >&2
    exit 1
fi
