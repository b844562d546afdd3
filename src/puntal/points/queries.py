"""Reads of wallets: as they are now, statements, liability, and whether lots and balances agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from psycopg.rows import args_row

from puntal.kit.db import Transaction
from puntal.ledger import queries as ledger
from puntal.ledger.model import DEBT, MEMBER_ACCOUNTS, Disagreement, Transfer
from puntal.points import policy
from puntal.points.model import Books, LiabilityLine, LotEnd, StatementWallet, Terms, WalletView

STARTING = """
-- What some events gave that is not available yet, and from when; of some holders, along the primary key.
SELECT l.event_id, l.wallet, sum(l.remaining)::bigint, min(l.starts_at) FILTER (WHERE l.awaits IS NULL)
FROM lot l
WHERE l.program_id = %(program_id)s AND l.holder_id = ANY(%(holders)s::uuid[])
  AND l.event_id = ANY(%(events)s::text[]) AND l.remaining > 0 AND l.starts_at > %(now)s
GROUP BY l.event_id, l.wallet
"""

DISAGREEING_LOTS = """
-- Reads a slice of holders and their lots along the primary keys. A lot counts as pending while it starts after
-- what the holder is settled to.
WITH kept AS (
  SELECT h.id AS holder_id, (b.position - 1)::smallint AS wallet, b.available, b.pending, b.held
  FROM holder h, unnest(h.available, h.pending, h.held) WITH ORDINALITY AS b (available, pending, held, position)
  WHERE h.program_id = %(program_id)s AND h.id > %(after)s AND h.id <= %(through)s
), added AS (
  SELECT l.holder_id, l.wallet,
    sum(l.remaining) FILTER (WHERE l.starts_at <= h.settled_to) AS available,
    sum(l.remaining) FILTER (WHERE l.starts_at > h.settled_to) AS pending,
    sum(l.held) AS held
  FROM lot l JOIN holder h ON h.program_id = l.program_id AND h.id = l.holder_id
  WHERE l.program_id = %(program_id)s AND l.holder_id > %(after)s AND l.holder_id <= %(through)s
    AND (l.remaining > 0 OR l.held > 0)
  GROUP BY l.holder_id, l.wallet
)
SELECT holder_id, wallet,
  coalesce(added.available, 0)::bigint, coalesce(kept.available, 0),
  coalesce(added.pending, 0)::bigint, coalesce(kept.pending, 0),
  coalesce(added.held, 0)::bigint, coalesce(kept.held, 0)
FROM kept FULL JOIN added USING (holder_id, wallet)
WHERE coalesce(added.available, 0) <> coalesce(kept.available, 0)
  OR coalesce(added.pending, 0) <> coalesce(kept.pending, 0)
  OR coalesce(added.held, 0) <> coalesce(kept.held, 0)
ORDER BY holder_id, wallet
"""

DISAGREEING_CONSUMPTIONS = """
-- Reads lots, consumptions and the transfers that have some. By the transfer's id alone: a lot that was handed over
-- took its consumptions along, the transfers stayed.
SELECT 'consumption', l.holder_id, l.wallet, 'lot', coalesce(c.consumed, 0)::bigint,
  l.amount - l.remaining - l.held - l.expired - l.reversed, l.id
FROM lot l
LEFT JOIN (
  SELECT c.lot_id,
    sum(CASE WHEN t.source IN ('available', 'pending', 'held') THEN c.amount ELSE -c.amount END) AS consumed
  FROM consumption c JOIN transfer t ON t.program_id = %(program_id)s AND t.id = c.transfer_id
  WHERE c.program_id = %(program_id)s
  GROUP BY c.lot_id
) AS c ON c.lot_id = l.id
WHERE l.program_id = %(program_id)s
  AND coalesce(c.consumed, 0) <> l.amount - l.remaining - l.held - l.expired - l.reversed
ORDER BY l.holder_id, l.id
"""

DISAGREEING_SPENDS = """
-- Every spend is paid by lots in full; what was owed instead came from the debt account. Consumptions are added up
-- by transfer first.
SELECT 'spend', t.holder_id, t.wallet, t.destination, t.amount, coalesce(c.amount, 0)::bigint, t.id
FROM transfer t
LEFT JOIN (
  SELECT transfer_id, sum(amount) AS amount FROM consumption WHERE program_id = %(program_id)s GROUP BY transfer_id
) AS c ON c.transfer_id = t.id
WHERE t.program_id = %(program_id)s AND t.source IN ('available', 'held')
  AND t.destination IN ('redeemed', 'adjusted', 'converted', 'debt', 'spent', 'paid_out')
  AND t.amount <> coalesce(c.amount, 0)
ORDER BY t.holder_id, t.id
"""

DISAGREEING_EXPIRIES = """
-- What lots say has expired is what transfers say, over the whole program; gift cards have no lots.
SELECT 'expiry', '00000000-0000-0000-0000-000000000000'::uuid, wallet, 'expired', coalesce(t.amount, 0)::bigint,
  coalesce(l.amount, 0)::bigint
FROM (
  SELECT wallet, sum(CASE WHEN destination = 'expired' THEN amount ELSE -amount END) AS amount
  FROM transfer
  WHERE program_id = %(program_id)s AND (destination = 'expired' OR source = 'expired')
    AND source <> 'gift_cards' AND destination <> 'gift_cards'
  GROUP BY wallet
) AS t FULL JOIN (
  SELECT wallet, sum(expired) AS amount FROM lot WHERE program_id = %(program_id)s AND expired > 0 GROUP BY wallet
) AS l USING (wallet)
WHERE coalesce(t.amount, 0) <> coalesce(l.amount, 0)
ORDER BY wallet
"""

DISAGREEING_CARDS = """
-- A finished card has its spend, of as many stamps, and a void one has them back.
SELECT 'card', f.holder_id, f.wallet, f.state, f.stamps, coalesce(c.amount, 0)::bigint, f.id
FROM finished_card f
LEFT JOIN (
  SELECT transfer_id, sum(amount) AS amount FROM consumption WHERE program_id = %(program_id)s GROUP BY transfer_id
) AS c ON c.transfer_id = f.transfer_id
WHERE f.program_id = %(program_id)s AND f.stamps <> coalesce(c.amount, 0)
ORDER BY f.holder_id, f.id
"""

DISAGREEING_HOLDS = """
-- What wallets hold is what open holds say.
SELECT 'hold', holder_id, wallet, 'held', coalesce(h.amount, 0)::bigint, coalesce(l.held, 0)::bigint
FROM (
  SELECT holder_id, wallet, sum(amount) AS amount FROM hold
  WHERE program_id = %(program_id)s AND state = 'open'
  GROUP BY holder_id, wallet
) AS h FULL JOIN (
  SELECT holder_id, wallet, sum(held) AS held FROM lot WHERE program_id = %(program_id)s AND held > 0
  GROUP BY holder_id, wallet
) AS l USING (holder_id, wallet)
WHERE coalesce(h.amount, 0) <> coalesce(l.held, 0)
ORDER BY holder_id, wallet
"""

DANGLING = """
-- What foreign keys would check. By a transfer's id alone, as above.
SELECT 'dangling', l.holder_id, l.wallet, 'holder of lot', 1, 0, l.id
FROM lot l
WHERE l.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM holder h WHERE h.program_id = %(program_id)s AND h.id = l.holder_id)
UNION ALL
SELECT 'dangling', c.holder_id, -1, 'lot of consumption', 1, 0, c.lot_id
FROM consumption c
WHERE c.program_id = %(program_id)s
  AND NOT EXISTS (
    SELECT FROM lot l WHERE l.program_id = %(program_id)s AND l.holder_id = c.holder_id AND l.id = c.lot_id)
UNION ALL
SELECT 'dangling', c.holder_id, -1, 'transfer of consumption', 1, 0, c.transfer_id
FROM consumption c
WHERE c.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM transfer t WHERE t.program_id = %(program_id)s AND t.id = c.transfer_id)
UNION ALL
SELECT 'dangling', f.holder_id, f.wallet, 'transfer of card', 1, 0, f.transfer_id
FROM finished_card f
WHERE f.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM transfer t WHERE t.program_id = %(program_id)s AND t.id = f.transfer_id)
UNION ALL
SELECT 'dangling', o.holder_id, o.wallet, 'holder of hold', 1, 0, o.id
FROM hold o
WHERE o.program_id = %(program_id)s
  AND NOT EXISTS (SELECT FROM holder h WHERE h.program_id = %(program_id)s AND h.id = o.holder_id)
"""

_WHOLE_PROGRAM = (
    DANGLING,
    DISAGREEING_CONSUMPTIONS,
    DISAGREEING_SPENDS,
    DISAGREEING_EXPIRIES,
    DISAGREEING_CARDS,
    DISAGREEING_HOLDS,
)

OUTSTANDING = """
-- What holders who are members have, by wallet; one pass over the program's holders. What guests earned is
-- unclaimed and no liability. Pools are not members and count.
SELECT (b.position - 1)::integer AS wallet, coalesce(sum(b.available), 0)::bigint, coalesce(sum(b.pending), 0)::bigint,
  coalesce(sum(b.held), 0)::bigint, coalesce(sum(b.debt), 0)::bigint
FROM holder h
LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = h.id,
unnest(h.available, h.pending, h.held, h.debt) WITH ORDINALITY AS b (available, pending, held, debt, position)
WHERE h.program_id = %(program_id)s AND m.status IS DISTINCT FROM 'guest'
GROUP BY b.position
ORDER BY b.position
"""

PAID_IN_LEFT = """
-- What is left of paid-in money, by wallet: held too, and of lots only that are open; one pass over them.
SELECT wallet::integer, sum(remaining + held)::bigint
FROM lot
WHERE program_id = %(program_id)s AND wallet = ANY(%(wallets)s::smallint[]) AND origin = 'paid_in'
  AND (remaining > 0 OR held > 0)
GROUP BY wallet
ORDER BY wallet
"""


async def starting(
    tx: Transaction, program_id: int, *, holders: Iterable[UUID], events: Iterable[str], now: datetime
) -> dict[tuple[str, int], tuple[int, datetime | None]]:
    """Return by event and wallet what is not available yet, and from when; None where that is for an event to say."""
    values = {"program_id": program_id, "holders": list(holders), "events": list(events), "now": now}
    cursor = await tx.execute(STARTING, values)
    return {(event, wallet): (units, starts_at) for event, wallet, units, starts_at in await cursor.fetchall()}


async def disagreements(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return everything in lots, consumptions, holds and cards that does not add up; nothing is the answer to want."""
    return await disagreeing_lots(tx, program_id) + await _read(tx, program_id, _WHOLE_PROGRAM)


async def disagreements_now(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Do as `disagreements` with what is open now, leaving out what reads the whole past."""
    return await disagreeing_lots(tx, program_id) + await _read(tx, program_id, (DISAGREEING_HOLDS,))


async def disagreeing_lots(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every balance that is not the sum of its open lots."""
    wrong = []
    async for after, through in ledger.slices(tx, program_id):
        names = {"program_id": program_id, "after": after, "through": through}
        for holder_id, wallet, *pairs in await (await tx.execute(DISAGREEING_LOTS, names)).fetchall():
            for account, expected, found in zip(MEMBER_ACCOUNTS, pairs[::2], pairs[1::2], strict=False):
                if expected != found:
                    wrong.append(Disagreement("lots", holder_id, wallet, account, expected, found))
    return wrong


async def _read(tx: Transaction, program_id: int, statements: Sequence[str]) -> list[Disagreement]:
    wrong: list[Disagreement] = []
    async with tx.cursor(row_factory=args_row(Disagreement)) as cursor:
        for statement in statements:
            await cursor.execute(statement.encode(), {"program_id": program_id})
            wrong += await cursor.fetchall()
    return wrong


def view(books: Books, terms: Sequence[Terms]) -> list[WalletView]:
    """Return what a holder sees of settled books, retired wallets only while something is in them."""
    views = []
    for each in terms:
        wallet = each.ordinal
        amounts = [getattr(books, account)[wallet] for account in MEMBER_ACCOUNTS]
        if each.retired and not any(amounts):
            continue
        available, pending, held, debt = amounts
        views.append(
            WalletView(
                wallet=each.id,
                ordinal=wallet,
                kind=each.kind,
                scale=each.scale,
                currency=each.currency if each.kind == "money" else None,
                balance=policy.balance_shown(books, wallet),
                available=available,
                pending=pending,
                held=held,
                debt=debt,
                ends=_together((policy.end_of(books, lot), lot.remaining) for lot in policy.spendable(books, wallet)),
                starts=_together(
                    sorted((lot.starts_at, lot.remaining) for lot in policy.spendable(books, wallet, pending=True))
                ),
            )
        )
    return views


def _together(amounts: Iterable[tuple[datetime | None, int]]) -> tuple[LotEnd, ...]:
    sums: dict[datetime | None, int] = {}
    for at, amount in amounts:
        sums[at] = sums.get(at, 0) + amount
    return tuple(LotEnd(amount, at) for at, amount in sums.items())


async def statement(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    *,
    holders: Sequence[UUID],
    since: datetime,
    until: datetime,
) -> list[StatementWallet]:
    """Return each wallet's opening, lines and closing for what was *recorded* in `[since, until)`.

    A period that is over never changes: what is learnt later is a line of a later statement.

    Args:
        holders: The holder, and those merged into it.
    """
    opening = await ledger.recorded_before(tx, program_id, holders=list(holders), since=since)
    lines = await ledger.recorded_between(tx, program_id, holders=list(holders), since=since, until=until)
    statements = []
    for each in terms:
        of_wallet = [line for line in lines if line.wallet == each.ordinal]
        before = opening.get(each.ordinal, dict.fromkeys(MEMBER_ACCOUNTS, 0))
        if of_wallet or any(before.values()):
            statements.append(
                StatementWallet(
                    wallet=each.id,
                    ordinal=each.ordinal,
                    opening=before,
                    closing=_after(before, of_wallet),
                    lines=tuple(of_wallet),
                )
            )
    return statements


def _after(opening: Mapping[str, int], lines: Sequence[Transfer]) -> dict[str, int]:
    closing = dict(opening)
    for line in lines:
        for account, moved in ((line.source, -line.amount), (line.destination, line.amount)):
            if account in closing:
                closing[account] += -moved if account == DEBT else moved
    return closing


async def liability(tx: Transaction, program_id: int, terms: Sequence[Terms]) -> list[LiabilityLine]:
    """Return what each wallet's outstanding units are expected to cost, debt and guests' points apart."""
    rows = await (await tx.execute(OUTSTANDING, {"program_id": program_id})).fetchall()
    sums = {row[0]: row[1:] for row in rows}
    money = [each.ordinal for each in terms if each.kind == "money"]
    paid_in: dict[int, int] = {}
    if money:
        found = await tx.execute(PAID_IN_LEFT, {"program_id": program_id, "wallets": money})
        paid_in = dict(await found.fetchall())
    return [
        liability_of(each, *sums.get(each.ordinal, (0, 0, 0, 0)), paid_in=paid_in.get(each.ordinal, 0))
        for each in terms
    ]


def liability_of(
    terms: Terms, available: int, pending: int, held: int, debt: int, *, paid_in: int = 0
) -> LiabilityLine:
    """Return one wallet's expected cost, rounded half up once, on the total; paid-in money is owed in full."""
    granted = available + pending + held - paid_in
    exact = granted * terms.cost * terms.expected_redemption + paid_in * terms.cost
    return LiabilityLine(
        wallet=terms.id,
        available=available,
        pending=pending,
        held=held,
        debt=debt,
        paid_in=paid_in,
        cost_minor=math.floor(exact + Fraction(1, 2)),
        currency=terms.currency,
    )
