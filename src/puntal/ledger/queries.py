"""Reads of the books: trial balance, one holder's transfers, and whether balances are the sums of transfers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import args_row, dict_row

from puntal.kit.db import Transaction
from puntal.kit.pages import LAST_ID
from puntal.ledger.model import MEMBER_ACCOUNTS, Balance, Disagreement, Transfer
from puntal.ledger.store import SINCE_DAY

HOLDERS_A_SLICE = 20_000
"""How many holders are compared at once: the most memory a check needs."""

NOBODY = UUID(int=0)

TRIAL_BALANCE = """
-- Reads every transfer of the program once. Debt is shown as the negative balance it is.
SELECT moved.wallet, moved.account, sum(moved.amount)::bigint
FROM (
  SELECT wallet, destination AS account, amount FROM transfer WHERE program_id = %(program_id)s
  UNION ALL
  SELECT wallet, source, -amount FROM transfer WHERE program_id = %(program_id)s
) AS moved
GROUP BY moved.wallet, moved.account
ORDER BY moved.wallet, moved.account
"""

HOLDER_TOTALS = """
-- Reads every holder of the program once.
SELECT (b.position - 1)::smallint AS wallet, coalesce(sum(b.available), 0)::bigint, coalesce(sum(b.pending), 0)::bigint,
  coalesce(sum(b.held), 0)::bigint, coalesce(sum(b.debt), 0)::bigint
FROM holder h, unnest(h.available, h.pending, h.held, h.debt)
  WITH ORDINALITY AS b (available, pending, held, debt, position)
WHERE h.program_id = %(program_id)s
GROUP BY b.position
ORDER BY b.position
"""

NEXT_BOUND = """
-- The last holder of the next slice; no row when fewer are left.
SELECT id FROM holder WHERE program_id = %(program_id)s AND id > %(after)s ORDER BY id OFFSET %(size)s - 1 LIMIT 1
"""

_KEPT = """
  SELECT h.id AS holder_id, (b.position - 1)::smallint AS wallet, b.available, b.pending, b.held, b.debt
  FROM holder h, unnest(h.available, h.pending, h.held, h.debt)
    WITH ORDINALITY AS b (available, pending, held, debt, position)
  WHERE h.program_id = %(program_id)s
"""
"""Balances as the holders' rows have them."""

_DIFFERENT = """
holder_id, wallet,
  coalesce(moved.available, 0)::bigint, coalesce(kept.available, 0),
  coalesce(moved.pending, 0)::bigint, coalesce(kept.pending, 0),
  coalesce(moved.held, 0)::bigint, coalesce(kept.held, 0),
  coalesce(moved.debt, 0)::bigint, coalesce(kept.debt, 0)
FROM kept FULL JOIN moved USING (holder_id, wallet)
WHERE coalesce(moved.available, 0) <> coalesce(kept.available, 0)
  OR coalesce(moved.pending, 0) <> coalesce(kept.pending, 0)
  OR coalesce(moved.held, 0) <> coalesce(kept.held, 0)
  OR coalesce(moved.debt, 0) <> coalesce(kept.debt, 0)
ORDER BY holder_id, wallet
"""
"""Where what was `kept` is not what was `moved`."""

DISAGREEING_BALANCES = f"""
-- Reads a slice of holders and their transfers, both along their primary keys. Holders that only have transfers
-- are found too.
WITH kept AS (
{_KEPT} AND h.id > %(after)s AND h.id <= %(through)s
), moved AS (
  SELECT holder_id, wallet,
    sum(CASE 'available' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END) AS available,
    sum(CASE 'pending' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END) AS pending,
    sum(CASE 'held' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END) AS held,
    sum(CASE 'debt' WHEN destination THEN -amount WHEN source THEN amount ELSE 0 END) AS debt
  FROM transfer
  WHERE program_id = %(program_id)s AND holder_id > %(after)s AND holder_id <= %(through)s
  GROUP BY holder_id, wallet
)
SELECT {_DIFFERENT}
"""  # noqa: S608 - our own constants

LATEST_CHECKPOINT = """
-- The newest closed day, from the end of the primary key.
SELECT day, recorded_to FROM checkpoint WHERE program_id = %(program_id)s ORDER BY day DESC LIMIT 1
"""

DISAGREEING_SINCE = f"""
-- Reads one checkpoint, the transfers recorded since (by block ranges), and every holder.
WITH kept AS (
{_KEPT}
), moved AS (
  SELECT holder_id, wallet, sum(available) AS available, sum(pending) AS pending, sum(held) AS held, sum(debt) AS debt
  FROM ({SINCE_DAY}) AS parts
  GROUP BY holder_id, wallet
)
SELECT {_DIFFERENT}
"""  # noqa: S608 - our own constants

TRANSFERS = """
-- A page of one holder's transfers, newest first, along the primary key: ids go up with time.
SELECT id, holder_id, wallet, kind, source, destination, amount, effective_at, recorded_at, event_id, rule, order_key,
  revision, other_holder_id, note
FROM transfer
WHERE program_id = %(program_id)s AND holder_id = ANY(%(holders)s::uuid[]) AND id < %(before)s
  AND (%(wallet)s::smallint IS NULL OR wallet = %(wallet)s)
ORDER BY id DESC
LIMIT %(limit)s
"""

RECORDED_BETWEEN = """
-- One holder's transfers of a period, in the order they were written.
SELECT id, holder_id, wallet, kind, source, destination, amount, effective_at, recorded_at, event_id, rule, order_key,
  revision, other_holder_id, note
FROM transfer
WHERE program_id = %(program_id)s AND holder_id = ANY(%(holders)s::uuid[])
  AND recorded_at >= %(since)s AND recorded_at < %(until)s
ORDER BY recorded_at, id
"""

RECORDED_BEFORE = """
-- What a holder's guarded accounts held when a period began, by wallet.
SELECT wallet,
  sum(CASE 'available' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END)::bigint AS available,
  sum(CASE 'pending' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END)::bigint AS pending,
  sum(CASE 'held' WHEN destination THEN amount WHEN source THEN -amount ELSE 0 END)::bigint AS held,
  sum(CASE 'debt' WHEN destination THEN -amount WHEN source THEN amount ELSE 0 END)::bigint AS debt
FROM transfer
WHERE program_id = %(program_id)s AND holder_id = ANY(%(holders)s::uuid[]) AND recorded_at < %(since)s
GROUP BY wallet
ORDER BY wallet
"""

SUM_OF_KINDS = """
-- Units moved by kind in a period of recording, over the whole program.
SELECT wallet, kind, source, destination, sum(amount)::bigint AS amount, count(*) AS transfers
FROM transfer
WHERE program_id = %(program_id)s AND recorded_at >= %(since)s AND recorded_at < %(until)s
GROUP BY wallet, kind, source, destination
ORDER BY wallet, kind, source, destination
"""


async def trial_balance(tx: Transaction, program_id: int) -> list[Balance]:
    """Return every account's sum over all transfers; per wallet they add up to zero."""
    async with tx.cursor(row_factory=args_row(Balance)) as cursor:
        return await (await cursor.execute(TRIAL_BALANCE, {"program_id": program_id})).fetchall()


async def holder_totals(tx: Transaction, program_id: int) -> dict[int, dict[str, int]]:
    """Return what all holders have together, by wallet ordinal and account."""
    rows = await (await tx.execute(HOLDER_TOTALS, {"program_id": program_id})).fetchall()
    return {row[0]: dict(zip(MEMBER_ACCOUNTS, row[1:], strict=True)) for row in rows}


async def slices(tx: Transaction, program_id: int, *, size: int = HOLDERS_A_SLICE) -> AsyncIterator[tuple[UUID, UUID]]:
    """Yield the bounds (after, through) of all holders in slices that fit in memory; at least one."""
    after = NOBODY
    while True:
        found = await tx.execute(NEXT_BOUND, {"program_id": program_id, "after": after, "size": size})
        row = await found.fetchone()
        if row is None:
            # The last slice is open: rows may exist whose holder does not.
            yield after, LAST_ID
            return
        yield after, row[0]
        after = row[0]


async def disagreeing_balances(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Return every guarded account that is not the sum of its transfers."""
    wrong = []
    async for after, through in slices(tx, program_id):
        names = {"program_id": program_id, "after": after, "through": through}
        wrong += _disagreements(await (await tx.execute(DISAGREEING_BALANCES, names)).fetchall())
    return wrong


async def latest_checkpoint(tx: Transaction, program_id: int) -> tuple[date, datetime] | None:
    """Return the newest closed day, and the first instant of recording that is not in it."""
    row = await (await tx.execute(LATEST_CHECKPOINT, {"program_id": program_id})).fetchone()
    return None if row is None else (row[0], row[1])


async def disagreeing_since_checkpoint(tx: Transaction, program_id: int) -> list[Disagreement]:
    """Do as `disagreeing_balances`, reading only what was recorded since the last closed day."""
    closed = await latest_checkpoint(tx, program_id)
    if closed is None:
        return await disagreeing_balances(tx, program_id)
    names = {"program_id": program_id, "before": closed[0], "recorded_from": closed[1]}
    return _disagreements(await (await tx.execute(DISAGREEING_SINCE, names)).fetchall())


def _disagreements(rows: Iterable[Sequence[Any]]) -> list[Disagreement]:
    return [
        Disagreement("balance", holder_id, wallet, account, expected, found)
        for holder_id, wallet, *pairs in rows
        for account, expected, found in zip(MEMBER_ACCOUNTS, pairs[::2], pairs[1::2], strict=True)
        if expected != found
    ]


async def transfers(
    tx: Transaction,
    program_id: int,
    *,
    holders: list[UUID],
    before: UUID | None,
    limit: int,
    wallet: int | None = None,
) -> list[Transfer]:
    """Return a page of transfers, newest first; `before` is the last id of the page before."""
    names: dict[str, Any] = {"holders": holders, "before": before or LAST_ID, "limit": limit, "wallet": wallet}
    async with tx.cursor(row_factory=args_row(Transfer)) as cursor:
        return await (await cursor.execute(TRANSFERS, names | {"program_id": program_id})).fetchall()


async def recorded_between(
    tx: Transaction, program_id: int, *, holders: list[UUID], since: datetime, until: datetime
) -> list[Transfer]:
    """Return the transfers recorded in `[since, until)`, in the order they were written."""
    names = {"program_id": program_id, "holders": holders, "since": since, "until": until}
    async with tx.cursor(row_factory=args_row(Transfer)) as cursor:
        return await (await cursor.execute(RECORDED_BETWEEN, names)).fetchall()


async def recorded_before(
    tx: Transaction, program_id: int, *, holders: list[UUID], since: datetime
) -> dict[int, dict[str, int]]:
    """Return the guarded accounts as they were recorded before an instant, by wallet ordinal."""
    names = {"program_id": program_id, "holders": holders, "since": since}
    rows = await (await tx.execute(RECORDED_BEFORE, names)).fetchall()
    return {row[0]: dict(zip(MEMBER_ACCOUNTS, row[1:], strict=True)) for row in rows}


async def sum_of_kinds(tx: Transaction, program_id: int, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Return the units moved in a period of recording: wallet, kind, source, destination, amount, transfers."""
    names = {"program_id": program_id, "since": since, "until": until}
    async with tx.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(SUM_OF_KINDS, names)).fetchall()
