"""What each kind of export has for rows: one statement, read a portion at a time in one view of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from puntal.engine.model import Compiled
from puntal.insight.exports.model import Filters, Kind
from puntal.kit.calendar import midnight

MEMBERS = """
-- Locks nothing. Members with their addresses, balances and tiers; narrowed as asked.
SELECT m.id, m.status, m.name,
  k.email, k.phone, k.card,
  m.country, m.locale, m.zone, m.birthday, m.enrolled_at, m.created_at, m.attributes::text, h.available, h.pending,
  h.debt,
  (SELECT json_object_agg(c.ladder, c.to_tier) FROM (
    SELECT DISTINCT ON (c.ladder) c.ladder, c.to_tier FROM tier_change c
    WHERE c.program_id = %(program_id)s AND c.member_id = m.id ORDER BY c.ladder, c.id DESC) AS c)::text AS tiers
FROM member m
LEFT JOIN LATERAL (
  -- One row by its key. The limit keeps it a look-up per member: joined, a table that was empty when last counted
  -- would be read whole for each of them.
  SELECT o.available, o.pending, o.debt FROM holder o WHERE o.program_id = %(program_id)s AND o.id = m.id LIMIT 1
) AS h ON true
CROSS JOIN LATERAL (
  SELECT min(i.value) FILTER (WHERE i.kind = 'email') AS email, min(i.value) FILTER (WHERE i.kind = 'phone') AS phone,
    min(i.value) FILTER (WHERE i.kind = 'card') AS card
  FROM identity i WHERE i.program_id = %(program_id)s AND i.member_id = m.id
) AS k
WHERE m.program_id = %(program_id)s AND m.status NOT IN ('merged', 'erased')
  AND (%(status)s::text IS NULL OR m.status = %(status)s)
  AND coalesce(m.enrolled_at, m.created_at) >= %(since)s AND coalesce(m.enrolled_at, m.created_at) < %(until)s
  AND (%(segment)s::text IS NULL OR EXISTS (
    SELECT FROM segment_member s
    WHERE s.program_id = %(program_id)s AND s.segment = %(segment)s AND s.member_id = m.id))
  AND (%(tier)s::text IS NULL OR %(tier)s = coalesce((
    SELECT c.to_tier FROM tier_change c
    WHERE c.program_id = %(program_id)s AND c.member_id = m.id AND c.ladder = %(ladder)s
    ORDER BY c.id DESC LIMIT 1), %(first_tier)s))
  AND NOT EXISTS (
    SELECT FROM unnest(%(words)s::text[]) AS w (word)
    WHERE NOT EXISTS (
      SELECT FROM member_token t
      WHERE t.program_id = %(program_id)s AND t.member_id = m.id AND starts_with(t.token, w.word)))
ORDER BY m.id
"""

ORDERS = """
-- Locks nothing.
SELECT o.source, o.order_id, o.member_id, o.state, o.occurred_at, o.day, o.currency, o.net_minor, o.total_minor,
  o.refunded_minor, o.channel, o.store
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.day >= %(first)s AND o.day <= %(last)s
ORDER BY o.occurred_at, o.source, o.order_id
"""

TRANSFERS = """
-- Locks nothing.
SELECT t.id, t.holder_id, w.id, t.kind, t.source, t.destination, t.amount, t.effective_at, t.recorded_at, t.event_id,
  t.rule, t.order_key, t.revision
FROM transfer t
LEFT JOIN wallet w ON w.program_id = %(program_id)s AND w.ordinal = t.wallet
WHERE t.program_id = %(program_id)s AND t.effective_at >= %(since)s AND t.effective_at < %(until)s
ORDER BY t.effective_at, t.holder_id, t.id
"""

REDEMPTIONS = """
-- Locks nothing.
SELECT r.id, r.member_id, r.reward, r.kind, r.state, r.held_at, r.committed_at, r.ended_at, w.id, r.units, r.returned,
  r.discount_minor, r.currency, r.order_key, r.channel, r.source, r.store, r.fulfilment
FROM redemption r
LEFT JOIN wallet w ON w.program_id = %(program_id)s AND w.ordinal = r.wallet
WHERE r.program_id = %(program_id)s AND r.held_at >= %(since)s AND r.held_at < %(until)s
ORDER BY r.held_at, r.id
"""

VOUCHERS = """
-- Locks nothing.
SELECT v.id, coalesce(v.shown, v.code), v.reward, v.state, v.member_id, v.batch_id, v.origin, v.issued_at, v.valid_from,
  v.ends_at, v.currency, v.amount, v.remaining, v.held, v.ended_at, v.ended_because
FROM voucher v
WHERE v.program_id = %(program_id)s AND v.issued_at >= %(since)s AND v.issued_at < %(until)s
ORDER BY v.issued_at, v.id
"""

EVENTS = """
-- Locks nothing.
SELECT e.id, e.type, e.source, e.member_id, e.occurred_at, e.recorded_at, e.revision, e.outcome->>'status',
  e.outcome->>'code', e.body::text
FROM event e
WHERE e.program_id = %(program_id)s AND e.occurred_at >= %(since)s AND e.occurred_at < %(until)s
ORDER BY e.occurred_at, e.recorded_at, e.id
"""

AUDIT = """
-- Locks nothing.
SELECT a.id, a.at, a.actor, a.action, a.subject, a.detail::text
FROM audit_entry a
WHERE a.program_id = %(program_id)s AND a.at >= %(since)s AND a.at < %(until)s
ORDER BY a.at, a.id
"""

_MEMBER_COLUMNS = ("id", "status", "name", "email", "phone", "card", "country", "locale", "zone", "birthday",
                   "enrolled_at", "created_at", "attributes")  # fmt: skip


class Source(Struct, frozen=True):
    """A kind's statement, and its columns as the file names them."""

    statement: str
    columns: tuple[str, ...]


SOURCES: Mapping[Kind, Source] = {
    "members": Source(MEMBERS, _MEMBER_COLUMNS),
    "orders": Source(
        ORDERS,
        ("source", "order_id", "member_id", "state", "occurred_at", "day", "currency", "net_minor", "total_minor",
         "refunded_minor", "channel", "store"),
    ),
    "transfers": Source(
        TRANSFERS,
        ("id", "member_id", "wallet", "kind", "from", "to", "amount", "effective_at", "recorded_at", "event_id", "rule",
         "order", "revision"),
    ),
    "redemptions": Source(
        REDEMPTIONS,
        ("id", "member_id", "reward", "kind", "state", "held_at", "committed_at", "ended_at", "wallet", "units",
         "returned", "discount_minor", "currency", "order", "channel", "source", "store", "fulfilment"),
    ),
    "vouchers": Source(
        VOUCHERS,
        ("id", "code", "reward", "state", "member_id", "batch_id", "origin", "issued_at", "valid_from", "ends_at",
         "currency", "amount", "remaining", "held", "ended_at", "ended_because"),
    ),
    "events": Source(
        EVENTS,
        ("id", "type", "source", "member_id", "occurred_at", "recorded_at", "revision", "status", "code", "body"),
    ),
    "audit": Source(AUDIT, ("id", "at", "actor", "action", "subject", "detail")),
}  # fmt: skip
"""In the words of the API."""
_EARLIEST, _LATEST = datetime.fromisoformat("0001-01-02T00:00Z"), datetime.fromisoformat("9999-12-30T00:00Z")


def columns(kind: Kind, program: Compiled | None) -> tuple[str, ...]:
    """Return a file's columns: of members also a wallet's and a ladder's each, as published."""
    plain = SOURCES[kind].columns
    if kind != "members" or program is None:
        return plain
    wallets = [f"{terms.id}_{part}" for terms in program.terms for part in ("available", "pending", "debt")]
    return (*plain, *wallets, *(f"tier_{climb.id}" for climb in program.climbs))


def cells(kind: Kind, program: Compiled | None, row: Sequence[Any], tiers: Mapping[str, str]) -> Sequence[Any]:
    """Return a row as it is written; `tiers` are those of a member, decoded."""
    if kind != "members" or program is None:
        return row
    plain, (available, pending, debt) = row[: len(_MEMBER_COLUMNS)], row[len(_MEMBER_COLUMNS) : -1]
    out = list(plain)
    for terms in program.terms:
        out += [_at(balances, terms.ordinal) for balances in (available, pending, debt)]
    return [*out, *(tiers.get(climb.id, climb.tiers[0]) for climb in program.climbs)]


def _at(balances: Sequence[int] | None, ordinal: int) -> int:
    return balances[ordinal] if balances is not None and ordinal < len(balances) else 0


def names(filters: Filters, program: Compiled, words: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of the statements."""
    since = _EARLIEST if filters.since is None else midnight(program.zone, filters.since)
    until = _LATEST if filters.through is None else midnight(program.zone, filters.through + timedelta(days=1))
    first = next((climb.tiers[0] for climb in program.climbs if climb.id == filters.ladder), None)
    return {
        "program_id": program.program_id,
        "since": since,
        "until": until,
        "first": filters.since or _EARLIEST.date(),
        "last": filters.through or _LATEST.date(),
        "segment": filters.segment,
        "ladder": filters.ladder,
        "tier": filters.tier,
        "first_tier": first,
        "status": filters.status,
        "words": list(words),
    }
