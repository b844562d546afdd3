"""Reading all that a report tells, in one view of the data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from puntal.engine.model import Compiled
from puntal.insight import policy_advice, queries
from puntal.insight import policy_kpis as policy
from puntal.insight.model_home import Every
from puntal.insight.model_kpis import Figure, Span
from puntal.insight.periodic.model import Content, Published, Report, RuleGave, Shown
from puntal.insight.periodic.naming import named
from puntal.insight.queries.flows import liability
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.programs import operations as programs
from puntal.programs import queries as revisions
from puntal.programs.diff import diff

TOLD = (
    "members",
    "new_members",
    "active_rate",
    "sales",
    "orders",
    "average_order",
    "repeat_purchase_rate",
    "repeat_customer_rate",
    "membership_rate",
    "influenced_sales",
    "incentive_cost",
    "incentive_roi",
    "earned",
    "spent",
    "expired",
    "redemption_rate_period",
    "breakage_rate",
)
"""The key figures of a report, in its order; those of wallets once for each."""
MOST_RULES = 8
MOST_REWARDS = 8
MOST_CHANGES = 14
_MOST_REVISIONS = 200
_MOST_DAYS = 45
"""Of a chart with a bar for each day; beyond it has one for each week."""

RULES = """
-- Locks nothing. What each rule gave in the period, net of what was reversed of it in it; by block ranges of time.
SELECT t.rule, t.wallet::integer, count(*) FILTER (WHERE t.source = 'issued'),
  sum(CASE WHEN t.source = 'issued' THEN t.amount ELSE -t.amount END)::bigint
FROM transfer t
WHERE t.program_id = %(program_id)s AND t.rule IS NOT NULL AND (t.source = 'issued' OR t.destination = 'issued')
  AND t.recorded_at >= %(begins)s::timestamptz AND t.recorded_at < %(ends)s::timestamptz
GROUP BY t.rule, t.wallet
ORDER BY 4 DESC, t.rule
LIMIT %(limit)s
"""


async def gather(tx: Transaction, program: Compiled, one: Report, *, now: datetime) -> Content:
    """Return what a report tells.

    Figures, goals, rules, rewards and tiers are of the period; the liability and budgets as of `now`.

    Args:
        tx: An open transaction on the program; all is read in it.
        program: As it stands.
        one: Which period, in which language.
        now: On the program's clock.
    """
    period = policy.span(program.zone, one.since, one.through)
    before = policy.before(program.zone, period)
    rest = await queries.opened(tx, program)
    kpis = await queries.kpis(tx, program, period, now=now, rest=rest)
    past = await queries.kpis(tx, program, before, now=now, rest=rest, standing=False)
    figures, earlier = policy.figures(kpis), {(each.id, each.wallet): each for each in policy.figures(past)}
    days = (period.through - period.since).days + 1
    steps: Every = "day" if days <= _MOST_DAYS else "week"
    goals = [each for each in await queries.goals(tx, program.program_id) if _overlaps(each.since, each.through, one)]
    ranks = await queries.rewards(tx, program, period)
    stands, _ = await queries.tiers(tx, program, period)
    published, changes = await _changes(tx, program, period, one)
    rows = await (
        await tx.execute(
            RULES,
            {
                "program_id": program.program_id,
                "begins": period.begins,
                "ends": period.ends,
                "limit": MOST_RULES,
            },
        )
    ).fetchall()
    names = named(program.document, one.language)
    return Content(
        every=one.every,
        language=one.language,
        span=period,
        before=before,
        zone=program.document.timezone,
        currency=program.currency,
        made_on=local_day(program.zone, now),
        names=names,
        program=names.program,
        money=frozenset(terms.id for terms in program.terms if terms.kind == "money"),
        figures=_shown(figures, earlier, {terms.id for terms in program.terms if terms.kind == "qualifying"}),
        steps=steps,
        series=await queries.series(tx, program, period, every=steps, rest=rest),
        goals=[
            # What ended in the period is over; what goes on is told as of its last evening.
            *await queries.progress(
                tx, program, [each for each in goals if each.through <= one.through], now=period.ends, rest=rest
            ),
            *await queries.progress(
                tx,
                program,
                [each for each in goals if each.through > one.through],
                now=period.ends - timedelta(seconds=1),
                rest=rest,
            ),
        ],
        budgets=await queries.budgets(tx, program, now=now),
        rules=[RuleGave(row[0], program.terms[row[1]].id, row[2], row[3]) for row in rows],
        rewards=[rank for rank in ranks if rank.redemptions or rank.vouchers_used][:MOST_REWARDS],
        tiers=stands,
        liability=[
            line
            for terms, line in zip(
                program.terms,
                await liability(tx, program, flows_to=None if rest is None else rest.flows_to),
                strict=True,
            )
            if terms.kind != "qualifying"
        ],
        advice=policy_advice.advice(
            kpis, past, ranks, kpis.influence.incentives, reminds=bool(program.document.policies.reminders)
        ),
        published=published,
        changes=changes[:MOST_CHANGES],
        more_changes=max(len(changes) - MOST_CHANGES, 0),
    )


def _overlaps(since: date, through: date, one: Report) -> bool:
    return since <= one.through and through >= one.since


def _shown(
    figures: Sequence[Figure], earlier: dict[tuple[str, str | None], Figure], qualifying: set[str]
) -> list[Shown]:
    told = sorted(
        (each for each in figures if each.id in TOLD and each.wallet not in qualifying),
        key=lambda each: TOLD.index(each.id),
    )
    return [Shown(each, earlier.get((each.id, each.wallet))) for each in told]


async def _changes(tx: Transaction, program: Compiled, period: Span, one: Report) -> tuple[list[Published], list[str]]:
    """Return the revisions of a period, newest first, and what they changed: the last beside what was before them."""
    found = [
        each
        for each in await revisions.revisions(tx, program.program_id, limit=_MOST_REVISIONS)
        if period.begins <= each.effective_from < period.ends
    ]
    published = [Published(each.number, local_day(program.zone, each.effective_from), each.note) for each in found]
    numbers = sorted(each.number for each in found)
    if not numbers or numbers[0] == 1:
        # The first revision changes nothing: it begins.
        numbers = numbers[1:]
        old = 1
    else:
        old = numbers[0] - 1
    if not numbers:
        return published, []
    was = await programs.load_published(tx, program.program_id, number=old)
    became = await programs.load_published(tx, program.program_id, number=numbers[-1])
    return published, [change.words[one.language] for change in diff(was.document, became.document).changes]
