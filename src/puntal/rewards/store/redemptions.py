"""Writes and reads of `redemption`. Whoever writes one holds the row of the member whose it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction, encode
from puntal.orders.model import Use
from puntal.rewards.model import Redemption

COLUMNS = """id, member_id, reward, kind, revision, state, held_at, lapses_at, committed_at, ended_at, valid_until,
  portions, holder_id, wallet, units, returned, hold_id, transfer_id, discount_minor, order_minor, currency, order_key,
  channel, source, store, session, fulfilment, used, lines, uses, terms, fingerprint, actor, note"""
_NAMES = [name.strip() for name in COLUMNS.split(",")]

LOAD = f"""
-- Some redemptions; whoever changes them has locked their members and reads them again.
SELECT {COLUMNS} FROM redemption WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
"""  # noqa: S608 - constants

INSERT = f"""
-- New redemptions; of an id that is there already nothing is written, and the caller sees that one is missing.
INSERT INTO redemption (program_id, {COLUMNS})
SELECT %(program_id)s, r.id, r.member_id, r.reward, r.kind, r.revision, r.state, r.held_at, r.lapses_at, r.committed_at,
  r.ended_at, r.valid_until, r.portions, r.holder_id, r.wallet, r.units, r.returned, r.hold_id, r.transfer_id,
  r.discount_minor, r.order_minor, r.currency, r.order_key, r.channel, r.source, r.store, r.session, r.fulfilment,
  r.used, r.lines, r.uses, r.terms, r.fingerprint, r.actor, r.note
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, member_id uuid, reward text, kind text, revision integer,
  state text, held_at timestamptz, lapses_at timestamptz, committed_at timestamptz, ended_at timestamptz,
  valid_until timestamptz, portions integer, holder_id uuid, wallet smallint, units bigint, returned bigint,
  hold_id uuid, transfer_id uuid, discount_minor bigint, order_minor bigint, currency text, order_key text,
  channel text, source text, store text, session text, fulfilment text, used boolean, lines json, uses json, terms json,
  fingerprint text, actor text, note text)
ORDER BY r.id
ON CONFLICT (program_id, id) DO NOTHING
"""  # noqa: S608 - constants

UPDATE = """
-- What changes in the life of a redemption; its members' rows are locked.
UPDATE redemption d
SET state = r.state, committed_at = r.committed_at, ended_at = r.ended_at, valid_until = r.valid_until,
  returned = r.returned, transfer_id = r.transfer_id, discount_minor = r.discount_minor, order_minor = r.order_minor,
  order_key = r.order_key, fulfilment = r.fulfilment, used = r.used, lines = r.lines, uses = r.uses, terms = r.terms,
  note = r.note
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, state text, committed_at timestamptz, ended_at timestamptz,
  valid_until timestamptz, returned bigint, transfer_id uuid, discount_minor bigint, order_minor bigint, order_key text,
  fulfilment text, used boolean, lines json, uses json, terms json, note text)
WHERE d.program_id = %(program_id)s AND d.id = r.id
"""

OVERDUE = """
-- Holds whose time is over, the oldest first; unlocked, for whoever locks their members first.
SELECT id FROM redemption
WHERE program_id = %(program_id)s AND state = 'held' AND lapses_at <= %(now)s
ORDER BY lapses_at, id
LIMIT %(limit)s
"""

OVERDUE_OF_MEMBER = """
-- Of one member, who is about to ask for more.
SELECT id FROM redemption
WHERE program_id = %(program_id)s AND member_id = %(member_id)s AND state = 'held' AND lapses_at <= %(now)s
ORDER BY id
"""

VOIDABLE = """
-- What a kill switch voids: open holds, and what was issued and not used. In the order of ids, a page at a time.
SELECT id FROM redemption
WHERE program_id = %(program_id)s AND state IN ('held', 'committed') AND NOT used AND id > %(after)s
  AND (%(rewards)s::text[] IS NULL OR reward = ANY(%(rewards)s::text[]))
  AND (%(wallet)s::smallint IS NULL OR wallet = %(wallet)s)
  AND (%(channel)s::text IS NULL OR channel = %(channel)s)
  AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY id
LIMIT %(limit)s
"""

OF_ORDERS = f"""
-- What was used on some orders.
SELECT {COLUMNS} FROM redemption
WHERE program_id = %(program_id)s AND order_key = ANY(%(orders)s::text[])
ORDER BY id
"""  # noqa: S608 - constants

OF_MEMBERS = f"""
-- Everything some members redeemed, for an export.
SELECT {COLUMNS} FROM redemption
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY id
"""  # noqa: S608 - constants

REASSIGN = """
-- Hands a merged member's redemptions to her survivor; both are locked, and none of hers is held.
UPDATE redemption
SET member_id = %(target)s, holder_id = CASE WHEN holder_id = %(source)s THEN %(target)s ELSE holder_id END
WHERE program_id = %(program_id)s AND member_id = %(source)s
  AND (%(only)s::uuid[] IS NULL OR id = ANY(%(only)s::uuid[]))
RETURNING id
"""

FORGET = """
-- What was noted about erased members; that they redeemed stays.
UPDATE redemption SET note = '', source = NULL
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
"""


def redemption_of(row: Sequence[Any]) -> Redemption:
    """Return a row of COLUMNS as the noun it is."""
    named = dict(zip(_NAMES, row, strict=True))
    named["by"] = named.pop("actor")
    named["lines"] = tuple(named["lines"])
    named["uses"] = msgspec.convert(named["uses"], tuple[Use, ...])
    return Redemption(**named)


def _row(one: Redemption) -> dict[str, Any]:
    named = {name: getattr(one, name) for name in one.__struct_fields__}
    named["actor"] = named.pop("by")
    return named


async def load(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, Redemption]:
    """Return those of the redemptions that are there."""
    if not ids:
        return {}
    cursor = await tx.execute(LOAD, {"program_id": program_id, "ids": list(ids)})
    return {row[0]: redemption_of(row) for row in await cursor.fetchall()}


async def of_orders(tx: Transaction, program_id: int, orders: Collection[str]) -> list[Redemption]:
    """Return what was used on some orders, by their keys."""
    if not orders:
        return []
    cursor = await tx.execute(OF_ORDERS, {"program_id": program_id, "orders": list(orders)})
    return [redemption_of(row) for row in await cursor.fetchall()]


async def insert(tx: Transaction, program_id: int, new: Sequence[Redemption]) -> int:
    """Write new redemptions; return how many were new."""
    cursor = await tx.execute(INSERT, {"program_id": program_id, "rows": encode([_row(one) for one in new])})
    return cursor.rowcount


async def update(tx: Transaction, program_id: int, changed: Sequence[Redemption]) -> None:
    """Write how redemptions are now."""
    if changed:
        await tx.execute(UPDATE, {"program_id": program_id, "rows": encode([_row(one) for one in changed])})


async def overdue(tx: Transaction, program_id: int, *, now: datetime, limit: int) -> list[UUID]:
    """Return holds whose time is over."""
    cursor = await tx.execute(OVERDUE, {"program_id": program_id, "now": now, "limit": limit})
    return [row[0] for row in await cursor.fetchall()]


async def overdue_of(tx: Transaction, program_id: int, member_id: UUID, *, now: datetime) -> list[UUID]:
    """Return a member's holds whose time is over."""
    cursor = await tx.execute(OVERDUE_OF_MEMBER, {"program_id": program_id, "member_id": member_id, "now": now})
    return [row[0] for row in await cursor.fetchall()]


async def voidable(
    tx: Transaction,
    program_id: int,
    *,
    rewards: Collection[str] | None,
    wallet: int | None,
    channel: str | None,
    source: str | None,
    after: UUID,
    limit: int,
) -> list[UUID]:
    """Return a page of what a kill switch voids."""
    names = {
        "program_id": program_id,
        "rewards": None if rewards is None else list(rewards),
        "wallet": wallet,
        "channel": channel,
        "source": source,
        "after": after,
        "limit": limit,
    }
    return [row[0] for row in await (await tx.execute(VOIDABLE, names)).fetchall()]


async def of_members(tx: Transaction, program_id: int, members: Collection[UUID]) -> list[Redemption]:
    """Return every redemption of some members, oldest first."""
    cursor = await tx.execute(OF_MEMBERS, {"program_id": program_id, "members": list(members)})
    return [redemption_of(row) for row in await cursor.fetchall()]


async def reassign(
    tx: Transaction, program_id: int, *, source: UUID, target: UUID, only: Collection[UUID] | None
) -> list[UUID]:
    """Hand redemptions to another member; return which."""
    names = {
        "program_id": program_id,
        "source": source,
        "target": target,
        "only": None if only is None else list(only),
    }
    return [row[0] for row in await (await tx.execute(REASSIGN, names)).fetchall()]


async def forget(tx: Transaction, program_id: int, members: Collection[UUID]) -> None:
    """Empty what was noted about members."""
    await tx.execute(FORGET, {"program_id": program_id, "members": list(members)})
