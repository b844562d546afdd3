"""Reads of orders for the books: whether what orders say was given is what transfers say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction
from puntal.ledger import queries as ledger
from puntal.ledger.model import Disagreement
from puntal.orders.model import OrderAward, OrderRecord
from puntal.orders.policy import faults
from puntal.orders.store import record_of

HOLDERS_A_SLICE = 250
"""Orders are many times as many as their members, and each is read in full."""

OF_SLICE = """
-- The orders of a slice of members, along the index by member.
SELECT o.source, o.order_id, o.member_id, o.state, o.occurred_at, o.day, o.currency, o.event_id, o.net_minor,
  o.total_minor, o.refunded_minor, o.channel, o.store, o.lines::text, o.awards::text, o.refunds::text
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id > %(after)s AND o.member_id <= %(through)s
"""

OF_MEMBER = """
-- One member's orders; her holder's lock keeps them still.
SELECT o.source, o.order_id, o.member_id, o.state, o.occurred_at, o.day, o.currency, o.event_id, o.net_minor,
  o.total_minor, o.refunded_minor, o.channel, o.store, o.lines::text, o.awards::text, o.refunds::text
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id = %(member)s
"""

AWARDS_OF_SLICE = """
-- Of the same orders only what was given for them.
SELECT o.member_id, o.awards::text
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id > %(after)s AND o.member_id <= %(through)s
"""

CREDITED = """
-- What a slice of members was credited by order and wallet. Transfers keep the holder they were written for, orders
-- follow a merge: those of a merged member are read with her survivor's.
SELECT t.order_key, t.wallet, sum(t.amount)::bigint
FROM (
  SELECT t.order_key, t.wallet, t.amount
  FROM transfer t
  LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = t.holder_id
  WHERE t.program_id = %(program_id)s AND t.holder_id > %(after)s AND t.holder_id <= %(through)s
    AND t.kind = 'points.earned' AND t.source = 'issued' AND t.order_key IS NOT NULL AND m.merged_into IS NULL
  UNION ALL
  SELECT t.order_key, t.wallet, t.amount
  FROM member m
  JOIN transfer t ON t.program_id = %(program_id)s AND t.holder_id = m.id
  WHERE m.program_id = %(program_id)s AND m.merged_into > %(after)s AND m.merged_into <= %(through)s
    AND t.kind = 'points.earned' AND t.source = 'issued' AND t.order_key IS NOT NULL
) AS t
GROUP BY t.order_key, t.wallet
"""


_awards = msgspec.json.Decoder(list[OrderAward]).decode


async def of_member(tx: Transaction, program_id: int, member: UUID) -> list[OrderRecord]:
    """Return every order of a member."""
    cursor = await tx.execute(OF_MEMBER, {"program_id": program_id, "member": member})
    return [record_of(row) for row in await cursor.fetchall()]


async def awards(
    tx: Transaction, program_id: int
) -> AsyncIterator[tuple[UUID, UUID, Iterator[tuple[UUID, list[OrderAward]]]]]:
    """Yield member and awards of each order, a slice of members at a time, with the slice's bounds."""
    async for after, through in ledger.slices(tx, program_id, size=HOLDERS_A_SLICE):
        names = {"program_id": program_id, "after": after, "through": through}
        rows = await (await tx.execute(AWARDS_OF_SLICE, names)).fetchall()
        # One at a time: thousands of decoded orders would keep the garbage collector busy.
        yield after, through, ((row[0], _awards(row[1])) for row in rows)


async def disagreements(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every order that is not sound by itself, and every award that is not what was credited."""
    wrong: list[Disagreement] = []
    # Part of what an order was credited may have been written for another member: while they were merged.
    apart: dict[tuple[str, int], tuple[UUID | None, int, int]] = {}
    async for after, through in ledger.slices(tx, program_id, size=HOLDERS_A_SLICE):
        names = {"program_id": program_id, "after": after, "through": through}
        rows = await (await tx.execute(OF_SLICE, names)).fetchall()
        credited = {(row[0], row[1]): row[2] for row in await (await tx.execute(CREDITED, names)).fetchall()}
        given: dict[tuple[str, int], int] = {}
        owner: dict[str, UUID | None] = {}
        for record in map(record_of, rows):
            owner[record.key] = record.member_id
            for account, expected, found in faults(record):
                wrong.append(_of(record.key, record.member_id, -1, account, expected, found))
            for award in record.awards:
                place = (record.key, award.wallet)
                given[place] = given.get(place, 0) + sum(award.lines)
        for place in sorted(given.keys() | credited.keys()):
            expected, found = credited.get(place, 0), given.get(place, 0)
            if expected != found:
                known = apart.get(place, (None, 0, 0))
                apart[place] = (owner.get(place[0]) or known[0], known[1] + expected, known[2] + found)
    wrong += [
        _of(key, member, wallet, "credited", expected, found)
        for (key, wallet), (member, expected, found) in sorted(apart.items(), key=lambda item: item[0])
        if expected != found
    ]
    return wrong


def _of(key: str, member: UUID | None, wallet: int, account: str, expected: int, found: int) -> Disagreement:
    return Disagreement("order", member or ledger.NOBODY, wallet, account, expected, found, key)
