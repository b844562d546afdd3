"""What a worker does for periodic reports."""

from __future__ import annotations

from uuid import UUID

import structlog

from puntal.insight.periodic import making, store
from puntal.insight.periodic.operations import REPORT
from puntal.kit import clock, jobs
from puntal.kit.errors import Refusal
from puntal.kit.jobs import Work

MOST_ATTEMPTS = 4
"""Over about a minute: an answer that it cannot be made is better than hours."""
_log = structlog.get_logger(__name__)


@jobs.job(REPORT)
async def report(work: Work, *, program_id: int, report_id: str) -> None:
    """Make a report; one that is done is left alone."""
    id = UUID(report_id)
    try:
        await making.make(work.database, program_id, id, now=clock.now())
    except Exception as failure:
        refused = isinstance(failure, Refusal)
        if not refused and work.attempt < MOST_ATTEMPTS:
            raise
        _log.exception("report.failed", program_id=program_id, report_id=report_id)
        code = failure.code if isinstance(failure, Refusal) else "insight.report_failed"
        async with work.database.program_transaction(program_id) as tx:
            await store.fail(tx, program_id, id, error=code)
