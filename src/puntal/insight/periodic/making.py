"""Making a report's files: read in one view of the data, drawn beside the loop, kept together."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from puntal.access.model import Permission
from puntal.access.model_notifications import News
from puntal.access.operations import notifications
from puntal.engine.compile import compile as compile_program
from puntal.insight.periodic import sheets, store
from puntal.insight.periodic.gathering import gather
from puntal.insight.periodic.model import KEPT, Content, Format, Report
from puntal.kit.db import Database, Transaction
from puntal.programs import operations as programs

PATIENCE = """
-- Where the sums of days are just being made, the books themselves are read.
SET LOCAL statement_timeout = '15min'
"""


async def make(database: Database, program_id: int, id: UUID, *, now: datetime) -> bool:
    """Make a report's files; returns whether they were made. One that does not wait is left alone.

    Args:
        database: Open.
        program_id: Whose.
        id: Of the report.
        now: Real time, from which the files are kept.
    """
    async with database.program_transaction(program_id) as tx:
        one = await store.find(tx, program_id, id)
        if one is None or one.state != "waiting":
            return False
        content = await read(tx, program_id, one, now=now)
    files = await asyncio.to_thread(written, content)
    async with database.program_transaction(program_id) as tx:
        made = await store.end(
            tx, program_id, one, files, now=now, expires_at=now + KEPT, secret=secrets.token_bytes(32)
        )
        if made:
            news = News(
                code="report.done",
                target=("report", str(id)),
                once=f"report:{one.every}:{one.since}",
                numbers={"kind": one.every, "since": one.since.isoformat(), "through": one.through.isoformat()},
            )
            await notifications.tell_whoever_may(tx, program_id, Permission.REPORTS_READ, [news], now=now)
    return made


async def read(tx: Transaction, program_id: int, one: Report, *, now: datetime) -> Content:
    """Return what a report tells, as of now on the program's clock."""
    await tx.execute(PATIENCE)
    published = await programs.load_published(tx, program_id)
    program = compile_program(
        published.document, program_id=program_id, revision=published.number, ordinals=published.wallets
    )
    return await gather(tx, program, one, now=now - published.clock_offset)


def written(content: Content) -> Mapping[Format, bytes]:
    """Return a report's files."""
    from puntal.insight.periodic import drawing  # noqa: PLC0415 - a third of a second, which few processes need

    return {"pdf": drawing.draw(content), "csv": sheets.write_csv(content), "xlsx": sheets.write_xlsx(content)}
