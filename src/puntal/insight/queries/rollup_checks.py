"""Whether the sums of days are what everybody's books add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.policy_kpis import EARLIEST, LATEST, span
from puntal.insight.policy_rollups import Sums, is_nobody, sums_of
from puntal.insight.queries import rollups
from puntal.insight.queries.parts import ORDINAL, names
from puntal.insight.queries.subjects import days_of_nobody, next_people, subjects
from puntal.insight.store.rollups import ACCOUNTED, FLOWED
from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement

STORED_DAYS = f"""
-- Locks nothing. Every sum of a day.
SELECT d.series, {ORDINAL.format("d.day")}, d.key, d.count, d.amount FROM figure_day d
WHERE d.program_id = %(program_id)s
ORDER BY d.series, d.day, d.key
"""  # noqa: S608 - our own text, no input

STORED_GAPS = f"""
-- Locks nothing. Every count of a day and the day before.
SELECT g.series, {ORDINAL.format("g.day")}, {ORDINAL.format("g.before")}, g.count FROM figure_gap g
WHERE g.program_id = %(program_id)s
ORDER BY g.series, g.day, g.before
"""  # noqa: S608 - our own text, no input

STORED_FLOWS = """
-- Locks nothing. Every flow of a day that is over.
SELECT f.day, f.wallet::integer, f.account, f.amount FROM flow_day f
WHERE f.program_id = %(program_id)s
ORDER BY f.day, f.wallet, f.account
"""

RECOMPUTED_FLOWS = f"""
-- Locks nothing. The same from all transfers.
WITH {FLOWED}, {ACCOUNTED}, moves AS (
  SELECT recorded_at, wallet, account, change FROM flowed
  UNION ALL
  SELECT recorded_at, wallet, account, change FROM accounted
), by_day AS (SELECT (recorded_at AT TIME ZONE %(zone)s)::date AS day, wallet, account, change FROM moves)
SELECT day, wallet::integer, account, sum(change)::bigint FROM by_day
GROUP BY day, wallet, account
ORDER BY day, wallet, account
"""  # noqa: S608 - our own text, no input

_SLICE = 5_000
_NOBODY = UUID(int=0)
_FIRST = UUID(int=2**64)


async def disagreements(tx: Transaction, program: Compiled) -> list[Disagreement]:
    """Return every sum of a day that, with what is not folded yet, is not what the books add up to.

    Reads everybody, slice by slice. Sums that are not whole, or made for another document, are read by nobody and not
    checked.
    """
    found = await rollups.usable(tx, program)
    if found is None:
        return []
    rest = await rollups.still_open(tx, program, found, most=None)
    assert rest is not None, "one snapshot has one version"
    stored = await _stored(tx, program)
    stored.add(rest.delta)
    expected = await _recomputed(tx, program, found.program_from)
    wrong = [
        Disagreement(
            "figures", _NOBODY, -1, what, one[key], other[key], f"{key[0]}:{date.fromordinal(key[1])}:{key[2]}"
        )
        for what, one, other in (
            ("count", expected.counts, stored.counts),
            ("amount", expected.amounts, stored.amounts),
        )
        for key in sorted(one.keys() | other.keys())
        if one[key] != other[key]
    ]
    wrong += [
        Disagreement(
            "figures", _NOBODY, -1, "people", expected.gaps[gap], stored.gaps[gap],
            _named(gap[0], gap[1], str(date.fromordinal(gap[2]))),
        )
        for gap in sorted(expected.gaps.keys() | stored.gaps.keys())
        if expected.gaps[gap] != stored.gaps[gap]
    ]  # fmt: skip
    if found.flows_to is None:
        return wrong
    said = names(program, span(program.zone, EARLIEST, LATEST)) | {"ends": found.flows_to}
    kept = Counter({row[:3]: row[3] for row in await (await tx.execute(STORED_FLOWS, said)).fetchall()})
    moved = Counter({row[:3]: row[3] for row in await (await tx.execute(RECOMPUTED_FLOWS.encode(), said)).fetchall()})
    wrong += [
        Disagreement("figures", _NOBODY, flow[1], flow[2], moved[flow], kept[flow], f"flow:{flow[0]}")
        for flow in sorted(kept.keys() | moved.keys())
        if kept[flow] != moved[flow]
    ]
    return wrong


def _named(series: str, day: int, key: str) -> str:
    return f"{series}:{date.fromordinal(day)}:{key}"


async def _stored(tx: Transaction, program: Compiled) -> Sums:
    sums, said = Sums(), {"program_id": program.program_id}
    for series, day, key, count, amount in await (await tx.execute(STORED_DAYS.encode(), said)).fetchall():
        sums.counts[series, day, key] = count
        sums.amounts[series, day, key] = amount
    for series, day, before, count in await (await tx.execute(STORED_GAPS.encode(), said)).fetchall():
        sums.gaps[series, day, before] = count
    return sums


async def _recomputed(tx: Transaction, program: Compiled, program_from: datetime) -> Sums:
    sums = Sums()
    async for portion in _everybody(tx, program.program_id):
        for id, subject in (await subjects(tx, program, portion, program_from=program_from)).items():
            sums.add(sums_of(subject, known=not is_nobody(id)))
    return sums


async def _everybody(tx: Transaction, program_id: int) -> AsyncIterator[list[UUID]]:
    yield await days_of_nobody(tx, program_id)
    portion, after = await next_people(tx, program_id, after=_FIRST, limit=_SLICE), _FIRST
    while portion:
        yield portion
        after = portion[-1]
        portion = await next_people(tx, program_id, after=after, limit=_SLICE)
