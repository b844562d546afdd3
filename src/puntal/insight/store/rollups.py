"""Writes of the sums of days. One fold of a program runs at a time, by an advisory lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import structs

from puntal.insight.model_rollups import RollupState
from puntal.insight.policy_rollups import Subject, Sums
from puntal.kit.db import Transaction, array, array_of_json, encode

ALONE = """
-- Whoever holds this folds the program's figures; it is let go with the transaction.
SELECT pg_try_advisory_xact_lock(%(space)s::integer, %(program_id)s::integer)
"""

FORGET_SUBJECTS = """
DELETE FROM figure_subject WHERE program_id = %(program_id)s
"""

FORGET_DAYS = """
DELETE FROM figure_day WHERE program_id = %(program_id)s
"""

FORGET_GAPS = """
DELETE FROM figure_gap WHERE program_id = %(program_id)s
"""

FORGET_FLOWS = """
DELETE FROM flow_day WHERE program_id = %(program_id)s
"""

FORGET_POOL_PARTS = """
DELETE FROM figure_pool_part WHERE program_id = %(program_id)s
"""

SET_STATE = """
-- The program's only row.
INSERT INTO figure_state (program_id, version, zone, clock_offset_seconds, campaigns, built_to, real_from, program_from,
  flows_to)
VALUES (%(program_id)s, %(version)s, %(zone)s, %(clock_offset_seconds)s, %(campaigns)s, %(built_to)s, %(real_from)s,
  %(program_from)s, %(flows_to)s)
ON CONFLICT (program_id) DO UPDATE
SET version = excluded.version, zone = excluded.zone, clock_offset_seconds = excluded.clock_offset_seconds,
  campaigns = excluded.campaigns, built_to = excluded.built_to, real_from = excluded.real_from,
  program_from = excluded.program_from, flows_to = excluded.flows_to
"""

ADD_TO_DAYS = """
-- Only the fold writes here, so nobody waits. In the order of the key.
INSERT INTO figure_day (program_id, series, day, key, count, amount)
SELECT %(program_id)s, r.series, r.day, r.key, r.count, r.amount
FROM json_to_recordset(%(rows)s::json) AS r (series text, day date, key text, count bigint, amount bigint)
ORDER BY r.series, r.day, r.key
ON CONFLICT (program_id, series, day, key) DO UPDATE
SET count = figure_day.count + excluded.count, amount = figure_day.amount + excluded.amount
"""

ADD_TO_GAPS = """
-- As ADD_TO_DAYS.
INSERT INTO figure_gap (program_id, series, day, before, count)
SELECT %(program_id)s, r.series, r.day, r.before, r.count
FROM unnest(%(series)s::text[], %(days)s::date[], %(befores)s::date[], %(counts)s::bigint[])
  AS r (series, day, before, count)
ORDER BY r.series, r.day, r.before
ON CONFLICT (program_id, series, day, before) DO UPDATE SET count = figure_gap.count + excluded.count
"""

DROP_EMPTY_GAPS = """
-- Where the last one was taken out; among those just written.
DELETE FROM figure_gap g
USING unnest(%(series)s::text[], %(days)s::date[], %(befores)s::date[]) AS r (series, day, before)
WHERE g.program_id = %(program_id)s AND g.series = r.series AND g.day = r.day AND g.before = r.before AND g.count = 0
"""

KEEP = """
-- What these contributed is in the sums now.
INSERT INTO figure_subject (program_id, id, kept)
SELECT %(program_id)s, r.id, r.kept FROM unnest(%(ids)s::uuid[], %(kept)s::text[]) AS r (id, kept)
ORDER BY r.id
ON CONFLICT (program_id, id) DO UPDATE SET kept = excluded.kept
"""

DROP_KEPT = """
DELETE FROM figure_subject WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
"""

NOTE_POOL_PARTS = """
-- Who took part through a pool since; what is noted already stays, for transfers do.
INSERT INTO figure_pool_part (program_id, member_id, day)
SELECT DISTINCT %(program_id)s, e.member_id, (t.recorded_at AT TIME ZONE %(zone)s)::date
FROM transfer t
JOIN pool p ON p.program_id = %(program_id)s AND p.id = t.holder_id
JOIN event e ON e.program_id = %(program_id)s AND e.id = t.event_id AND e.member_id IS NOT NULL
WHERE t.program_id = %(program_id)s AND t.recorded_at >= %(program_from)s::timestamptz
  AND (t.source = 'issued' OR t.destination IN ('redeemed', 'spent'))
ORDER BY 2, 3
ON CONFLICT (program_id, member_id, day) DO NOTHING
"""

FLOWED = """
flowed AS (
  SELECT t.id, t.holder_id, t.wallet, t.kind, t.recorded_at, t.effective_at, t.rule, t.order_key, t.note,
    CASE WHEN t.destination IN ('available', 'pending', 'held', 'debt') THEN t.source ELSE t.destination END AS account,
    CASE WHEN t.destination IN ('available', 'pending', 'held', 'debt') THEN t.amount ELSE -t.amount END AS change
  FROM transfer t
  WHERE t.program_id = %(program_id)s AND t.recorded_at < %(ends)s::timestamptz
    AND t.recorded_at >= %(open_from)s::timestamptz
    AND (t.source IN ('available', 'pending', 'held', 'debt'))
      <> (t.destination IN ('available', 'pending', 'held', 'debt'))
)"""
"""Transfers between members' accounts and the program's; queries of reports read through it too."""

ACCOUNTED = """
accounted AS (
  SELECT t.recorded_at, t.wallet, a.account, a.change
  FROM transfer t
  CROSS JOIN LATERAL (VALUES (t.destination, t.amount), (t.source, -t.amount)) AS a (account, change)
  WHERE t.program_id = %(program_id)s AND t.recorded_at < %(ends)s::timestamptz
    AND t.recorded_at >= %(open_from)s::timestamptz AND a.account IN ('available', 'pending', 'held', 'debt')
)"""
"""What each transfer did to members' own accounts."""

ADD_FLOWS = f"""
-- What was recorded in days that are over, each once: from where the last ended to the midnight asked for.
WITH {FLOWED}, {ACCOUNTED}, moves AS (
  SELECT recorded_at, wallet, account, change FROM flowed
  UNION ALL
  SELECT recorded_at, wallet, account, change FROM accounted
)
INSERT INTO flow_day (program_id, day, wallet, account, amount)
SELECT %(program_id)s, (recorded_at AT TIME ZONE %(zone)s)::date, wallet, account, sum(change)
FROM moves
GROUP BY 2, wallet, account
ORDER BY 2, wallet, account
"""  # noqa: S608 - our own text, no input

SPACE = 7305
"""Of advisory locks: folds."""


async def alone(tx: Transaction, program_id: int) -> bool:
    """Take the fold of a program for this transaction; False when another has it."""
    row = await (await tx.execute(ALONE, {"space": SPACE, "program_id": program_id})).fetchone()
    return row is not None and bool(row[0])


async def forget(tx: Transaction, program_id: int) -> None:
    """Delete all sums of a program."""
    for statement in (FORGET_SUBJECTS, FORGET_DAYS, FORGET_GAPS, FORGET_FLOWS, FORGET_POOL_PARTS):
        await tx.execute(statement, {"program_id": program_id})


async def set_state(tx: Transaction, program_id: int, state: RollupState) -> None:
    """Write how far the sums are."""
    await tx.execute(SET_STATE, structs.asdict(state) | {"program_id": program_id})


async def add(tx: Transaction, program_id: int, sums: Sums) -> None:
    """Add to the sums of days; what is negative is taken out."""
    keys = sorted({key for each in (sums.counts, sums.amounts) for key, value in each.items() if value})
    if keys:
        rows = [
            {
                "series": series,
                "day": date.fromordinal(day),
                "key": key,
                "count": sums.counts[series, day, key],
                "amount": sums.amounts[series, day, key],
            }
            for series, day, key in keys
        ]
        await tx.execute(ADD_TO_DAYS, {"program_id": program_id, "rows": encode(rows)})
    gaps = sorted((key, value) for key, value in sums.gaps.items() if value)
    if gaps:
        said = {
            "program_id": program_id,
            "series": array([key[0] for key, _ in gaps]),
            "days": array([date.fromordinal(key[1]) for key, _ in gaps]),
            "befores": array([date.fromordinal(key[2]) for key, _ in gaps]),
            "counts": array([value for _, value in gaps]),
        }
        await tx.execute(ADD_TO_GAPS, said)
        if any(value < 0 for _, value in gaps):
            await tx.execute(DROP_EMPTY_GAPS, said)


async def keep(tx: Transaction, program_id: int, subjects: Mapping[UUID, Subject], *, gone: Collection[UUID]) -> None:
    """Write what these contributed; of those `gone` nothing is in the sums any more."""
    if subjects:
        kept = array_of_json([msgspec.json.encode(subject) for subject in subjects.values()])
        await tx.execute(KEEP, {"program_id": program_id, "ids": array(list(subjects)), "kept": kept})
    if gone:
        await tx.execute(DROP_KEPT, {"program_id": program_id, "ids": list(gone)})


async def note_pool_parts(tx: Transaction, program_id: int, *, zone: str, program_from: datetime) -> None:
    """Note who took part through a pool since."""
    await tx.execute(NOTE_POOL_PARTS, {"program_id": program_id, "zone": zone, "program_from": program_from})


async def add_flows(tx: Transaction, program_id: int, *, zone: str, since: datetime, until: datetime) -> None:
    """Add up what was recorded in `[since, until)`, both midnights."""
    said = {"program_id": program_id, "zone": zone, "open_from": since, "ends": until}
    await tx.execute(ADD_FLOWS.encode(), said)
