"""Background work: jobs are deferred by name inside the transaction that needs them, and run by a worker.

    @job("segments.refresh")
    async def refresh(work: Work, *, program_id: int) -> None: ...


    await defer(tx, "segments.refresh", once=f"segments.refresh:{program_id}", program_id=program_id)

A job takes ids and keywords only, may run twice, and accepts the arguments of the release before. Its work is an
operation; the job opens the transaction. The queue is procrastinate's, in the same database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import msgspec
import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from puntal.kit.db import APPLICATION_ROLE, Database
from puntal.kit.errors import Refusal

if TYPE_CHECKING:
    from procrastinate.jobs import Job

    from puntal.kit.db import Transaction

Parameters = ParamSpec("Parameters")
Part = TypeVar("Part")

MOST_ATTEMPTS = 12
_FIRST_WAIT_SECONDS = 5
_LONGEST_WAIT_SECONDS = 3600
STALLED_SECONDS = 60
"""How long a worker that says nothing is waited for, unless the deployment says otherwise."""
_BEATS_PER_STALL = 6
_KEPT_HOURS = 24
_FAILED_KEPT_HOURS = 24 * 30
_WORK = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a job is given beside its arguments.

    Attributes:
        parts: What entry points share with jobs, by type: a cache of compiled programs, a mail sender.
        attempt: 1 for the first.
    """

    database: Database
    parts: Mapping[type[Any], object] = field(default_factory=dict)
    attempt: int = 1

    def part(self, kind: type[Part]) -> Part:
        """Return the part of a type; asking for one the entry point did not bring is a defect."""
        found = self.parts[kind]
        assert isinstance(found, kind)
        return found


class _Patience(procrastinate.BaseRetryStrategy):
    """Try again after 5 s, 10 s, 20 s ... an hour; a refusal is an answer and is not asked for twice."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        if isinstance(exception, Refusal) or job.attempts + 1 >= MOST_ATTEMPTS:
            return None
        return procrastinate.RetryDecision(retry_in={"seconds": wait_seconds(job.attempts + 1)})


def wait_seconds(failures: int) -> int:
    """Return the pause after so many failures of a job: 5, 10, 20 ... at most an hour."""
    return int(min(_FIRST_WAIT_SECONDS * 2 ** (failures - 1), _LONGEST_WAIT_SECONDS))


app = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""Knows the jobs of every module that was imported. Never opened itself: `runner` makes one with connections."""


def job(
    name: str,
) -> Callable[[Callable[Concatenate[Work, Parameters], Awaitable[None]]], Callable[..., Awaitable[None]]]:
    """Register a job under a name, imperative and dotted; a failure is tried again 12 times, over about 4 hours."""

    def register(run: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def begin(context: procrastinate.JobContext, /, **arguments: Any) -> None:  # noqa: ANN401 - what was deferred
            given: Work = context.additional_context[_WORK]
            work = Work(database=given.database, parts=given.parts, attempt=context.job.attempts + 1)
            await run(work, **arguments)

        app.task(name=name, pass_context=True, retry=_Patience())(begin)
        return run

    return register


def known() -> frozenset[str]:
    """Return the names of the jobs registered so far."""
    return frozenset(name for name in app.tasks if not name.startswith(("builtin:", "procrastinate.")))


async def defer(
    tx: Transaction,
    name: str,
    /,
    *,
    once: str | None = None,
    lock: str | None = None,
    at: datetime | None = None,
    **arguments: object,
) -> bool:
    """Queue a job; it runs if and only if the caller's transaction commits.

    Args:
        tx: The caller commits.
        name: Of the job; it need not be registered in this process.
        once: At most one job with these words waits at a time.
        lock: Jobs with the same words run one after the other.
        at: Not before this (real) time.
        arguments: Handed to the job as JSON values: ids and instants become text.

    Returns:
        Whether it was queued; False when one with the same `once` waits already.
    """
    deferrer = app.configure_task(name, lock=lock, queueing_lock=once, schedule_at=at, connection=tx)
    values = msgspec.to_builtins(arguments)
    if once is None:
        await deferrer.defer_async(**values)
        return True
    try:
        # A second one breaks a unique index, which without a savepoint would end the caller's transaction.
        async with tx.transaction():
            await deferrer.defer_async(**values)
    except AlreadyEnqueued:
        return False
    return True


def runner(uri: str, *, connections: int = 4) -> procrastinate.App:
    """Return the queue with connections of its own, as the application; open it with `open_async`."""
    connector = procrastinate.PsycopgConnector(
        conninfo=uri, min_size=1, max_size=connections, configure=_as_application, name="jobs"
    )
    return app.with_connector(connector)


async def run(
    opened: procrastinate.App,
    work: Work,
    *,
    concurrency: int,
    grace_seconds: int = 30,
    stalled_seconds: int = STALLED_SECONDS,
    wait: bool = True,
) -> None:
    """Run jobs until cancelled; those under way are given `grace_seconds` to end.

    Says several times in `stalled_seconds` that it is alive.

    Returns early when a connection is lost (run it again), or with `wait=False` when no job is due.
    """
    await opened.run_worker_async(
        concurrency=concurrency,
        wait=wait,
        additional_context={_WORK: work},
        install_signal_handlers=False,
        shutdown_graceful_timeout=grace_seconds,
        update_heartbeat_interval=stalled_seconds / _BEATS_PER_STALL,
        stalled_worker_timeout=stalled_seconds,
        listen_notify=wait,
    )


async def keep_house(opened: procrastinate.App, *, stalled_seconds: int = STALLED_SECONDS) -> int:
    """Queue again the jobs whose worker said nothing for so long; delete those done a day ago, or failed 30 days ago.

    Returns:
        How many were queued again.
    """
    stalled = list(await opened.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds))
    for found in stalled:
        await opened.job_manager.retry_job(found)
    await opened.job_manager.delete_old_jobs(nb_hours=_KEPT_HOURS)
    await opened.job_manager.delete_old_jobs(
        nb_hours=_FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
    return len(stalled)


async def _as_application(connection: AsyncConnection[TupleRow]) -> None:
    await connection.set_autocommit(True)
    await connection.execute(
        sql.SQL("SET ROLE {}; SET timezone = 'UTC'").format(sql.Identifier(APPLICATION_ROLE)), prepare=False
    )
