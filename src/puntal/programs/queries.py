"""Reads of programs, revisions and kill switches."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from puntal.kit.db import Transaction
from puntal.programs import source
from puntal.programs.model import Draft, Head, KillSwitch, ProgramRow, RegisteredWallet, Revision, Start

# The columns of `ProgramRow`; a constant, so the statements made of it hold nothing from outside.
_ROW = """id, organization_id, slug, created_at, revision, switch_version,
       make_interval(secs => clock_offset_seconds) AS clock_offset, draft_version, first_event_at"""

HEAD = """
-- Locks nothing. The first statement of every batch of events.
SELECT revision, switch_version, clock_offset_seconds FROM program WHERE id = %(program_id)s
"""

FIND_BY_SLUG = f"""
-- Locks nothing.
SELECT {_ROW} FROM program WHERE slug = %(slug)s
"""  # noqa: S608 - only the constant above

FIND = f"""
-- Locks nothing.
SELECT {_ROW} FROM program WHERE id = %(program_id)s
"""  # noqa: S608 - only the constant above

LIST = f"""
-- Locks nothing.
SELECT {_ROW} FROM program WHERE organization_id = %(organization_id)s ORDER BY slug
"""  # noqa: S608 - only the constant above

ALL_IDS = """
-- Locks nothing. For the clock's work, which goes over every program that has something published.
SELECT id FROM program WHERE revision > 0 ORDER BY id
"""

DRAFT = """
-- Locks nothing. As text: numbers must not pass through binary floats.
SELECT draft::text, draft_version FROM program WHERE id = %(program_id)s
"""

REVISIONS = """
-- Locks nothing. A page, newest first.
SELECT r.program_id, r.number, r.digest, r.published_at, r.published_by, r.effective_from, r.note, s.simulation_id
FROM revision r
LEFT JOIN revision_simulation s ON s.program_id = %(program_id)s AND s.number = r.number
WHERE r.program_id = %(program_id)s AND r.number < %(before)s
ORDER BY r.number DESC
LIMIT %(limit)s
"""

REVISION = """
-- Locks nothing. As text: numbers must not pass through binary floats.
SELECT r.program_id, r.number, r.digest, r.published_at, r.published_by, r.effective_from, r.note, s.simulation_id,
  r.document::text
FROM revision r
LEFT JOIN revision_simulation s ON s.program_id = %(program_id)s AND s.number = r.number
WHERE r.program_id = %(program_id)s AND r.number = %(number)s
"""

STARTS = """
-- Locks nothing.
SELECT effective_from, number FROM revision WHERE program_id = %(program_id)s ORDER BY number
"""

WALLETS = """
-- Locks nothing.
SELECT ordinal, id, kind, scale, currency FROM wallet WHERE program_id = %(program_id)s ORDER BY ordinal
"""

SWITCHES = """
-- Locks nothing. Those in force, then, where asked for, the lifted ones.
SELECT id, target_kind, target_id, mode, reason, set_at, set_by, lifted_at, lifted_by
FROM kill_switch
WHERE program_id = %(program_id)s AND (lifted_at IS NULL OR %(lifted_too)s)
ORDER BY lifted_at IS NOT NULL, set_at DESC, id
LIMIT %(limit)s
"""

SWITCH_EXISTS = """
-- Locks nothing.
SELECT EXISTS (SELECT FROM kill_switch WHERE program_id = %(program_id)s AND id = %(id)s)
"""

HELD_WALLETS = """
-- Locks nothing. Ordinals count from 0, PostgreSQL's arrays from 1. What is left on gift cards is a wallet's money too.
SELECT w.id
FROM wallet w
WHERE w.program_id = %(program_id)s AND w.id = ANY(%(wallets)s)
  AND (EXISTS (
    SELECT FROM holder h
    WHERE h.program_id = %(program_id)s
      AND coalesce(h.available[w.ordinal + 1], 0) + coalesce(h.pending[w.ordinal + 1], 0)
        + coalesce(h.held[w.ordinal + 1], 0) + coalesce(h.debt[w.ordinal + 1], 0) > 0)
  OR EXISTS (
    SELECT FROM gift_card g JOIN voucher v ON v.program_id = g.program_id AND v.id = g.id
    WHERE g.program_id = %(program_id)s AND g.wallet = w.ordinal AND v.state IN ('issued', 'held')))
"""

HELD_REWARDS = """
-- Locks nothing. Who is redeeming one, waits for its delivery, or has a voucher of it has a right to it.
SELECT r.id
FROM unnest(%(rewards)s::text[]) AS r (id)
WHERE EXISTS (
    SELECT FROM redemption d
    WHERE d.program_id = %(program_id)s AND d.reward = r.id AND NOT d.used
      AND (d.state = 'held' OR (d.state = 'committed' AND d.fulfilment IN ('waiting', 'under_way'))))
  OR EXISTS (
    SELECT FROM voucher v
    WHERE v.program_id = %(program_id)s AND v.reward = r.id AND v.state IN ('issued', 'held'))
"""

HELD_TIERS = """
-- Locks nothing. A member is in the tier of the last change of a ladder.
SELECT DISTINCT last.ladder, last.to_tier
FROM (
  SELECT DISTINCT ON (member_id, ladder) ladder, to_tier
  FROM tier_change
  WHERE program_id = %(program_id)s AND ladder = ANY(%(ladders)s)
  ORDER BY member_id, ladder, recorded_at DESC, id DESC
) AS last
"""


async def head(tx: Transaction, program_id: int) -> Head | None:
    """Return the newest revision and switch version; None when there is no such program."""
    cursor = await tx.execute(HEAD, {"program_id": program_id})
    row = await cursor.fetchone()
    if row is None:
        return None
    return Head(revision=row[0], switch_version=row[1], clock_offset=timedelta(seconds=row[2]))


async def find_by_slug(tx: Transaction, slug: str) -> ProgramRow | None:
    """Return the program with this address."""
    async with tx.cursor(row_factory=class_row(ProgramRow)) as cursor:
        await cursor.execute(FIND_BY_SLUG, {"slug": slug})
        return await cursor.fetchone()


async def find(tx: Transaction, program_id: int) -> ProgramRow | None:
    """Return the program."""
    async with tx.cursor(row_factory=class_row(ProgramRow)) as cursor:
        await cursor.execute(FIND, {"program_id": program_id})
        return await cursor.fetchone()


async def list_programs(tx: Transaction, organization_id: UUID) -> list[ProgramRow]:
    """Return an organization's programs by address."""
    async with tx.cursor(row_factory=class_row(ProgramRow)) as cursor:
        await cursor.execute(LIST, {"organization_id": organization_id})
        return await cursor.fetchall()


async def published_ids(tx: Transaction) -> list[int]:
    """Return every program that was ever published."""
    cursor = await tx.execute(ALL_IDS)
    return [int(row[0]) async for row in cursor]


async def draft(tx: Transaction, program_id: int) -> Draft | None:
    """Return the draft, read with exact numbers."""
    cursor = await tx.execute(DRAFT, {"program_id": program_id})
    row = await cursor.fetchone()
    if row is None or row[0] is None:
        return None
    return Draft(document=source.load_json(row[0]), version=row[1])


async def revisions(tx: Transaction, program_id: int, *, before: int | None = None, limit: int = 50) -> list[Revision]:
    """Return a page of revisions, newest first."""
    async with tx.cursor(row_factory=class_row(Revision)) as cursor:
        await cursor.execute(REVISIONS, {"program_id": program_id, "before": before or 2**31 - 1, "limit": limit})
        return await cursor.fetchall()


async def revision(tx: Transaction, program_id: int, number: int) -> tuple[Revision, dict[str, Any]] | None:
    """Return a revision and its document as plain data."""
    cursor = await tx.execute(REVISION, {"program_id": program_id, "number": number})
    row = await cursor.fetchone()
    if row is None:
        return None
    names = (
        "program_id", "number", "digest", "published_at", "published_by", "effective_from", "note", "simulation_id"
    )  # fmt: skip
    return Revision(**dict(zip(names, row[:-1], strict=True))), source.load_json(row[-1])


async def starts(tx: Transaction, program_id: int) -> list[Start]:
    """Return from when each revision holds, by number."""
    async with tx.cursor(row_factory=class_row(Start)) as cursor:
        await cursor.execute(STARTS, {"program_id": program_id})
        return await cursor.fetchall()


async def wallets(tx: Transaction, program_id: int) -> list[RegisteredWallet]:
    """Return every wallet any revision had, by ordinal."""
    async with tx.cursor(row_factory=class_row(RegisteredWallet)) as cursor:
        await cursor.execute(WALLETS, {"program_id": program_id})
        return await cursor.fetchall()


async def switches(
    tx: Transaction, program_id: int, *, lifted_too: bool = False, limit: int = 1000
) -> list[KillSwitch]:
    """Return the kill switches in force, newest first; with `lifted_too` the others after them."""
    async with tx.cursor(row_factory=class_row(KillSwitch)) as cursor:
        await cursor.execute(SWITCHES, {"program_id": program_id, "lifted_too": lifted_too, "limit": limit})
        return await cursor.fetchall()


async def switch_exists(tx: Transaction, program_id: int, id: UUID) -> bool:
    """Return whether there ever was such a switch."""
    cursor = await tx.execute(SWITCH_EXISTS, {"program_id": program_id, "id": id})
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def held_wallets(tx: Transaction, program_id: int, among: Collection[str]) -> frozenset[str]:
    """Return those of the wallets in which someone has a balance or a debt."""
    cursor = await tx.execute(HELD_WALLETS, {"program_id": program_id, "wallets": list(among)})
    return frozenset([str(row[0]) async for row in cursor])


async def held_rewards(tx: Transaction, program_id: int, among: Collection[str]) -> frozenset[str]:
    """Return those of the rewards that somebody has a right to."""
    cursor = await tx.execute(HELD_REWARDS, {"program_id": program_id, "rewards": list(among)})
    return frozenset([str(row[0]) async for row in cursor])


async def held_tiers(tx: Transaction, program_id: int, ladders: Collection[str]) -> frozenset[tuple[str, str]]:
    """Return the (ladder, tier) pairs of the ladders that someone is in."""
    cursor = await tx.execute(HELD_TIERS, {"program_id": program_id, "ladders": list(ladders)})
    return frozenset([(str(row[0]), str(row[1])) async for row in cursor])
