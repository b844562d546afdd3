"""Additive figures per day, week or month, for charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from puntal.engine.model import Compiled
from puntal.insight.errors import TooFine
from puntal.insight.model_home import Every, SeriesPoint, WalletMoves
from puntal.insight.model_kpis import Span
from puntal.insight.queries.parts import BOUGHT, names
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

MOVED_BY_DAY = """
-- Locks nothing. What rules gave, what was redeemed or paid with and what expired, by day of recording.
SELECT (t.recorded_at AT TIME ZONE %(zone)s)::date, t.wallet::integer,
  coalesce(sum(CASE WHEN t.source = 'issued' THEN t.amount ELSE -t.amount END)
    FILTER (WHERE 'issued' IN (t.source, t.destination)), 0),
  coalesce(sum(CASE WHEN t.destination IN ('redeemed', 'spent') THEN t.amount ELSE -t.amount END)
    FILTER (WHERE t.source IN ('redeemed', 'spent') OR t.destination IN ('redeemed', 'spent')), 0),
  coalesce(sum(CASE WHEN t.destination = 'expired' THEN t.amount ELSE -t.amount END)
    FILTER (WHERE 'expired' IN (t.source, t.destination)), 0)
FROM transfer t
WHERE t.program_id = %(program_id)s
  AND t.recorded_at >= %(begins)s::timestamptz AND t.recorded_at < %(ends)s::timestamptz
  AND (t.source IN ('available', 'pending', 'held', 'debt'))
    <> (t.destination IN ('available', 'pending', 'held', 'debt'))
GROUP BY 1, 2
ORDER BY 1, 2
"""


async def series(tx: Transaction, program: Compiled, period: Span, *, every: Every) -> list[SeriesPoint]:
    """Return the points of a period, oldest first, those without anything too.

    Raises:
        TooFine: There would be more than `MOST_POINTS`.
    """
    buckets = list(_buckets(period, every))
    said = names(program, period)
    joined = await (await tx.execute(JOINED_BY_DAY, said)).fetchall()
    bought = await (await tx.execute(BOUGHT_BY_DAY.encode(), said)).fetchall()
    moved = await (await tx.execute(MOVED_BY_DAY, said)).fetchall()
    return points_of(program, buckets, joined, bought, moved)


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
