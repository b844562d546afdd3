"""Making a file: rows from one view of the data, written as they come, kept in pieces."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import sql

from puntal.access.operations import notifications
from puntal.engine.compile import compile as compile_program
from puntal.engine.model import Compiled
from puntal.insight.exports import files, sources, store
from puntal.insight.exports.headings import Worded
from puntal.insight.exports.model import KEPT, Export
from puntal.kit.db import Database, Transaction
from puntal.members.tokens import tokens_of
from puntal.programs import operations as programs

ROWS = 2_000
"""Rows that are read together; after each such portion it is looked whether somebody still wants the file."""
PATIENCE = """
-- A file of millions of rows is one look at the data, in which it has to be the same from first to last.
SET LOCAL statement_timeout = '1h'; SET LOCAL idle_in_transaction_session_timeout = 0
"""
BY_KEY = """
-- What belongs to a member is found by its key, also where a table was empty when it was last counted: it would look as
-- if reading it from end to end for each member cost nothing.
SET LOCAL enable_seqscan = off
"""
_tiers = msgspec.json.Decoder(dict[str, str]).decode


class OvertakenError(Exception):
    """It was cancelled, or another run of the same export has begun."""


async def make(database: Database, program_id: int, id: UUID, *, now: datetime) -> bool:
    """Make an export's file; returns whether it was made. Cut short, the next run begins anew.

    Args:
        database: Open.
        program_id: Whose.
        id: Of the export.
        now: Real time, from which the file is kept.
    """
    async with database.program_transaction(program_id) as tx:
        run = await store.begin(tx, program_id, id, now=now)
        one = await store.find(tx, program_id, id)
    if run is None or one is None:
        return False
    try:
        await _write(database, program_id, one, run)
    except OvertakenError:
        return False
    async with database.program_transaction(program_id) as tx:
        ended = await store.end(tx, program_id, id, run, now=now, expires_at=now + KEPT, secret=secrets.token_bytes(32))
        if ended is not None:
            by, kind, rows = ended
            await notifications.tell(
                tx, program_id, by, "export.done", target=("export", id), now=now, kind=kind, rows=rows
            )
    return ended is not None


async def _write(database: Database, program_id: int, one: Export, run: int) -> None:
    async with database.program_transaction(program_id) as tx:
        await tx.execute(PATIENCE)
        if one.kind == "members":
            await tx.execute(BY_KEY)
        program = await _program(tx, program_id)
        names = sources.names(one.filters, program, tokens_of(one.filters.search))
        statement = sources.SOURCES[one.kind].statement
        rows, number = 0, 0
        worded = None if one.filters.words is None else Worded(one.kind, program, one.filters.words)
        columns = sources.columns(one.kind, program) if worded is None else worded.columns
        with files.opened(one.format, columns, zone=UTC if worded is None else program.zone) as file:
            async with tx.cursor(name="rows") as cursor:
                await cursor.execute(sql.SQL(statement), names)
                while portion := await cursor.fetchmany(ROWS):
                    for row in portion:
                        file.add(_cells(one, program, worded, row))
                    rows += len(portion)
                    data = file.taken()
                    await _keep(database, program_id, one, run, rows, (number, data) if data else None)
                    number += bool(data)
            for data in file.end():
                await _keep(database, program_id, one, run, rows, (number, data))
                number += 1


def _cells(one: Export, program: Compiled, worded: Worded | None, row: tuple[Any, ...]) -> Sequence[Any]:
    tiers: Mapping[str, str] = {}
    if one.kind == "members" and row[-1] is not None:
        tiers = _tiers(row[-1])
    return sources.cells(one.kind, program, row, tiers) if worded is None else worded.cells(row, tiers)


async def _keep(
    database: Database, program_id: int, one: Export, run: int, rows: int, piece: tuple[int, bytes] | None
) -> None:
    async with database.program_transaction(program_id) as tx:
        if not await store.advance(tx, program_id, one.id, run, rows=rows, piece=piece):
            raise OvertakenError


async def _program(tx: Transaction, program_id: int) -> Compiled:
    published = await programs.load_published(tx, program_id)
    return compile_program(
        published.document, program_id=program_id, revision=published.number, ordinals=published.wallets
    )
