"""What lets a program's rows be found, guarded and moved together: `program_id` first, under row security."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from puntal.kit.db import Database

OUTSIDE_ROW_SECURITY = {
    "api_key",  # belongs to an organization; looked up by its hash before any program is known
    "program",  # its slug is how a program is found
}

KEYS_NOT_STARTING_WITH_PROGRAM = """
SELECT t.relname || '.' || i.relname
FROM pg_index x
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'program_id' AND NOT a.attisdropped
WHERE t.relnamespace = 'public'::regnamespace AND x.indisunique AND x.indkey[0] <> a.attnum
ORDER BY 1
"""

FOREIGN_KEYS_NOT_STARTING_WITH_PROGRAM = """
SELECT c.conrelid::regclass || '.' || c.conname
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attname = 'program_id' AND NOT a.attisdropped
JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attname = 'program_id' AND NOT b.attisdropped
WHERE c.contype = 'f' AND c.conkey[1] <> a.attnum
"""

UNGUARDED = """
SELECT t.relname
FROM pg_class t
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'program_id' AND NOT a.attisdropped
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p') AND t.relpersistence = 'p'
  AND NOT (t.relrowsecurity AND EXISTS (
    SELECT FROM pg_policy p
    WHERE p.polrelid = t.oid
      AND pg_get_expr(p.polqual, t.oid) LIKE '%app.program_id%'
      AND coalesce(pg_get_expr(p.polwithcheck, t.oid), pg_get_expr(p.polqual, t.oid)) LIKE '%app.program_id%'
  ))
ORDER BY 1
"""

UNREADABLE = """
SELECT t.relname
FROM pg_class t
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
  AND NOT has_table_privilege('puntal_app', t.oid, 'SELECT')
"""

OWNED_BY_THE_APPLICATION = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'puntal_app'
"""


async def names(database: Database, query: str) -> set[str]:
    async with database.owner_transaction() as tx:
        return {row[0] for row in await (await tx.execute(query.encode())).fetchall()}


async def test_every_key_of_a_programs_table_begins_with_the_program(database: Database) -> None:
    found = await names(database, KEYS_NOT_STARTING_WITH_PROGRAM)

    assert {key for key in found if key.split(".")[0] not in OUTSIDE_ROW_SECURITY} == set()
    assert await names(database, FOREIGN_KEYS_NOT_STARTING_WITH_PROGRAM) == set()


async def test_every_programs_table_is_under_row_security(database: Database) -> None:
    assert await names(database, UNGUARDED) - OUTSIDE_ROW_SECURITY == set()


async def test_the_application_may_read_every_table_and_owns_none(database: Database) -> None:
    assert await names(database, UNREADABLE) == set()
    assert await names(database, OWNED_BY_THE_APPLICATION) == set()
