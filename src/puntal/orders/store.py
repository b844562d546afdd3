"""Reads and writes of `shop_order`: a batch is one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import astuple

from puntal.kit.db import Transaction, Written, array, array_of_json
from puntal.orders.model import Awaited, Order, OrderAward, OrderGift, OrderLine, OrderRecord, RefundRecord

LOAD = """
-- Reads the orders a batch is about; the holders' locks keep them still.
SELECT o.source, o.order_id, o.member_id, o.state, o.occurred_at, o.day, o.currency, o.event_id, o.net_minor,
  o.total_minor, o.refunded_minor, o.channel, o.store, o.lines::text, o.awards::text, o.refunds::text
FROM unnest(%(sources)s::text[], %(orders)s::text[]) AS r (source, order_id)
JOIN shop_order o ON o.program_id = %(program_id)s AND o.source = r.source AND o.order_id = r.order_id
WHERE o.program_id = %(program_id)s
"""

LOCK_UNOWNED = f"""
-- Refunds of an order nobody knows yet wait in a row without a member, so no holder's lock keeps it still: this does,
-- in the order of the keys.
{LOAD}
ORDER BY o.source, o.order_id
FOR NO KEY UPDATE OF o
"""

OWNERS = """
-- Whose order it is, for events that name an order and no member.
SELECT o.source, o.order_id, o.member_id
FROM unnest(%(sources)s::text[], %(orders)s::text[]) AS r (source, order_id)
JOIN shop_order o ON o.program_id = %(program_id)s AND o.source = r.source AND o.order_id = r.order_id
WHERE o.program_id = %(program_id)s AND o.member_id IS NOT NULL
"""

_ROWS = """
FROM unnest(%(source)s::text[], %(order_id)s::text[], %(member_id)s::uuid[], %(state)s::text[], %(event_id)s::text[],
  %(occurred_at)s::timestamptz[], %(day)s::date[], %(currency)s::text[], %(net_minor)s::bigint[],
  %(total_minor)s::bigint[], %(refunded_minor)s::bigint[], %(channel)s::text[], %(store)s::text[], %(lines)s::text[],
  %(awards)s::text[], %(refunds)s::text[])
  AS r (source, order_id, member_id, state, event_id, occurred_at, day, currency, net_minor, total_minor,
    refunded_minor, channel, store, lines, awards, refunds)
"""

INSERT = f"""
-- New orders. In the order of keys, so that two batches wait for each other in one direction only. One that is not new
-- after all is left alone, and the caller sees that one is missing.
INSERT INTO shop_order (program_id, source, order_id, member_id, state, event_id, occurred_at, day, currency,
  net_minor, total_minor, refunded_minor, channel, store, lines, awards, refunds)
SELECT %(program_id)s, r.source, r.order_id, r.member_id, r.state, r.event_id, r.occurred_at, r.day, r.currency,
  r.net_minor, r.total_minor, r.refunded_minor, r.channel, r.store, r.lines::json, r.awards::json, r.refunds::json
{_ROWS}
ORDER BY r.source, r.order_id
ON CONFLICT (program_id, source, order_id) DO NOTHING
"""

UPDATE = f"""
-- Known orders; the holders' locks are held, so nobody else writes them.
UPDATE shop_order
SET member_id = r.member_id, state = r.state, event_id = r.event_id, occurred_at = r.occurred_at, day = r.day,
  currency = r.currency, net_minor = r.net_minor, total_minor = r.total_minor, refunded_minor = r.refunded_minor,
  channel = r.channel, store = r.store, lines = r.lines::json, awards = r.awards::json, refunds = r.refunds::json
{_ROWS}
WHERE shop_order.program_id = %(program_id)s AND shop_order.source = r.source AND shop_order.order_id = r.order_id
"""  # noqa: S608 - our own constant

REASSIGN = """
-- Another member's from now on; both holders are locked. `keys` NULL: all of them.
UPDATE shop_order SET member_id = %(target)s
WHERE program_id = %(program_id)s AND member_id = %(source)s
  AND (%(keys)s::text[] IS NULL OR source || ':' || order_id = ANY(%(keys)s::text[]))
RETURNING source || ':' || order_id
"""

OrderId = tuple[str, str]
"""Source and order id."""


class _Refunds(msgspec.Struct, array_like=True):
    """The column `refunds`: those applied, those waiting, the order as sent until it earns, redemptions, gifts."""

    done: list[RefundRecord] = []
    awaited: list[Awaited] = []
    sent: Order | None = None
    redeemed: list[UUID] = []
    gifts: list[OrderGift] = []


_PLAIN = tuple(OrderRecord.__struct_fields__[:13])
"""The columns as they are; the lists are JSON."""
assert _PLAIN[-1] == "store", "columns and fields go side by side"
_encode = msgspec.json.Encoder(decimal_format="number").encode
_lines = msgspec.json.Decoder(list[OrderLine]).decode
_awards = msgspec.json.Decoder(list[OrderAward]).decode
_refunds = msgspec.json.Decoder(_Refunds).decode


async def load(
    tx: Transaction, program_id: int, ids: Collection[OrderId], *, lock: bool = False
) -> dict[OrderId, OrderRecord]:
    """Return those of the orders that are known; `lock` holds their rows until `tx` ends."""
    cursor = await tx.execute(LOCK_UNOWNED if lock else LOAD, {"program_id": program_id, **_keys(ids)})
    return {(row[0], row[1]): record_of(row) for row in await cursor.fetchall()}


def record_of(row: Sequence[Any]) -> OrderRecord:
    """Return the order of a row, its columns as in LOAD."""
    refunds = _refunds(row[15])
    return OrderRecord(  # type: ignore[call-arg] # thirteen columns, in the order of the struct
        *row[:13],
        _lines(row[13]),
        _awards(row[14]),
        refunds.done,
        refunds.awaited,
        refunds.sent,
        refunds.redeemed,
        refunds.gifts,
    )


async def owners(tx: Transaction, program_id: int, ids: Collection[OrderId]) -> dict[OrderId, UUID]:
    """Return whose orders they are, as far as that is known."""
    cursor = await tx.execute(OWNERS, {"program_id": program_id, **_keys(ids)})
    return {(row[0], row[1]): row[2] for row in await cursor.fetchall()}


async def save(
    tx: Transaction, program_id: int, orders: Sequence[OrderRecord], known: Collection[OrderId]
) -> list[Written]:
    """Write orders as they are now; the row counts say how many were written."""
    new: list[OrderRecord] = []
    changed: list[OrderRecord] = []
    for order in orders:
        (changed if (order.source, order.order_id) in known else new).append(order)
    return [
        await tx.execute(statement.encode(), {"program_id": program_id, **_columns(rows)})
        for statement, rows in ((INSERT, new), (UPDATE, changed))
        if rows
    ]


def _columns(orders: Sequence[OrderRecord]) -> dict[str, str]:
    columns = zip(*map(astuple, orders), strict=True)
    names = {name: array(column) for name, column in zip(_PLAIN, columns, strict=False)}
    names["lines"] = array_of_json([_encode(order.lines) for order in orders])
    names["awards"] = array_of_json([_encode(order.awards) for order in orders])
    names["refunds"] = array_of_json([_refunds_of(order) for order in orders])
    return names


def _refunds_of(order: OrderRecord) -> bytes:
    if not (order.refunds or order.awaited or order.sent or order.redeemed or order.gifts):
        return b"[]"
    return _encode(_Refunds(order.refunds, order.awaited, order.sent, order.redeemed, order.gifts))


def _keys(ids: Collection[OrderId]) -> dict[str, str]:
    return {"sources": array([source for source, _ in ids]), "orders": array([order for _, order in ids])}


async def reassign(
    tx: Transaction, program_id: int, source: UUID, target: UUID, keys: Collection[str] | None
) -> list[str]:
    """Give orders of one member to another; return their keys."""
    cursor = await tx.execute(
        REASSIGN,
        {
            "program_id": program_id,
            "source": source,
            "target": target,
            "keys": None if keys is None else list(keys),
        },
    )
    return [row[0] for row in await cursor.fetchall()]
