"""What a worker does for exports."""

from __future__ import annotations

from uuid import UUID

import structlog

from puntal.access.operations import notifications
from puntal.insight.exports import making, store
from puntal.insight.exports.operations import EXPORT
from puntal.kit import clock, jobs
from puntal.kit.errors import Refusal
from puntal.kit.jobs import Work

MOST_ATTEMPTS = 3
"""Somebody waits for it: an answer that it cannot be made is better than hours."""
_log = structlog.get_logger(__name__)


@jobs.job(EXPORT)
async def export(work: Work, *, program_id: int, export_id: str) -> None:
    """Make a file; one that is over is left alone, and one that was cut short begins anew."""
    now, id = clock.now(), UUID(export_id)
    try:
        await making.make(work.database, program_id, id, now=now)
    except Exception as failure:
        refused = isinstance(failure, Refusal)
        if not refused and work.attempt < MOST_ATTEMPTS:
            raise
        _log.exception("export.failed", program_id=program_id, export_id=export_id)
        code = failure.code if isinstance(failure, Refusal) else "insight.export_failed"
        async with work.database.program_transaction(program_id) as tx:
            failed = await store.fail(tx, program_id, id, error=code, now=now)
            if failed is not None:
                await notifications.tell(
                    tx, program_id, failed[0], "export.failed", target=("export", id), now=now, kind=failed[1]
                )
