"""Cohorts, tiers and rewards of a period, and the rows behind each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field

from puntal.insight import policy_kpis as policy
from puntal.insight import queries
from puntal.insight.api.kpis import DaysOut
from puntal.insight.api.routing import FILE, NAMED, PAGES, READ, REFUSALS, Asked, Paged, Period, router, shaped
from puntal.insight.api.rows import MemberRowOut
from puntal.insight.model_breakdowns import Cohort
from puntal.kit.calendar import add_months
from puntal.kit.pages import Page, last_id, read_cursor

_USUAL_MONTHS = 12


class CohortOut(BaseModel):
    """Who joined in a month."""

    cohort: date = Field(description="First day of the month of joining.", examples=["2026-03-01"])
    members: int
    buyers: list[int] = Field(description="Who bought in each calendar month since; the first is that of joining.")
    rates: list[float] = Field(description="Buyers by members. The last month is not over yet.")

    @classmethod
    def of(cls, found: Cohort) -> CohortOut:
        """Return it as the API shows it."""
        rates = [round(buyers / found.members, 6) for buyers in found.buyers]
        return cls(cohort=found.month, members=found.members, buyers=found.buyers, rates=rates)


class CohortsOut(BaseModel):
    """Months of joining, oldest first."""

    period: DaysOut
    items: list[CohortOut]


class CohortRowsQuery(Paged):
    """Which of a cohort."""

    month: int | None = Field(
        default=None, ge=0, le=600, description="Only who bought in this month since joining; not said: all."
    )


class TierStandOut(BaseModel):
    """Members in a tier."""

    ladder: str
    tier: str
    before: int = Field(description="When the period began.")
    after: int = Field(description="At its end.")


class TierMoveOut(BaseModel):
    """From one tier to another."""

    ladder: str
    from_tier: str
    to_tier: str
    up: bool
    changes: int
    members: int


class TierReportOut(BaseModel):
    """Who stood where, and who moved."""

    period: DaysOut
    tiers: list[TierStandOut]
    moves: list[TierMoveOut]


class TiersQuery(Period):
    """Which table, as a file."""

    of: Literal["tiers", "moves"] = Field(default="tiers", description="Of the file; JSON has both.")


class TierMembersQuery(Paged):
    """Of which tier."""

    ladder: str = Field(max_length=63)
    tier: str = Field(max_length=63)
    at: Literal["start", "end"] = Field(default="end", description="Of the period: as it began, or as it ended.")


class TierMemberOut(BaseModel):
    """Somebody in a tier at the start or the end of the period."""

    member_id: UUID
    member_name: str | None = Field(description=NAMED)


class TierChangesQuery(Paged):
    """Which changes."""

    ladder: str | None = Field(default=None, max_length=63)
    from_tier: str | None = Field(default=None, max_length=63)
    to_tier: str | None = Field(default=None, max_length=63)


class ChangedTierOut(BaseModel):
    """One change of a tier."""

    id: UUID
    member_id: UUID
    member_name: str | None = Field(description=NAMED)
    ladder: str
    from_tier: str
    to_tier: str
    reason: str
    effective_at: datetime


class RankedRewardOut(BaseModel):
    """What a reward did in the period."""

    reward: str
    redemptions: int = Field(description="Taken, and not cancelled or voided since.")
    members: int = Field(description="By how many.")
    wallet: str | None
    units: int = Field(description="Paid for it, less what went back.")
    vouchers_used: int
    discount_minor: int = Field(description="What redemptions and vouchers took off orders.")


class RedemptionsQuery(Paged):
    """Of which reward."""

    reward: str | None = Field(default=None, max_length=63)


class TakenRewardOut(BaseModel):
    """A reward that was taken."""

    id: UUID
    reward: str
    member_id: UUID
    member_name: str | None = Field(description=NAMED)
    committed_at: datetime
    wallet: str | None
    units: int
    discount_minor: int
    order: str | None


class VoucherUseOut(BaseModel):
    """A use of a voucher of a reward."""

    voucher_id: UUID
    reference: str = Field(description="What the shop called this use.")
    reward: str
    member_id: UUID | None
    member_name: str | None = Field(description=NAMED)
    used_at: datetime
    discount_minor: int
    order: str | None


@router.get(
    "/reports/cohorts",
    summary="Tell who came back, by month of joining",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=CohortsOut,
)
async def report_cohorts(asked: Asked, query: Annotated[Period, Query()]) -> CohortsOut | Response:
    """Tell how many of those who joined in a month bought in each calendar month since.

    Without `from` it tells of the last twelve months of joining. Who left since is counted; orders from before joining
    are not.
    """
    last = asked.span(query)
    since = query.since or add_months(last.through.replace(day=1), 1 - _USUAL_MONTHS)
    period = policy.span(asked.program.zone, since, last.through)
    found = await queries.cohorts(asked.tx, asked.program, period, today=asked.today)
    items = [CohortOut.of(one) for one in found]
    if asked.as_csv:
        cells = (
            (one.cohort, one.members, month, *both)
            for one in items
            for month, both in enumerate(zip(one.buyers, one.rates, strict=True))
        )
        return asked.file("cohorts", ("cohort", "members", "month", "buyers", "rate"), cells)
    return CohortsOut(period=DaysOut.of(period), items=items)


@router.get(
    "/reports/cohorts/members",
    summary="Show the members of a cohort",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[MemberRowOut],
)
async def report_cohort_members(
    asked: Asked, query: Annotated[CohortRowsQuery, Query()]
) -> Page[MemberRowOut] | Response:
    """Show who joined in the period, or who of them bought in one month since, counted from the month of `from`."""
    found = await queries.cohort_members(
        asked.tx,
        asked.program,
        asked.span(query),
        month=query.month,
        after=last_id(query.cursor),
        limit=query.limit + 1,
    )
    return await asked.paged(
        "cohort", MemberRowOut, found, query.limit, key=lambda row: (row.member_id,), whose=lambda row: row.member_id
    )


@router.get(
    "/reports/tiers",
    summary="Tell who is in which tier, and who moved",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=TierReportOut,
)
async def report_tiers(asked: Asked, query: Annotated[TiersQuery, Query()]) -> TierReportOut | Response:
    """Tell members per tier before the period and at its end, and how often they went from one to another in it.

    The file has the tiers, or with `of=moves` the moves; each change is in `reports/tiers/changes`.
    """
    period = asked.span(query)
    stands, moves = await queries.tiers(asked.tx, asked.program, period)
    shown = [shaped(TierStandOut, one) for one in stands]
    moved = [shaped(TierMoveOut, one) for one in moves]
    if asked.as_csv:
        return (
            asked.table("moves", TierMoveOut, moved)
            if query.of == "moves"
            else asked.table("tiers", TierStandOut, shown)
        )
    return TierReportOut(period=DaysOut.of(period), tiers=shown, moves=moved)


@router.get(
    "/reports/tiers/members",
    summary="Show who is in a tier",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[TierMemberOut],
)
async def report_tier_members(
    asked: Asked, query: Annotated[TierMembersQuery, Query()]
) -> Page[TierMemberOut] | Response:
    """Show who was in a tier at the end of the period, or as it began, by id."""
    period = asked.span(query)
    found = await queries.members_of_tier(
        asked.tx,
        asked.program,
        at=period.begins if query.at == "start" else period.ends,
        ladder=query.ladder,
        tier=query.tier,
        after=last_id(query.cursor),
        limit=query.limit + 1,
    )
    return await asked.paged(
        "tier", TierMemberOut, found, query.limit, key=lambda row: (row.member_id,), whose=lambda row: row.member_id
    )


@router.get(
    "/reports/tiers/changes",
    summary="Show who moved between tiers",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[ChangedTierOut],
)
async def report_tier_changes(
    asked: Asked, query: Annotated[TierChangesQuery, Query()]
) -> Page[ChangedTierOut] | Response:
    """Show the changes of a period, newest first; renewals are none."""
    found = await queries.tier_changes(
        asked.tx,
        asked.program,
        asked.span(query),
        ladder=query.ladder,
        from_tier=query.from_tier,
        to_tier=query.to_tier,
        before=read_cursor(query.cursor, tuple[datetime, UUID]) if query.cursor else None,
        limit=query.limit + 1,
    )
    return await asked.paged(
        "tier-changes",
        ChangedTierOut,
        found,
        query.limit,
        key=lambda row: (row.effective_at, row.id),
        whose=lambda row: row.member_id,
    )


@router.get(
    "/reports/rewards",
    summary="Rank rewards by how often they are taken",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=Page[RankedRewardOut],
)
async def report_rewards(asked: Asked, query: Annotated[Period, Query()]) -> Page[RankedRewardOut] | Response:
    """Tell every reward with what it did in the period, most used first; those that nobody took are at the end."""
    found = await queries.rewards(asked.tx, asked.program, asked.span(query))
    return asked.listed("rewards", RankedRewardOut, [shaped(RankedRewardOut, one) for one in found])


@router.get(
    "/reports/rewards/redemptions",
    summary="Show the redemptions behind the ranking",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[TakenRewardOut],
)
async def report_redemptions(
    asked: Asked, query: Annotated[RedemptionsQuery, Query()]
) -> Page[TakenRewardOut] | Response:
    """Show which rewards were taken in the period, newest first."""
    found = await queries.redemptions_behind(
        asked.tx,
        asked.program,
        asked.span(query),
        reward=query.reward,
        before=read_cursor(query.cursor, tuple[datetime, UUID]) if query.cursor else None,
        limit=query.limit + 1,
    )
    return await asked.paged(
        "redemptions",
        TakenRewardOut,
        found,
        query.limit,
        key=lambda row: (row.committed_at, row.id),
        whose=lambda row: row.member_id,
    )


@router.get(
    "/reports/rewards/uses",
    summary="Show the uses of vouchers behind the ranking",
    dependencies=READ,
    responses=PAGES,
    response_model=Page[VoucherUseOut],
)
async def report_voucher_uses(
    asked: Asked, query: Annotated[RedemptionsQuery, Query()]
) -> Page[VoucherUseOut] | Response:
    """Show which vouchers of rewards were used in the period, newest first, without their codes."""
    found = await queries.uses_behind(
        asked.tx,
        asked.program,
        asked.span(query),
        reward=query.reward,
        before=read_cursor(query.cursor, tuple[datetime, UUID, str]) if query.cursor else None,
        limit=query.limit + 1,
    )
    return await asked.paged(
        "voucher-uses",
        VoucherUseOut,
        found,
        query.limit,
        key=lambda row: (row.used_at, row.voucher_id, row.reference),
        whose=lambda row: row.member_id,
    )
