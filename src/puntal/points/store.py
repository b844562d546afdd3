"""Writes of `lot`, `consumption`, `hold` and `finished_card`. The holder's row is locked by the ledger first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import astuple

from puntal.kit.db import Transaction, array, encode
from puntal.points.model import FinishedCard, Hold, Lot

LOAD_LOTS = """
-- Open lots of some holders, those whose inactivity ended not long ago, and some by name; along the primary key.
-- Nothing is locked: whoever writes a lot holds its holder.
SELECT holder_id, id, wallet, amount, remaining, earned_at, starts_at, ends_at, held, expired, reversed, noted,
  renewable, earner_id, event_id, order_key, origin, awaits
FROM lot
WHERE program_id = %(program_id)s AND holder_id = ANY(%(holders)s::uuid[])
  AND (remaining > 0 OR held > 0 OR noted > 0 OR id = ANY(%(lots)s::uuid[]) OR order_key = ANY(%(orders)s::text[])
    OR (renewable AND expired > 0 AND ends_at > %(lapsed_since)s))
ORDER BY holder_id, id
"""

_DUE = "((l.starts_at > h.settled_to AND l.starts_at <= %(now)s) OR coalesce(l.ends_at <= %(now)s, false))"
"""Whether a lot starts or ends between its holder's last settling and now."""
_OPEN_LOTS = """
FROM holder h JOIN lot l ON l.program_id = h.program_id AND l.holder_id = h.id
WHERE h.program_id = %(program_id)s AND h.id = ANY(%(holders)s::uuid[]) AND l.remaining > 0
"""

DUE_LOTS = f"""
-- Of holders that are locked: the lots that are due, along the primary key.
SELECT l.holder_id, l.id, l.wallet, l.amount, l.remaining, l.earned_at, l.starts_at, l.ends_at, l.held, l.expired,
  l.reversed, l.noted, l.renewable, l.earner_id, l.event_id, l.order_key, l.origin, l.awaits
{_OPEN_LOTS} AND {_DUE}
ORDER BY l.holder_id, l.id
"""

NEXT_OF_OTHERS = f"""
-- When something of the lots that are not due now is due next.
SELECT l.holder_id, min(CASE WHEN l.starts_at > %(now)s THEN l.starts_at ELSE l.ends_at END)
{_OPEN_LOTS} AND NOT {_DUE}
GROUP BY l.holder_id
"""

ALL_LOTS = """
-- Every lot of one holder, for moving them; the holder is locked.
SELECT id, wallet, amount, remaining, earned_at, starts_at, ends_at, held, expired, reversed, noted, renewable,
  earner_id, event_id, order_key, origin, awaits
FROM lot WHERE program_id = %(program_id)s AND holder_id = %(holder)s
ORDER BY id
"""

LOAD_CARDS = """
-- Unused finished cards of some holders, with the lots their stamps came from.
SELECT f.holder_id, f.id, f.wallet, f.stamps, f.transfer_id, f.finished_at, f.state, f.reward,
  array_agg(c.lot_id ORDER BY c.lot_id) AS lots, array_agg(c.amount ORDER BY c.lot_id) AS amounts
FROM finished_card f
JOIN consumption c ON c.program_id = f.program_id AND c.holder_id = f.holder_id AND c.transfer_id = f.transfer_id
WHERE f.program_id = %(program_id)s AND f.holder_id = ANY(%(holders)s::uuid[]) AND f.state = 'unused'
GROUP BY f.holder_id, f.id, f.wallet, f.stamps, f.transfer_id, f.finished_at, f.state, f.reward
ORDER BY f.holder_id, f.id
"""

INSERT_LOTS = """
-- New ids only; waits for nobody.
INSERT INTO lot (program_id, holder_id, id, wallet, amount, remaining, held, expired, reversed, noted, earned_at,
  starts_at, ends_at, renewable, earner_id, event_id, order_key, origin, awaits)
SELECT %(program_id)s, r.holder_id, r.id, r.wallet, r.amount, r.remaining, r.held, r.expired, r.reversed, r.noted,
  r.earned_at, r.starts_at, r.ends_at, r.renewable, r.earner_id, r.event_id, r.order_key, r.origin, r.awaits
FROM unnest(%(holder_id)s::uuid[], %(id)s::uuid[], %(wallet)s::smallint[], %(amount)s::bigint[],
  %(remaining)s::bigint[], %(held)s::bigint[], %(expired)s::bigint[], %(reversed)s::bigint[], %(noted)s::bigint[],
  %(earned_at)s::timestamptz[], %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[], %(renewable)s::boolean[],
  %(earner_id)s::uuid[], %(event_id)s::text[], %(order_key)s::text[], %(origin)s::text[], %(awaits)s::text[])
  AS r (holder_id, id, wallet, amount, remaining, held, expired, reversed, noted, earned_at, starts_at, ends_at,
    renewable, earner_id, event_id, order_key, origin, awaits)
"""

UPDATE_LOTS = """
-- The holder's row, locked before, guards them. No index is touched.
UPDATE lot
SET remaining = r.remaining, held = r.held, expired = r.expired, reversed = r.reversed, noted = r.noted,
  starts_at = r.starts_at, ends_at = r.ends_at, awaits = r.awaits
FROM unnest(%(holder_id)s::uuid[], %(id)s::uuid[], %(remaining)s::bigint[], %(held)s::bigint[], %(expired)s::bigint[],
  %(reversed)s::bigint[], %(noted)s::bigint[], %(starts_at)s::timestamptz[], %(ends_at)s::timestamptz[],
  %(awaits)s::text[])
  AS r (holder_id, id, remaining, held, expired, reversed, noted, starts_at, ends_at, awaits)
WHERE lot.program_id = %(program_id)s AND lot.holder_id = r.holder_id AND lot.id = r.id
"""

INSERT_CONSUMPTIONS = """
-- Append-only; waits for nobody.
INSERT INTO consumption (program_id, holder_id, transfer_id, lot_id, amount)
SELECT %(program_id)s, r.holder_id, r.transfer_id, r.lot_id, r.amount
FROM json_to_recordset(%(rows)s::json) AS r (holder_id uuid, transfer_id uuid, lot_id uuid, amount bigint)
"""

WRITE_HOLDS = """
-- New holds, and the ends of old ones; their holders are locked.
INSERT INTO hold (program_id, id, holder_id, wallet, amount, state, held_at, lapses_at, ended_at, reference, lots)
SELECT %(program_id)s, r.id, r.holder_id, r.wallet, r.amount, r.state, r.held_at, r.lapses_at, r.ended_at, r.reference,
  r.lots
FROM json_to_recordset(%(rows)s::json) AS r (id uuid, holder_id uuid, wallet smallint, amount bigint, state text,
  held_at timestamptz, lapses_at timestamptz, ended_at timestamptz, reference text, lots json)
ORDER BY r.id
ON CONFLICT (program_id, id) DO UPDATE SET state = excluded.state, ended_at = excluded.ended_at
"""

WRITE_CARDS = """
-- New finished cards, and those that came apart; their holders are locked.
INSERT INTO finished_card (program_id, holder_id, id, wallet, stamps, transfer_id, finished_at, reward, state)
SELECT %(program_id)s, r.holder_id, r.id, r.wallet, r.stamps, r.transfer_id, r.finished_at, r.reward, r.state
FROM json_to_recordset(%(rows)s::json) AS r (holder_id uuid, id uuid, wallet smallint, stamps bigint, transfer_id uuid,
  finished_at timestamptz, reward text, state text)
ORDER BY r.holder_id, r.id
ON CONFLICT (program_id, holder_id, id) DO UPDATE SET state = excluded.state
"""

MARK_CARDS = """
-- Finished cards whose reward was used, or is free again; their holders are locked. What came apart stays so.
UPDATE finished_card f SET state = CASE WHEN r.used THEN 'used' ELSE 'unused' END
FROM unnest(%(holders)s::uuid[], %(ids)s::uuid[], %(used)s::boolean[]) AS r (holder_id, id, used)
WHERE f.program_id = %(program_id)s AND f.holder_id = r.holder_id AND f.id = r.id AND f.state <> 'void'
"""

REPOINT_LOTS = """
-- Lots that belong to another holder from now on, with what consumed them; both holders are locked. Whose purchase it
-- was needs no saying in a wallet of one's own.
WITH consumed AS (
  UPDATE consumption SET holder_id = %(receiver)s
  WHERE program_id = %(program_id)s AND holder_id = %(giver)s AND lot_id = ANY(%(lots)s::uuid[])
), cards AS (
  UPDATE finished_card SET holder_id = %(receiver)s
  WHERE program_id = %(program_id)s AND holder_id = %(giver)s AND (%(cards)s OR (%(own_cards)s AND NOT EXISTS (
    SELECT FROM consumption c
    WHERE c.program_id = %(program_id)s AND c.holder_id = %(giver)s AND c.transfer_id = finished_card.transfer_id
      AND c.lot_id <> ALL(%(lots)s::uuid[]))))
)
UPDATE lot SET holder_id = %(receiver)s, earner_id = NULL
WHERE program_id = %(program_id)s AND holder_id = %(giver)s AND id = ANY(%(lots)s::uuid[])
"""

POOL_LOTS = """
-- Lots of members that are their pools' from now on, remembered as theirs, with what consumed them. The holders of both
-- are locked.
WITH consumed AS (
  UPDATE consumption SET holder_id = r.pool
  FROM json_to_recordset(%(rows)s::json) AS r (member uuid, pool uuid, lot uuid)
  WHERE consumption.program_id = %(program_id)s AND consumption.holder_id = r.member AND consumption.lot_id = r.lot
)
UPDATE lot SET holder_id = r.pool, earner_id = r.member
FROM json_to_recordset(%(rows)s::json) AS r (member uuid, pool uuid, lot uuid)
WHERE lot.program_id = %(program_id)s AND lot.holder_id = r.member AND lot.id = r.lot
"""

FIND_HOLD = """
-- Whose hold it is; its state is read again once the holder is locked.
SELECT holder_id FROM hold WHERE program_id = %(program_id)s AND id = %(id)s
"""

LOAD_HOLDS = """
-- Some holds by name. Nothing is locked: whoever ends a hold holds its holder.
SELECT holder_id, id, wallet, amount, state, held_at, lapses_at, reference, lots, ended_at
FROM hold WHERE program_id = %(program_id)s AND id = ANY(%(ids)s::uuid[])
ORDER BY id
"""

OVERDUE_HOLDS = """
-- Open holds whose time is over, the oldest first, along the partial index; locks nothing.
SELECT id, holder_id FROM hold
WHERE program_id = %(program_id)s AND state = 'open' AND lapses_at <= %(now)s
ORDER BY lapses_at, id
LIMIT %(limit)s
"""

DUE_HOLDERS = """
-- Holders for whom the clock has changed something, along the partial index; locks nothing.
SELECT id FROM holder WHERE program_id = %(program_id)s AND due_at <= %(now)s
ORDER BY due_at, id
LIMIT %(limit)s
"""

HOLDERS_WITH_SOMETHING = """
-- Holders after one of them who have anything available or pending, along the primary key; locks nothing.
SELECT id FROM holder
WHERE program_id = %(program_id)s AND id > %(after)s AND (0 < ANY (available) OR 0 < ANY (pending))
ORDER BY id
LIMIT %(limit)s
"""

CONSUMED_BY = """
-- Which lots paid a transfer, in spending order.
SELECT c.lot_id, c.amount
FROM consumption c JOIN lot l ON l.program_id = c.program_id AND l.holder_id = c.holder_id AND l.id = c.lot_id
WHERE c.program_id = %(program_id)s AND c.holder_id = %(holder)s AND c.transfer_id = %(transfer)s
ORDER BY l.origin IS NOT DISTINCT FROM 'paid_in', l.ends_at NULLS LAST, l.earned_at, l.id
"""


PAID_BY = """
-- Which lots paid some transfers, in spending order.
SELECT c.transfer_id, c.lot_id, c.amount
FROM consumption c JOIN lot l ON l.program_id = c.program_id AND l.holder_id = c.holder_id AND l.id = c.lot_id
WHERE c.program_id = %(program_id)s AND c.holder_id = ANY(%(holders)s::uuid[])
  AND c.transfer_id = ANY(%(transfers)s::uuid[])
ORDER BY c.transfer_id, l.origin IS NOT DISTINCT FROM 'paid_in', l.ends_at NULLS LAST, l.earned_at, l.id
"""


async def load_lots(
    tx: Transaction,
    program_id: int,
    holders: Collection[UUID],
    *,
    lapsed_since: datetime,
    lots: Collection[UUID] = (),
    orders: Collection[str] = (),
) -> dict[UUID, list[Lot]]:
    """Return each holder's lots: open ones, lately lapsed ones, those named, and those of named orders."""
    names = {
        "program_id": program_id,
        "holders": list(holders),
        "lots": list(lots),
        "orders": list(orders),
        "lapsed_since": lapsed_since,
    }
    found: dict[UUID, list[Lot]] = {}
    async with tx.cursor(binary=True) as cursor:
        await cursor.execute(LOAD_LOTS, names)
        for row in await cursor.fetchall():
            found.setdefault(row[0], []).append(Lot(*row[1:]))
    return found


async def due_lots(
    tx: Transaction, program_id: int, holders: Collection[UUID], *, now: datetime
) -> tuple[dict[UUID, list[Lot]], dict[UUID, datetime]]:
    """Return each locked holder's lots that are due now, and when the others are next; not for renewable lots."""
    names = {"program_id": program_id, "holders": list(holders), "now": now}
    found: dict[UUID, list[Lot]] = {}
    async with tx.cursor(binary=True) as cursor:
        await cursor.execute(DUE_LOTS, names)
        for row in await cursor.fetchall():
            found.setdefault(row[0], []).append(Lot(*row[1:]))
        await cursor.execute(NEXT_OF_OTHERS, names)
        following = {row[0]: row[1] for row in await cursor.fetchall() if row[1] is not None}
    return found, following


async def all_lots(tx: Transaction, program_id: int, holder: UUID) -> list[Lot]:
    """Return every lot of one holder, closed ones too."""
    rows = await (await tx.execute(ALL_LOTS, {"program_id": program_id, "holder": holder})).fetchall()
    return [Lot(*row) for row in rows]


async def load_cards(tx: Transaction, program_id: int, holders: Collection[UUID]) -> dict[UUID, list[FinishedCard]]:
    """Return each holder's unused finished cards."""
    rows = await (await tx.execute(LOAD_CARDS, {"program_id": program_id, "holders": list(holders)})).fetchall()
    found: dict[UUID, list[FinishedCard]] = {}
    for holder, id, wallet, stamps, transfer_id, finished_at, state, reward, lots, amounts in rows:
        shares = tuple(zip(lots, amounts, strict=True))
        card = FinishedCard(id, wallet, stamps, transfer_id, finished_at, state, reward, shares)
        found.setdefault(holder, []).append(card)
    return found


async def mark_cards(tx: Transaction, program_id: int, cards: Sequence[tuple[UUID, UUID, bool]]) -> None:
    """Say of finished cards, each with its holder, whether what they gave is used."""
    holders, ids, used = (list(column) for column in zip(*cards, strict=True))
    await tx.execute(MARK_CARDS, {"program_id": program_id, "holders": holders, "ids": ids, "used": used})


async def load_holds(tx: Transaction, program_id: int, ids: Collection[UUID]) -> dict[UUID, list[Hold]]:
    """Return some holds by their holders."""
    rows = await (await tx.execute(LOAD_HOLDS, {"program_id": program_id, "ids": list(ids)})).fetchall()
    found: dict[UUID, list[Hold]] = {}
    for holder, id, wallet, amount, state, held_at, lapses_at, reference, lots, ended_at in rows:
        shares = tuple((UUID(lot), part) for lot, part in lots)
        hold = Hold(id, wallet, amount, state, held_at, lapses_at, reference, shares, ended_at)
        found.setdefault(holder, []).append(hold)
    return found


async def find_hold(tx: Transaction, program_id: int, id: UUID) -> UUID | None:
    """Return whose hold it is; None if there is none."""
    row = await (await tx.execute(FIND_HOLD, {"program_id": program_id, "id": id})).fetchone()
    return None if row is None else row[0]


async def overdue_holds(tx: Transaction, program_id: int, *, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Return open holds whose time is over: (hold, holder)."""
    names = {"program_id": program_id, "now": now, "limit": limit}
    return [(row[0], row[1]) for row in await (await tx.execute(OVERDUE_HOLDS, names)).fetchall()]


async def due_holders(tx: Transaction, program_id: int, *, now: datetime, limit: int) -> list[UUID]:
    """Return holders with something due."""
    names = {"program_id": program_id, "now": now, "limit": limit}
    return [row[0] for row in await (await tx.execute(DUE_HOLDERS, names)).fetchall()]


async def holders_with_something(tx: Transaction, program_id: int, *, after: UUID, limit: int) -> list[UUID]:
    """Return holders with anything available or pending, by id."""
    names = {"program_id": program_id, "after": after, "limit": limit}
    return [row[0] for row in await (await tx.execute(HOLDERS_WITH_SOMETHING, names)).fetchall()]


async def consumed_by(tx: Transaction, program_id: int, *, holder: UUID, transfer: UUID) -> list[tuple[UUID, int]]:
    """Return which lots paid a transfer, in spending order."""
    names = {"program_id": program_id, "holder": holder, "transfer": transfer}
    return [(row[0], row[1]) for row in await (await tx.execute(CONSUMED_BY, names)).fetchall()]


async def paid_by(
    tx: Transaction, program_id: int, *, holders: Collection[UUID], transfers: Collection[UUID]
) -> dict[UUID, list[tuple[UUID, int]]]:
    """Return which lots of some holders paid each of some transfers, in spending order."""
    names = {"program_id": program_id, "holders": list(holders), "transfers": list(transfers)}
    found: dict[UUID, list[tuple[UUID, int]]] = {}
    for transfer, lot, amount in await (await tx.execute(PAID_BY, names)).fetchall():
        found.setdefault(transfer, []).append((lot, amount))
    return found


async def repoint_lots(
    tx: Transaction,
    program_id: int,
    *,
    giver: UUID,
    receiver: UUID,
    lots: Collection[UUID],
    cards: bool,
    own_cards: bool = False,
) -> None:
    """Hand lots over with their consumptions; all finished cards too where everything moves, or those of these lots."""
    names = {"program_id": program_id, "giver": giver, "receiver": receiver, "lots": list(lots)}
    names |= {"cards": cards, "own_cards": own_cards}
    await tx.execute(REPOINT_LOTS, names)


_LOT = Lot.__struct_fields__
_LOT_CHANGES = ("id", "remaining", "held", "expired", "reversed", "noted", "starts_at", "ends_at", "awaits")


async def insert_lots(tx: Transaction, program_id: int, lots: Sequence[tuple[UUID, Lot]]) -> None:
    """Write new lots of their holders."""
    if lots:
        await tx.execute(INSERT_LOTS, {"program_id": program_id, **_columns(lots, _LOT)})


async def update_lots(tx: Transaction, program_id: int, lots: Sequence[tuple[UUID, Lot]]) -> None:
    """Write what may change of lots of their holders."""
    if lots:
        await tx.execute(UPDATE_LOTS, {"program_id": program_id, **_columns(lots, _LOT_CHANGES)})


def _columns(lots: Sequence[tuple[UUID, Lot]], names: Sequence[str]) -> dict[str, str]:
    columns = dict(zip(_LOT, zip(*(astuple(lot) for _, lot in lots), strict=True), strict=True))
    return {"holder_id": array([holder for holder, _ in lots]), **{name: array(columns[name]) for name in names}}


async def write_rows(tx: Transaction, statement: str, program_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Run one of this module's batch statements, unless there is nothing to write."""
    if rows:
        await tx.execute(statement.encode(), {"program_id": program_id, "rows": encode(rows)})
