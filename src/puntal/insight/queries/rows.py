"""The rows behind the key figures, a page at a time along the key of the last row seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.engine.model import Compiled
from puntal.insight.model_kpis import (
    FlowKind,
    HolderRow,
    MemberKind,
    MemberRow,
    OrderKind,
    OrderRow,
    Span,
    TransferRow,
)
from puntal.insight.queries.incentives import ASKED
from puntal.insight.queries.parts import BOUGHT, CUSTOMERS, IS_MEMBER, KNOWN, TOOK_PART, names
from puntal.insight.store.rollups import FLOWED
from puntal.kit.db import Transaction
from puntal.points.model import Terms

_SHOWN = "m.id, m.status, m.enrolled_at, coalesce(c.orders, 0), coalesce(c.sales, 0)"
_PAGE = "(%(after)s::uuid IS NULL OR m.id > %(after)s::uuid) ORDER BY m.id LIMIT %(limit)s"

ALL_MEMBERS = f"""
-- Locks nothing. Pages by member id.
WITH {BOUGHT}, {CUSTOMERS}
SELECT {_SHOWN} FROM member m LEFT JOIN customers c ON c.id = m.id
WHERE m.program_id = %(program_id)s AND {IS_MEMBER} AND {_PAGE}
"""  # noqa: S608 - our own text, no input

NEW_MEMBERS = f"""
-- Locks nothing. Pages by member id.
WITH {BOUGHT}, {CUSTOMERS}
SELECT {_SHOWN} FROM member m LEFT JOIN customers c ON c.id = m.id
WHERE m.program_id = %(program_id)s AND {IS_MEMBER} AND m.enrolled_at >= %(begins)s::timestamptz AND {_PAGE}
"""  # noqa: S608 - our own text, no input

ACTIVE_MEMBERS = f"""
-- Locks nothing. Pages by member id.
WITH {BOUGHT}, {CUSTOMERS}, {TOOK_PART}
SELECT {_SHOWN} FROM member m LEFT JOIN customers c ON c.id = m.id LEFT JOIN took_part p ON p.id = m.id
WHERE m.program_id = %(program_id)s AND {IS_MEMBER} AND (c.joined OR p.id IS NOT NULL) AND {_PAGE}
"""  # noqa: S608 - our own text, no input

PARTICIPATING_MEMBERS = f"""
-- Locks nothing. Pages by member id.
WITH {BOUGHT}, {CUSTOMERS}, {TOOK_PART}
SELECT {_SHOWN} FROM took_part p JOIN member m ON m.program_id = %(program_id)s AND m.id = p.id
LEFT JOIN customers c ON c.id = m.id
WHERE {IS_MEMBER} AND {_PAGE}
"""  # noqa: S608 - our own text, no input

BUYERS = f"""
-- Locks nothing. Whoever bought often enough, guests too; pages by member id.
WITH {BOUGHT}, {CUSTOMERS}
SELECT {_SHOWN} FROM customers c JOIN member m ON m.program_id = %(program_id)s AND m.id = c.id
WHERE c.orders >= %(least)s AND {_PAGE}
"""  # noqa: S608 - our own text, no input

_LISTED = """
listed AS (
  SELECT source, order_id, member_id, occurred_at, day, sales, joined, returning_buyer
  FROM known
  WHERE (%(joined)s::boolean IS NULL OR joined = %(joined)s::boolean)
    AND (NOT %(named)s::boolean OR member_id IS NOT NULL) AND (NOT %(returning)s::boolean OR returning_buyer)
    AND (%(before_at)s::timestamptz IS NULL OR (occurred_at, source, order_id)
      < (%(before_at)s::timestamptz, %(before_source)s::text, %(before_id)s::text))
  ORDER BY occurred_at DESC, source DESC, order_id DESC
  LIMIT %(limit)s
)"""

ORDERS = f"""
-- Locks nothing. Newest first.
WITH {BOUGHT}, {KNOWN}, {_LISTED}
SELECT * FROM listed ORDER BY occurred_at DESC, source DESC, order_id DESC
"""  # noqa: S608 - our own text, no input

EARNING_ORDERS = f"""
-- Locks nothing. Every order that earned, cancelled and refunded ones too, newest first.
WITH {ASKED}, bought AS (
  SELECT a.source, a.order_id, a.member_id, a.occurred_at, a.day, a.sales,
    coalesce((m.enrolled_at AT TIME ZONE %(zone)s)::date <= a.day, false) AS joined
  FROM asked a
  LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = a.member_id
), {KNOWN}, {_LISTED}
SELECT * FROM listed ORDER BY occurred_at DESC, source DESC, order_id DESC
"""  # noqa: S608 - our own text, no input

TRANSFERS = f"""
-- Locks nothing. Newest first; `sign` makes what went out positive where the figure is.
WITH {FLOWED}
SELECT id, holder_id, wallet::integer, kind, change * %(sign)s::integer, recorded_at, effective_at, rule, order_key,
  note ->> 'reward'
FROM flowed
WHERE (%(wallet)s::integer IS NULL OR wallet = %(wallet)s::integer)
  AND (%(rules)s::text[] IS NULL OR rule = ANY(%(rules)s::text[])) AND recorded_at >= %(begins)s::timestamptz
  AND (account = ANY(%(accounts)s::text[])) = %(among)s::boolean
  AND (%(before_at)s::timestamptz IS NULL OR (recorded_at, id) < (%(before_at)s::timestamptz, %(before_id)s::uuid))
ORDER BY recorded_at DESC, id DESC
LIMIT %(limit)s
"""  # noqa: S608 - our own text, no input

HOLDERS = """
-- Locks nothing. Who holds units or owes them, as the liability counts: pools too, guests not. Arrays are by wallet
-- ordinal. Pages by id.
SELECT h.id, coalesce(h.available[%(place)s::integer], 0), coalesce(h.pending[%(place)s::integer], 0),
  coalesce(h.held[%(place)s::integer], 0), coalesce(h.debt[%(place)s::integer], 0)
FROM holder h
LEFT JOIN member m ON m.program_id = %(program_id)s AND m.id = h.id
WHERE h.program_id = %(program_id)s AND m.status IS DISTINCT FROM 'guest'
  AND (%(after)s::uuid IS NULL OR h.id > %(after)s::uuid)
  AND (h.available[%(place)s::integer] > 0 OR h.pending[%(place)s::integer] > 0 OR h.held[%(place)s::integer] > 0
    OR h.debt[%(place)s::integer] > 0)
ORDER BY h.id
LIMIT %(limit)s
"""

_MEMBERS: Mapping[MemberKind, tuple[str, int]] = {
    "members": (ALL_MEMBERS, 0),
    "new_members": (NEW_MEMBERS, 0),
    "active_members": (ACTIVE_MEMBERS, 0),
    "participating_members": (PARTICIPATING_MEMBERS, 0),
    "buyers": (BUYERS, 1),
    "repeat_buyers": (BUYERS, 2),
}
_NAMED = ["issued", "redeemed", "spent", "expired"]
_FLOWS: Mapping[FlowKind, tuple[list[str], bool, int]] = {
    "earned": (["issued"], True, 1),
    "spent": (["redeemed", "spent"], True, -1),
    "expired": (["expired"], True, -1),
    "other": (_NAMED, False, 1),
}


async def members_behind(
    tx: Transaction, program: Compiled, period: Span, of: MemberKind, *, after: UUID | None, limit: int
) -> list[MemberRow]:
    """Return people behind a figure, by id."""
    statement, least = _MEMBERS[of]
    said = names(program, period) | {"after": after, "limit": limit, "least": least}
    rows = await (await tx.execute(statement.encode(), said)).fetchall()
    return [MemberRow(row[0], row[1], row[2], row[3], int(row[4])) for row in rows]


async def orders_behind(
    tx: Transaction,
    program: Compiled,
    period: Span,
    of: OrderKind,
    *,
    before: tuple[datetime, str, str] | None,
    limit: int,
) -> list[OrderRow]:
    """Return purchases behind a figure, newest first."""
    at = before or (None, None, None)
    said = names(program, period) | {
        "joined": {"member_orders": True, "guest_orders": False}.get(of),
        "named": of == "known_orders",
        "returning": of == "returning_orders",
        "before_at": at[0],
        "before_source": at[1],
        "before_id": at[2],
        "limit": limit,
    }
    statement = EARNING_ORDERS if of == "earning_orders" else ORDERS
    return [OrderRow(*row) for row in await (await tx.execute(statement.encode(), said)).fetchall()]


async def transfers_behind(
    tx: Transaction,
    program: Compiled,
    period: Span,
    of: FlowKind,
    *,
    wallet: Terms | None = None,
    rules: Sequence[str] | None = None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TransferRow]:
    """Return movements behind a figure, newest first: of one wallet or of all, by any cause or by some rules only."""
    accounts, among, sign = _FLOWS[of]
    at = before or (None, None)
    said = names(program, period) | {
        "wallet": None if wallet is None else wallet.ordinal,
        "rules": None if rules is None else list(rules),
        "accounts": accounts,
        "among": among,
        "sign": sign,
        "before_at": at[0],
        "before_id": at[1],
        "limit": limit,
    }
    rows = await (await tx.execute(TRANSFERS.encode(), said)).fetchall()
    return [TransferRow(row[0], row[1], program.terms[row[2]].id, *row[3:]) for row in rows]


async def holders_behind(
    tx: Transaction, program: Compiled, *, wallet: Terms, after: UUID | None, limit: int
) -> list[HolderRow]:
    """Return who holds units of a wallet now, or owes some, by id."""
    said = {"program_id": program.program_id, "place": wallet.ordinal + 1, "after": after, "limit": limit}
    return [HolderRow(*row) for row in await (await tx.execute(HOLDERS, said)).fetchall()]
