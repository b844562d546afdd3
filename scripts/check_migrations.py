"""Lint with squawk what an upgrade from the last release would run on a live database."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from puntal.kit import migration

RELEASED = "base"
"""The newest revision of the last release. Tables made since then are empty when the rest of the upgrade runs."""

NOT_OURS = (
    "prefer-robust-stmts",  # each revision is one transaction: it happens whole or not at all
    "prefer-bigint-over-int",  # smaller integers are chosen where the size of the hot rows counts
    "prefer-bigint-over-smallint",
    "require-timeout-settings",  # the runner sets lock_timeout for every revision
)
FOR_LIVE_TABLES = (
    "adding-foreign-key-constraint",  # squawk does not see that the table was made by the same upgrade
    "require-concurrent-index-deletion",  # nor the index
    "ban-drop-constraint",  # nor that a wider check takes the place of the one that is dropped
)
_SCHEMA_OF_JOBS = re.compile(
    r"-- Procrastinate Schema.*?(?=GRANT SELECT, INSERT, UPDATE, DELETE\n  ON procrastinate)", re.DOTALL
)
"""Another project's tables, taken as they are: their types are its own choice."""
_VERSION_TABLE = re.compile(r"CREATE TABLE alembic_version \(.*?\);", re.DOTALL)


def main() -> int:
    """Return squawk's exit code."""
    output = io.StringIO()
    migration.write_sql(RELEASED, "head", output)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upgrade.sql"
        path.write_text(_SCHEMA_OF_JOBS.sub("", _VERSION_TABLE.sub("", output.getvalue())))
        squawk = Path(sys.executable).with_name("squawk")
        excluded = NOT_OURS + (FOR_LIVE_TABLES if RELEASED == "base" else ())
        command = [
            *(str(squawk), "--pg-version", "15.0", "--assume-in-transaction"),
            *(f"--exclude={rule}" for rule in excluded),
            str(path),
        ]
        return subprocess.run(command, check=False).returncode  # noqa: S603 - our own arguments


if __name__ == "__main__":
    sys.exit(main())
