"""What ends soon if nobody does anything, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Ending, EndingRow
from puntal.kit.calendar import local_day, midnight
from puntal.kit.db import Transaction
from puntal.points.model import LiabilityLine, Terms

SOON_DAYS = 30
"""Today is the first of them."""

SOON = """
soon AS (
  SELECT l.holder_id, l.wallet, l.id, l.ends_at, l.remaining
  FROM holder h
  JOIN lot l ON l.program_id = %(program_id)s AND l.holder_id = h.id
  LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = h.id
  WHERE h.program_id = %(program_id)s AND h.due_at <= %(until)s::timestamptz AND m.status IS DISTINCT FROM 'guest'
    AND l.remaining > 0 AND l.starts_at <= %(now)s::timestamptz
    AND l.ends_at > %(now)s::timestamptz AND l.ends_at <= %(until)s::timestamptz
)"""

ENDING = f"""
-- Locks nothing. Along the index of holders whose next change by the clock is near, and their lots.
WITH {SOON}
SELECT wallet::integer, sum(remaining) FROM soon GROUP BY wallet ORDER BY wallet
"""  # noqa: S608 - our own text, no input

ENDING_ROWS = f"""
-- Locks nothing. What ends first is first.
WITH {SOON}, by_day AS (
  SELECT holder_id, (ends_at AT TIME ZONE %(zone)s)::date AS day, sum(remaining) AS units
  FROM soon WHERE wallet = %(wallet)s::smallint
  GROUP BY 1, 2
)
SELECT holder_id, day, units FROM by_day
WHERE %(after_day)s::date IS NULL OR (day, holder_id) > (%(after_day)s::date, %(after)s::uuid)
ORDER BY day, holder_id
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input


async def ending(tx: Transaction, program: Compiled, lines: Sequence[LiabilityLine], *, now: datetime) -> list[Ending]:
    """Return what ends soon of each wallet that is spent; `lines` say what is available of each."""
    rows = await (await tx.execute(ENDING.encode(), soon_names(program, now))).fetchall()
    units = {row[0]: int(row[1]) for row in rows}
    return [
        Ending(terms.id, terms.kind, units.get(terms.ordinal, 0), line.available)
        for terms, line in zip(program.terms, lines, strict=True)
        if terms.kind != "qualifying"
    ]


async def ending_behind(
    tx: Transaction,
    program: Compiled,
    *,
    wallet: Terms,
    after: tuple[date, UUID] | None,
    limit: int,
    now: datetime,
) -> list[EndingRow]:
    """Return whose units of a wallet end soon, by the day on which they are gone."""
    day, holder = after or (None, None)
    said = soon_names(program, now) | {"wallet": wallet.ordinal, "after_day": day, "after": holder, "limit": limit}
    rows = await (await tx.execute(ENDING_ROWS.encode(), said)).fetchall()
    return [EndingRow(row[0], row[1], int(row[2])) for row in rows]


def soon_names(program: Compiled, now: datetime) -> dict[str, Any]:
    """Return the parameters of what ends soon."""
    until = midnight(program.zone, local_day(program.zone, now) + timedelta(days=SOON_DAYS))
    return {"program_id": program.program_id, "zone": program.document.timezone, "now": now, "until": until}
