"""Whether the database has the schema this code was written for."""

from __future__ import annotations

from functools import lru_cache

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from puntal.kit.db import Database
from puntal.kit.migration import location

VERSION = "SELECT version_num FROM alembic_version"


@lru_cache(maxsize=1)
def revisions() -> tuple[str, ...]:
    """Return the revisions this code knows, oldest first."""
    config = Config()
    config.set_main_option("script_location", str(location()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    found = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(reversed([revision.revision for revision in found]))


def after(current: str | None) -> list[str]:
    """Return the revisions a database still lacks; none of one that a later release has migrated."""
    known = revisions()
    if current is None:
        return list(known)
    return list(known[known.index(current) + 1 :]) if current in known else []


async def pending(database: Database) -> list[str]:
    """Return the revisions the database lacks."""
    async with database.transaction() as tx:
        try:
            row = await (await tx.execute(VERSION)).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):
            # Never migrated; the error has ended this transaction.
            await tx.execute("ROLLBACK; BEGIN", prepare=False)
            row = None
    return after(None if row is None else row[0])
