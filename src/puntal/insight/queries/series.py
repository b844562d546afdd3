"""Additive figures per day, week or month, for charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from puntal.engine.model import Compiled
from puntal.insight.errors import TooFine
from puntal.insight.model_home import Every, SeriesPoint, WalletMoves
from puntal.insight.model_kpis import Span
from puntal.insight.queries import rollups
from puntal.insight.queries.flows import moved_by_day
from puntal.insight.queries.parts import BOUGHT, names
from puntal.insight.queries.rollups import Open
from puntal.kit.calendar import period_end, period_start
from puntal.kit.db import Transaction

MOST_POINTS = 1100
"""Three years of days."""

JOINED_BY_DAY = """
-- Locks nothing. Along the index by day of joining.
SELECT (m.enrolled_at AT TIME ZONE %(zone)s)::date, count(*)
FROM member m
WHERE m.program_id = %(program_id)s AND m.status = ANY(%(statuses)s::text[])
  AND m.enrolled_at >= %(begins)s::timestamptz AND m.enrolled_at < %(ends)s::timestamptz
GROUP BY 1
ORDER BY 1
"""

BOUGHT_BY_DAY = f"""
-- Locks nothing. Purchases of the period by day, members' apart.
WITH {BOUGHT}
SELECT day, count(*), coalesce(sum(sales), 0), count(*) FILTER (WHERE joined),
  coalesce(sum(sales) FILTER (WHERE joined), 0)
FROM bought
GROUP BY day
ORDER BY day
"""  # noqa: S608 - our own text, no input


async def series(
    tx: Transaction, program: Compiled, period: Span, *, every: Every, rest: Open | None = None
) -> list[SeriesPoint]:
    """Return the points of a period, oldest first, those without anything too; `rest` is as of `kpis`.

    Raises:
        TooFine: There would be more than `MOST_POINTS`.
    """
    buckets = list(_buckets(period, every))
    days = None if rest is None else await rollups.by_day(tx, program, period, rest)
    flows_to = None if rest is None or days is None else rest.flows_to
    moved = await moved_by_day(tx, program, period, flows_to=flows_to)
    if days is not None and await rollups.usable(tx, program) is None:
        # The sums were begun anew while they were read.
        days, moved = None, await moved_by_day(tx, program, period)
    if days is None:
        said = names(program, period)
        joined = await (await tx.execute(JOINED_BY_DAY, said)).fetchall()
        bought = await (await tx.execute(BOUGHT_BY_DAY.encode(), said)).fetchall()
        return points_of(program, buckets, joined, bought, moved)
    by_members = days["member_orders"]
    return points_of(
        program,
        buckets,
        [(day, count) for day, (count, _) in days["joined"].items()],
        [(day, *both, *by_members.get(day, (0, 0))) for day, both in days["orders"].items()],
        moved,
    )


def points_of(
    program: Compiled,
    buckets: Sequence[tuple[date, date]],
    joined: Sequence[Sequence[Any]],
    bought: Sequence[Sequence[Any]],
    moved: Sequence[Sequence[Any]],
) -> list[SeriesPoint]:
    """Return rows of days added up into buckets."""
    at: dict[date, int] = {}
    for number, (since, through) in enumerate(buckets):
        at.update(dict.fromkeys((since + timedelta(days=n) for n in range((through - since).days + 1)), number))
    sums = [[0] * 5 for _ in buckets]
    of_wallets = [[[0, 0, 0] for _ in program.terms] for _ in buckets]
    for day, count in joined:
        sums[at[day]][0] += count
    for day, *values in bought:
        for place, value in enumerate(values, start=1):
            sums[at[day]][place] += int(value)
    for day, ordinal, *values in moved:
        for place, value in enumerate(values):
            of_wallets[at[day]][ordinal][place] += int(value)
    return [
        SeriesPoint(since, through, joins, orders, sales, by_members, to_members, moves)
        for (since, through), (joins, orders, sales, by_members, to_members), moves in zip(
            buckets,
            sums,
            ([WalletMoves(terms.id, *each[terms.ordinal]) for terms in program.terms] for each in of_wallets),
            strict=True,
        )
    ]


def _buckets(period: Span, every: Every) -> Iterator[tuple[date, date]]:
    since, count = period.since, 0
    while since <= period.through:
        count += 1
        if count > MOST_POINTS:
            raise TooFine(most=MOST_POINTS)
        ends = period_end(period_start(since, every), every)
        assert ends is not None, "days, weeks and months end"
        yield since, min(ends - timedelta(days=1), period.through)
        since = ends
