"""Award history: one rule over orders of the past, portion by portion, over HTTP and from a shell.

Each order and rule make one event, so a run that was cut short, or is run again, goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar

from fastapi import Request
from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import Now, ProgramCaller, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.entrypoints.intake import MOST_TRIES, Intake
from puntal.entrypoints.programs import Loaded, Programs
from puntal.intake import operations
from puntal.intake.errors import Again
from puntal.intake.history import PORTION, Place, Totals, add, check, portion
from puntal.intake.model import Answer, Item
from puntal.intake.rehearsing import Rehearsal
from puntal.kit import clock, ids, pages
from puntal.kit.calendar import local_day, midnight
from puntal.kit.db import Database
from puntal.kit.db import ProgramId as KnownProgramId
from puntal.kit.errors import Invalid, Refusal
from puntal.kit.http import database_of
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening

MOST_ORDERS = 5_000
"""In one call over HTTP."""
EARLIEST = date(1990, 1, 1)
_MOST_FAILED = 100

router = program_router("events")

_Aware = Annotated[datetime, Meta(tz=True)]


class HistoryPeriodInvalid(Invalid):
    """The days are the wrong way round."""

    code = "history.period_invalid"
    messages: ClassVar[dict[str, str]] = {
        "en": "The last day must not be before the first",
        "es": "El último día no puede ser anterior al primero",
    }


@dataclass(frozen=True)
class Wanted:
    """A rule, and days of the program's zone, both included."""

    rule: str
    first: date
    last: date


@dataclass
class Done:
    """What a run did, or would do."""

    totals: Totals = field(default_factory=Totals)
    failed: list[tuple[str, str]] = field(default_factory=list)
    """Order and code of what could not be decided; the next run tries it again."""
    following: Place | None = None
    """Where to go on; None at the end."""


class HistoryAwards:
    """Awards history in one program. The newest revision decides each order as of its date, with current budgets."""

    def __init__(self, database: Database, programs: Programs, program_id: int) -> None:
        self.database = database
        self.programs = programs
        self.program_id = program_id
        self.intake = Intake(database, programs, newest_only=True)

    async def run(
        self,
        wanted: Wanted,
        *,
        by: str,
        now: datetime | None = None,
        after: Place | None = None,
        most: int | None = None,
        preview: bool = False,
        report: Callable[[Done], None] = lambda _: None,
    ) -> Done:
        """Award, in the order of time; orders that have got it are passed over.

        Args:
            wanted: What.
            by: Who asked, for the log.
            now: Program time of writing; when it is, if not given.
            after: Where an earlier call stopped.
            most: Orders to look at; all when not given.
            preview: Write nothing. What a portion would have left counts for those after it in this call.
            report: Called after each portion.

        Raises:
            HistoryPeriodInvalid: The days are the wrong way round.
            RuleUnknown: The published program has no such rule on purchases.
            RuleMultiplies: It gives nothing by itself.
        """
        if wanted.last < wanted.first:
            raise HistoryPeriodInvalid
        loaded = await self._begin(wanted, by=by, preview=preview)
        check(loaded.newest, wanted.rule)
        now = now or clock.now() - loaded.clock_offset
        zone = loaded.newest.zone
        # There are no orders outside of these days, and far outside there are no instants.
        first, last = max(wanted.first, EARLIEST), min(wanted.last, local_day(zone, now) + timedelta(days=1))
        since, until = midnight(zone, first), midnight(zone, max(last, EARLIEST) + timedelta(days=1))
        done = Done(following=after)
        members: set[str] = set()
        rehearsal = Rehearsal() if preview else None
        looked = 0
        while True:
            limit = PORTION if most is None else min(PORTION, most - looked)
            async with self.database.program_transaction(self.program_id) as tx:
                items, done.following = await portion(
                    tx,
                    loaded.newest,
                    rule=wanted.rule,
                    since=since,
                    until=until,
                    after=done.following,
                    now=now,
                    limit=limit,
                )
            answers = await self._decide(items, rehearsal) if items else []
            add(done.totals, loaded.newest, [each for each in answers if isinstance(each, Answer)], members)
            done.failed += [
                (item.event.order_id or item.said.id, answer.code)
                for item, answer in zip(items, answers, strict=True)
                if isinstance(answer, Refusal)
            ]
            looked += limit
            report(done)
            if done.following is None or (most is not None and looked >= most):
                break
        if not preview and done.totals.awarded:
            await self._tell(wanted, done.totals, now)
        return done

    async def _begin(self, wanted: Wanted, *, by: str, preview: bool) -> Loaded:
        async with self.database.program_transaction(self.program_id) as tx:
            loaded = await self.programs.current(tx, self.program_id)
            check(loaded.newest, wanted.rule)
            if not preview:
                await audit.record(
                    tx,
                    program_id=KnownProgramId(self.program_id),
                    actor=by,
                    action="history.awarded",
                    subject=f"rule:{wanted.rule}",
                    now=clock.now(),
                    detail={"from": wanted.first.isoformat(), "through": wanted.last.isoformat()},
                )
        return loaded

    async def _decide(self, items: Sequence[Item], rehearsal: Rehearsal | None) -> list[Answer | Refusal]:
        if rehearsal is None:
            return await self.intake.run(self.program_id, items)
        for _ in range(MOST_TRIES):
            try:
                async with self.database.program_transaction(self.program_id) as tx:
                    answers = await operations.take(
                        tx,
                        await self.programs.current(tx, self.program_id),
                        items,
                        recorded_at=clock.now(),
                        newest_only=True,
                        rehearsal=rehearsal,
                    )
                    # A question leaves nothing, not even a row that was opened to be locked.
                    await tx.execute("ROLLBACK; BEGIN", prepare=False)
                    return answers
            except Again:
                continue
        raise RuntimeError("The members' pools change too fast to preview them; try again")

    async def _tell(self, wanted: Wanted, totals: Totals, now: datetime) -> None:
        """Let whoever follows the members know that many of them changed."""
        happening = Happening(
            id=ids.new_id(),
            kind="history.awarded",
            effective_at=now,
            recorded_at=clock.now(),
            payload={"rule": wanted.rule, "orders": totals.awarded, "points": totals.points},
        )
        async with self.database.program_transaction(self.program_id) as tx:
            await outbox.append(tx, self.program_id, [happening])


class HistoryIn(BaseModel):
    """Which rule, over which of the program's days."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={
            "examples": [{"rule": "purchases", "from": "2026-01-01", "through": "2026-03-31", "preview": True}]
        },
    )

    rule: Annotated[str, Field(min_length=1, max_length=63, description="Id of a rule on purchases.")]
    first: date = Field(alias="from", description="First day, by the order's date in the program's zone.")
    through: date = Field(description="Last day, included.")
    preview: bool = Field(default=False, description="Say what it would give, and write nothing.")
    cursor: str | None = Field(default=None, max_length=1000, description="`next` of the call before.")


class HistoryFailedOut(BaseModel):
    """An order that could not be decided; the next run tries it again."""

    order: str
    code: str = Field(examples=["intake.failed"])


class HistoryOut(BaseModel):
    """What a call did or, in a preview, would do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "preview": True,
                    "orders": 812,
                    "awarded": 790,
                    "members": 304,
                    "points": {"points": 15844},
                    "failed": [],
                    "failed_count": 0,
                    "next": None,
                }
            ]
        }
    )

    preview: bool
    orders: int = Field(description="Orders that were looked at.")
    awarded: int = Field(description="Of these, given something now.")
    members: int = Field(description="Whom something was given.")
    points: dict[str, int] = Field(description="What was given, by wallet, in its smallest unit.")
    failed: list[HistoryFailedOut] = Field(description="The first hundred that could not be decided.")
    failed_count: int
    next: str | None = Field(description="Send as `cursor` to go on; null when all is done.")


@router.post(
    "/history-awards",
    summary="Award history",
    dependencies=[requires(Permission.PROGRAM_PUBLISH)],
    responses={
        400: {"description": "`request.malformed`, `request.bad_cursor`"},
        404: {"description": "`history.rule_unknown`, `access.program_unknown`"},
        422: {"description": "`history.multiplier`, `history.period_invalid`, `request.faulty`"},
    },
)
async def award_history(
    body: HistoryIn, request: Request, program_id: ProgramId, caller: ProgramCaller, now: Now
) -> HistoryOut:
    """Give now what a rule of the published program would have given for orders of the past, net of refunds.

    Each order gets it once, however often this is called. A call looks at 5,000 orders at most; call again with `next`
    until it is null. In a preview limits and budgets count what this call would use, not what calls before it would.
    """
    awards = HistoryAwards(database_of(request), request.app.state.programs, program_id)
    done = await awards.run(
        Wanted(body.rule, body.first, body.through),
        by=caller.actor,
        now=now,
        after=None if body.cursor is None else pages.read_cursor(body.cursor, tuple[_Aware, str, str]),
        most=MOST_ORDERS,
        preview=body.preview,
    )
    totals = done.totals
    return HistoryOut(
        preview=body.preview,
        orders=totals.orders,
        awarded=totals.awarded,
        members=totals.members,
        points=totals.points,
        failed=[HistoryFailedOut(order=order, code=code) for order, code in done.failed[:_MOST_FAILED]],
        failed_count=len(done.failed),
        next=None if done.following is None else pages.write_cursor(done.following),
    )
