"""Whether the database has the schema this code was written for. Alembic is of no use to a running server."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import psycopg

import puntal
from puntal.kit.db import Database

VERSION = "SELECT version_num FROM alembic_version"


_NAMES = re.compile(r'^(down_revision|revision) = (?:"(\w+)"|None)$', re.MULTILINE)


@lru_cache(maxsize=1)
def revisions() -> tuple[str, ...]:
    """Return the revisions this code knows, oldest first: each names the one before it."""
    package = Path(puntal.__file__).parent
    inside = package / "migrations"
    folder = inside if inside.is_dir() else package.parents[1] / "migrations"
    after = {}
    for path in (folder / "versions").glob("[0-9]*.py"):
        names = dict(_NAMES.findall(path.read_text()))
        after[names["down_revision"]] = names["revision"]
    chain = [after[""]]
    while chain[-1] in after:
        chain.append(after[chain[-1]])
    return tuple(chain)


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
