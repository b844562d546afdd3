"""The sums of days, and what is not in them yet: together the figures of any period as the books have them now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import Span
from puntal.insight.model_rollups import RollupState
from puntal.insight.policy_rollups import Subject, Sums, Totals, is_nobody, sums_of, together, totals_of
from puntal.insight.queries.incentives import campaigns_of
from puntal.insight.queries.subjects import subjects, touched
from puntal.kit.db import Transaction

MOST_OPEN = 20_000
"""More people than this about whom something is new are not looked at one by one while somebody waits."""

_COLUMNS = "s.version, s.zone, s.clock_offset_seconds, s.campaigns, s.built_to, s.real_from, s.program_from, s.flows_to"

STATE = f"""
-- Locks nothing.
SELECT {_COLUMNS} FROM figure_state s WHERE s.program_id = %(program_id)s
"""  # noqa: S608 - our own text, no input

OFFSET = """
-- Locks nothing.
SELECT clock_offset_seconds FROM program WHERE id = %(program_id)s
"""

SUMS = """
-- Locks nothing. One statement, so that state and sums are of one moment: days and gaps of the period along their keys.
SELECT s.version, 'day', d.series, d.key, sum(d.count), sum(d.amount), 0
FROM figure_state s
JOIN figure_day d ON d.program_id = %(program_id)s AND d.day >= %(since)s::date AND d.day <= %(through)s::date
WHERE s.program_id = %(program_id)s
GROUP BY s.version, d.series, d.key
UNION ALL
SELECT s.version, 'members', '', '', sum(d.count), 0, 0
FROM figure_state s
JOIN figure_day d ON d.program_id = %(program_id)s AND d.series = 'joined' AND d.day <= %(through)s::date
WHERE s.program_id = %(program_id)s
GROUP BY s.version
UNION ALL
SELECT s.version, 'gap', g.series, '', sum(g.count), 0,
  coalesce(sum(g.count) FILTER (WHERE g.before = %(never)s::date), 0)
FROM figure_state s
JOIN figure_gap g ON g.program_id = %(program_id)s AND g.series = ANY(%(gaps)s::text[])
  AND g.day >= %(since)s::date AND g.day <= %(through)s::date AND g.before < %(since)s::date
WHERE s.program_id = %(program_id)s
GROUP BY s.version, g.series
UNION ALL
SELECT s.version, 'state', '', '', 0, 0, 0 FROM figure_state s WHERE s.program_id = %(program_id)s
"""

BY_DAY = """
-- Locks nothing. As SUMS, of single days.
SELECT s.version, d.series, d.day, d.count, d.amount
FROM figure_state s
LEFT JOIN figure_day d ON d.program_id = %(program_id)s AND d.series = ANY(%(series)s::text[])
  AND d.day >= %(since)s::date AND d.day <= %(through)s::date
WHERE s.program_id = %(program_id)s
"""

KEPT = """
-- Locks nothing. What these contributed to the sums, and which version of them that is.
SELECT s.version, k.id, k.kept
FROM figure_state s
LEFT JOIN figure_subject k ON k.program_id = %(program_id)s AND k.id = ANY(%(ids)s::uuid[])
WHERE s.program_id = %(program_id)s
"""

_subject = msgspec.json.Decoder(Subject).decode
_DAILY = ("joined", "orders", "member_orders")
_GAPS = ["buyers", "buyers_2", "member_buyers", "active", "part"]
_TRIES = 3


def campaigns_said(program: Compiled) -> str:
    """Return which rules are a campaign's, as the state keeps it."""
    said = campaigns_of(program)
    return msgspec.json.encode(list(zip(said["rules"], said["campaigns"], strict=True))).decode()


async def state(tx: Transaction, program_id: int) -> RollupState | None:
    """Return how far the sums of a program are; None: there are none."""
    row = await (await tx.execute(STATE.encode(), {"program_id": program_id})).fetchone()
    return None if row is None else RollupState(*row)


async def clock_offset(tx: Transaction, program_id: int) -> int:
    """Return how many seconds the program's clock is behind."""
    row = await (await tx.execute(OFFSET, {"program_id": program_id})).fetchone()
    assert row is not None
    return int(row[0])


async def usable(tx: Transaction, program: Compiled) -> RollupState | None:
    """Return how far the sums are where they are whole and made for the program as it stands."""
    found = await state(tx, program.program_id)
    if found is None or found.built_to is not None or not fits(found, program):
        return None
    return found if found.clock_offset_seconds == await clock_offset(tx, program.program_id) else None


def fits(found: RollupState, program: Compiled) -> bool:
    """Tell whether sums were made for the zone and the campaigns of the program as it stands."""
    return found.zone == program.document.timezone and found.campaigns == campaigns_said(program)


async def kept(tx: Transaction, program_id: int, ids: Collection[UUID]) -> tuple[int, dict[UUID, Subject]]:
    """Return the version of the sums, and what these contributed to them."""
    rows = await (await tx.execute(KEPT, {"program_id": program_id, "ids": list(ids)})).fetchall()
    return rows[0][0] if rows else 0, {row[1]: _subject(row[2]) for row in rows if row[1] is not None}


class Open(msgspec.Struct, frozen=True):
    """What is not in the sums of one version: to be added to any total of them.

    Attributes:
        flows_to: Transfers recorded before are in the flows of days; None: none are.
    """

    version: int
    delta: Sums
    flows_to: datetime | None


async def still_open(
    tx: Transaction, program: Compiled, found: RollupState, *, most: int | None = MOST_OPEN
) -> Open | None:
    """Return what is not in the sums yet, by looking anew at everybody about whom something was recorded since.

    None: they are more than `most`, or the sums changed meanwhile.
    """
    ids = await touched(tx, program.program_id, real_from=found.real_from, program_from=found.program_from)
    if most is not None and len(ids) > most:
        return None
    version, before = await kept(tx, program.program_id, ids)
    if version != found.version:
        return None
    delta = Sums()
    for id, subject in (await subjects(tx, program, ids, program_from=found.program_from)).items():
        delta.add(sums_of(subject, known=not is_nobody(id)))
    for id, subject in before.items():
        delta.add(sums_of(subject, known=not is_nobody(id)), times=-1)
    return Open(version, delta, found.flows_to)


async def opened(tx: Transaction, program: Compiled) -> Open | None:
    """Return what is not in the sums yet; None where the sums cannot be used and the books have to be read."""
    for _ in range(_TRIES):
        found = await usable(tx, program)
        if found is None:
            return None
        answer = await still_open(tx, program, found)
        if answer is not None:
            return answer
    return None


async def totals(tx: Transaction, program: Compiled, period: Span, rest: Open) -> Totals | None:
    """Return the sums of a period as of now; None: they changed since `rest` was read."""
    said = _said(program, period) | {"never": date.min, "gaps": _GAPS}
    rows = await (await tx.execute(SUMS, said)).fetchall()
    if any(row[0] != rest.version for row in rows) or not rows:
        return None
    stored = Totals(
        days={(row[2], row[3]): (int(row[4]), int(row[5])) for row in rows if row[1] == "day"},
        distinct={row[2]: int(row[4]) for row in rows if row[1] == "gap"},
        first={row[2]: int(row[6]) for row in rows if row[1] == "gap"},
        members=sum(int(row[4]) for row in rows if row[1] == "members"),
    )
    return together(stored, totals_of(rest.delta, period.since, period.through))


async def by_day(
    tx: Transaction, program: Compiled, period: Span, rest: Open
) -> dict[str, dict[date, tuple[int, int]]] | None:
    """Return count and amount of joining, of purchases and of members' purchases by day; None: as `totals`."""
    rows = await (await tx.execute(BY_DAY, _said(program, period) | {"series": list(_DAILY)})).fetchall()
    if any(row[0] != rest.version for row in rows) or not rows:
        return None
    found: dict[str, dict[date, tuple[int, int]]] = {series: {} for series in _DAILY}
    for _, series, day, count, amount in rows:
        if series is not None:
            found[series][day] = (count, amount)
    for (series, ordinal, _), count in rest.delta.counts.items():
        day = date.fromordinal(ordinal)
        if series in found and period.since <= day <= period.through:
            before = found[series].get(day, (0, 0))
            more = rest.delta.amounts[series, ordinal, ""]
            found[series][day] = (before[0] + count, before[1] + more)
    return found


def _said(program: Compiled, period: Span) -> dict[str, Any]:
    return {"program_id": program.program_id, "since": period.since, "through": period.through}
