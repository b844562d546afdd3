"""What lets the tables be spread by program: each statement names the program of each table it touches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from test_sql import COMMENT, CONSTANTS

if TYPE_CHECKING:
    from puntal.kit.db import Database

OF_PROGRAMS = """
SELECT c.relname FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] AND a.attname = 'program_id'
WHERE c.relkind = 'r'
"""
TOUCHED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|USING)\s+(?:ONLY\s+)?(\w+)", re.IGNORECASE)
PINNED = re.compile(
    r"\bprogram_id\s*=|=\s*(?:\w+\.)?program_id\b|\bINTO\s+\w+(?:\s+AS\s+\w+)?\s*\(\s*program_id\b", re.IGNORECASE
)


def unpinned(text: str, tables: set[str]) -> list[str]:
    """Return the tables of a statement, where it names the program less often than it touches them."""
    plain = COMMENT.sub("", text)
    touched = [name for name in TOUCHED.findall(plain) if name in tables]
    return touched if len(PINNED.findall(plain)) < len(touched) else []


@pytest.fixture
async def tables(database: Database) -> set[str]:
    async with database.transaction() as tx:
        return {row[0] for row in await (await tx.execute(OF_PROGRAMS.encode())).fetchall()}


async def test_every_statement_names_the_program_of_every_table(tables: set[str]) -> None:
    assert {"event", "lot", "transfer", "holder"} <= tables
    assert {name: found for name, text in CONSTANTS.items() if (found := unpinned(text, tables))} == {}


async def test_a_join_that_forgets_the_program_would_be_found(tables: set[str]) -> None:
    forgetful = "SELECT FROM event e JOIN lot l ON l.event_id = e.id WHERE e.program_id = %(program_id)s"

    assert unpinned(forgetful, tables) == ["event", "lot"]
    assert unpinned(forgetful.replace("ON", "ON l.program_id = e.program_id AND"), tables) == []
