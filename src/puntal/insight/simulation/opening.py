"""What members' past is read from: their rows of today, and everything the books say of the time since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from puntal.activity import queries as activity
from puntal.activity.model import Count
from puntal.engine.model import Compiled, Event
from puntal.intake.model import Said
from puntal.intake.operations import event_of
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import AVAILABLE, MEMBER_ACCOUNTS, PENDING, Holder
from puntal.members import operations as members
from puntal.members.model import Profile
from puntal.orders import operations as orders
from puntal.orders.model import OrderRecord
from puntal.points.model import Lot
from puntal.programs.document.builtin import PURCHASE
from puntal.segments import operations as segments
from puntal.tiers import queries as tiers

PEOPLE = """
-- Locks nothing. The next members of a part, along the primary key; the last byte of an id is random.
SELECT m.id
FROM member m
WHERE m.program_id = %(program_id)s AND m.id > %(after)s AND m.status NOT IN ('merged', 'erased')
  AND get_byte(uuid_send(m.id), 15) %% %(parts)s = %(part)s
ORDER BY m.id
LIMIT %(limit)s
"""

MERGED = """
-- Locks nothing. Who was merged into these members: events and transfers keep the id they were written under.
SELECT m.id, m.merged_into
FROM member m
WHERE m.program_id = %(program_id)s AND m.merged_into = ANY(%(ids)s::uuid[])
"""

EVENTS = """
-- Locks nothing. What happened to some persons since then, in the order of time, along the index by member.
SELECT e.member_id, e.id, e.body::text, e.occurred_at,
  CASE WHEN e.type = ANY(%(once)s::text[]) THEN e.outcome->>'code' END
FROM event e
WHERE e.program_id = %(program_id)s AND e.member_id = ANY(%(ids)s::uuid[])
  AND e.occurred_at >= %(since)s
ORDER BY e.member_id, e.occurred_at, e.recorded_at, e.id
"""

TRANSFERS = """
-- Locks nothing. What moved in some persons' wallets since then, along the primary key.
SELECT t.holder_id, t.id, t.wallet, t.kind, t.source, t.destination, t.amount, t.effective_at, t.event_id, t.rule,
  t.order_key
FROM transfer t
WHERE t.program_id = %(program_id)s AND t.holder_id = ANY(%(ids)s::uuid[]) AND t.effective_at >= %(since)s
ORDER BY t.holder_id, t.effective_at, t.id
"""

CONSUMED = """
-- Locks nothing. Which lots paid those transfers, or got back from them.
SELECT c.transfer_id, c.lot_id, c.amount
FROM consumption c
WHERE c.program_id = %(program_id)s AND c.holder_id = ANY(%(ids)s::uuid[])
  AND c.transfer_id = ANY(%(transfers)s::uuid[])
ORDER BY c.transfer_id, c.lot_id
"""

LOTS = """
-- Locks nothing. Lots from before that may have had something left then.
SELECT l.holder_id, l.id, l.wallet, l.amount, l.remaining, l.earned_at, l.starts_at, l.ends_at, l.held, l.expired,
  l.reversed, l.noted, l.renewable, l.earner_id, l.event_id, l.order_key, l.origin, l.awaits
FROM lot l
WHERE l.program_id = %(program_id)s AND l.holder_id = ANY(%(ids)s::uuid[]) AND l.earned_at < %(since)s
  AND (l.remaining > 0 OR l.held > 0 OR l.ends_at IS NULL OR l.ends_at > %(since)s
    OR l.order_key = ANY(%(orders)s::text[]))
ORDER BY l.holder_id, l.id
"""

GIVEN = """
-- Locks nothing. Lots since that no rule gave: their dates are taken over with what moved beside events.
SELECT l.holder_id, l.wallet, l.earned_at, l.amount, l.starts_at, l.ends_at, l.renewable, l.awaits
FROM (
  SELECT DISTINCT g.holder_id, g.wallet, g.at
  FROM unnest(%(holders)s::uuid[], %(wallets)s::smallint[], %(ats)s::timestamptz[]) AS g (holder_id, wallet, at)
) AS g
JOIN lot l ON l.program_id = %(program_id)s AND l.holder_id = g.holder_id AND l.wallet = g.wallet
  AND l.earned_at = g.at
ORDER BY l.holder_id, l.id
"""

HELD_THEN = """
-- Locks nothing. What was set aside at that instant, by lot.
SELECT h.lots::text
FROM hold h
WHERE h.program_id = %(program_id)s AND h.holder_id = ANY(%(ids)s::uuid[]) AND h.held_at < %(since)s
  AND (h.ended_at IS NULL OR h.ended_at >= %(since)s)
ORDER BY h.id
"""

TIERS = """
-- Locks nothing. The last change of each ladder before the instant, and the next one after it.
SELECT DISTINCT ON (c.member_id, c.ladder, c.effective_at < %(since)s) c.member_id, c.ladder,
  c.effective_at < %(since)s, c.from_tier, c.to_tier, c.reason, c.effective_at
FROM tier_change c
WHERE c.program_id = %(program_id)s AND c.member_id = ANY(%(ids)s::uuid[]) AND c.from_tier <> c.to_tier
ORDER BY c.member_id, c.ladder, c.effective_at < %(since)s,
  CASE WHEN c.effective_at < %(since)s THEN c.effective_at END DESC,
  CASE WHEN c.effective_at < %(since)s THEN c.id END DESC, c.effective_at, c.id
"""

LAST_ACTIVE = """
-- Locks nothing. When somebody last did something of a kind before the instant.
SELECT e.member_id, e.type, max(e.occurred_at)
FROM event e
WHERE e.program_id = %(program_id)s AND e.member_id = ANY(%(ids)s::uuid[]) AND e.occurred_at < %(since)s
  AND e.type = ANY(%(types)s::text[])
GROUP BY e.member_id, e.type
"""

LAST_ORDERS = """
-- Locks nothing. Along the index by member and day.
SELECT o.member_id, max(o.day)
FROM shop_order o
WHERE o.program_id = %(program_id)s AND o.member_id = ANY(%(ids)s::uuid[]) AND o.day < %(day)s
  AND o.event_id IS NOT NULL AND o.source <> 'referral'
GROUP BY o.member_id
"""

_said = msgspec.json.Decoder(Said).decode
_shares = msgspec.json.Decoder(list[tuple[UUID, int]]).decode
_CAUSED = '{"cause":'
"""How the body of an event begins that a decision caused: it is decided again with its cause."""
Dates = tuple[datetime, datetime | None, bool, str | None]
_AGAIN = frozenset({"tier.lost"})
"""What nights say comes again by itself."""


class Moved(Struct, frozen=True):
    """A transfer, as far as a simulation asks.

    Attributes:
        dates: Of the lot it brought in, where no rule did: start, end, renewable and awaited event.
    """

    id: UUID
    wallet: int
    kind: str
    source: str
    destination: str
    amount: int
    at: datetime
    event_id: str | None
    rule: str | None
    order_key: str | None
    dates: Dates | None = None


class Told(Struct, frozen=True):
    """A change of tier."""

    before: bool
    from_tier: str
    to_tier: str
    reason: str
    at: datetime


class Person(Struct):
    """Everything that is read of one member.

    Attributes:
        repeated: Ids of events that counted for nothing because an earlier one said the same.
        consumed: Transfer to the lots that paid it.
        held_then: By lot.
        figures: Daily figures of before.
        measured: Ladder to what it measured by local day, of ladders that cannot be re-added otherwise.
    """

    profile: Profile
    holder: Holder | None = None
    events: list[Event] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)
    unreadable: int = 0
    moved: list[Moved] = field(default_factory=list)
    consumed: dict[UUID, list[tuple[UUID, int]]] = field(default_factory=dict)
    lots: list[Lot] = field(default_factory=list)
    held_then: dict[UUID, int] = field(default_factory=dict)
    orders: dict[tuple[str, str], OrderRecord] = field(default_factory=dict)
    tiers: dict[str, list[Told]] = field(default_factory=dict)
    active: dict[str, datetime] = field(default_factory=dict)
    figures: list[Count] = field(default_factory=list)
    measured: dict[str, list[tuple[date, int]]] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    last_order: date | None = None
    merged: bool = False


class Wanted(Struct, frozen=True):
    """What is read for both programs together, worked out once.

    Attributes:
        kinds: Daily figures that are kept; `missing` are those that are counted from the orders.
        renewing: Event types that keep wallets alive.
    """

    live: Compiled
    draft: Compiled
    since: datetime
    until: datetime
    first_day: date
    once: tuple[str, ...]
    kinds: frozenset[tuple[str, str]]
    missing: tuple[tuple[str, str], ...]
    renewing: tuple[str, ...]
    lists: tuple[str, ...]

    @classmethod
    def of(cls, live: Compiled, draft: Compiled, *, since: datetime, until: datetime, first_day: date) -> Wanted:
        """Return what these programs want to know of members between two instants."""
        kept = {(read.metric, read.key) for read in live.metrics}
        asked = kept | {(read.metric, read.key) for read in draft.metrics}
        types = {PURCHASE, live.earns_on, *live.renewing} if live.fading else set()
        return cls(
            live=live,
            draft=draft,
            since=since,
            until=until,
            first_day=first_day,
            once=tuple({*live.once_per, *draft.once_per}),
            kinds=frozenset(asked),
            missing=tuple(sorted(kind for kind in asked - kept if not kind[0].startswith("events."))),
            renewing=tuple(types),
            lists=tuple(dict.fromkeys((*live.lists, *draft.lists))),
        )


async def people(tx: Transaction, program_id: int, *, after: UUID, part: int, parts: int, limit: int) -> list[UUID]:
    """Return the next members of a part."""
    names: dict[str, Any] = {"program_id": program_id, "after": after, "part": part, "parts": parts, "limit": limit}
    return [row[0] for row in await (await tx.execute(PEOPLE, names)).fetchall()]


async def read(tx: Transaction, program_id: int, wanted: Wanted, ids: Sequence[UUID]) -> list[Person]:
    """Return everything of some members, one statement a table."""
    profiles = await members.load(tx, program_id, ids)
    found = {id: Person(profile=profiles[id]) for id in ids if id in profiles}
    names: dict[str, Any] = {"program_id": program_id, "ids": list(found)}
    survivor = {id: id for id in found}
    for merged, into in await (await tx.execute(MERGED, names)).fetchall():
        survivor[merged] = into
        found[into].merged = True
    names |= {"ids": list(survivor), "since": wanted.since, "once": list(wanted.once)}
    cursor = await tx.execute(EVENTS, names)
    for member, id, body, _, code in await cursor.fetchall():
        _event(found[survivor[member]], id, body, code)
    for person in found.values():
        if person.merged:
            person.events.sort(key=lambda event: event.occurred_at)
    for id, holder in (await ledger.read_holders(tx, program_id, list(found))).items():
        found[id].holder = holder
    await _wallets(tx, found, survivor, names)
    await _orders(tx, program_id, found)
    cursor = await tx.execute(LAST_ORDERS, {"program_id": program_id, "ids": list(found), "day": wanted.first_day})
    for member, day in await cursor.fetchall():
        found[member].last_order = day
    await _standing(tx, program_id, wanted, found, names)
    if wanted.lists:
        for id, lists in (await segments.static_lists(tx, program_id, list(found), wanted.lists)).items():
            found[id].lists = lists
    return list(found.values())


def _event(person: Person, id: str, body: str, code: str | None) -> None:
    if body.startswith(_CAUSED):
        return
    try:
        event = event_of(_said(body), late_allowed=True)
    except msgspec.DecodeError:
        # Of people who were erased the words are gone.
        person.unreadable += 1
        return
    if event.type in _AGAIN:
        return
    person.events.append(event)
    if code == "event.repeated":
        person.repeated.add(id)


async def _wallets(
    tx: Transaction, found: dict[UUID, Person], survivor: dict[UUID, UUID], names: dict[str, Any]
) -> None:
    of_transfer: dict[UUID, Person] = {}
    rows = [(row[0], Moved(*row[1:])) for row in await (await tx.execute(TRANSFERS, names)).fetchall()]
    dates = await _dates(tx, rows, names)
    for holder, each in rows:
        of_lot = dates.get((holder, each.wallet, each.at, each.amount))
        moved, person = replace(each, dates=of_lot.pop(0)) if of_lot and _given(each) else each, found[survivor[holder]]
        person.moved.append(moved)
        of_transfer[moved.id] = person
    if of_transfer:
        cursor = await tx.execute(CONSUMED, names | {"transfers": list(of_transfer)})
        for transfer, lot, amount in await cursor.fetchall():
            of_transfer[transfer].consumed.setdefault(transfer, []).append((lot, amount))
    keys = {f"{event.source}:{event.order_id}" for person in found.values() for event in person.events
            if event.order_id is not None}  # fmt: skip
    cursor = await tx.execute(LOTS, names | {"orders": list(keys)})
    holder_of: dict[UUID, Person] = {}
    for holder, *row in await cursor.fetchall():
        person = found[survivor[holder]]
        lot = Lot(*row[:7], *row[7:])
        person.lots.append(lot)
        holder_of[lot.id] = person
    for (shares,) in await (await tx.execute(HELD_THEN, names)).fetchall():
        for lot_id, amount in _shares(shares):
            if lot_id in holder_of:
                held = holder_of[lot_id].held_then
                held[lot_id] = held.get(lot_id, 0) + amount


def _given(one: Moved) -> bool:
    """Return whether it brought units in that no rule gave."""
    by_rule = one.kind == "points.earned" and one.event_id is not None
    return one.destination in (AVAILABLE, PENDING) and one.source not in MEMBER_ACCOUNTS and not by_rule


async def _dates(
    tx: Transaction, rows: Sequence[tuple[UUID, Moved]], names: dict[str, Any]
) -> dict[tuple[UUID, int, datetime, int], list[Dates]]:
    """Return the dates of the lots that were given beside events, by holder, wallet, instant and amount."""
    given = [(holder, one) for holder, one in rows if _given(one)]
    found: dict[tuple[UUID, int, datetime, int], list[Dates]] = {}
    if given:
        columns = {
            "holders": [holder for holder, _ in given],
            "wallets": [one.wallet for _, one in given],
            "ats": [one.at for _, one in given],
        }
        for holder, wallet, at, amount, *dates in await (await tx.execute(GIVEN, names | columns)).fetchall():
            found.setdefault((holder, wallet, at, amount), []).append((dates[0], dates[1], dates[2], dates[3]))
    return found


async def _orders(tx: Transaction, program_id: int, found: dict[UUID, Person]) -> None:
    owners: dict[tuple[str, str], Person] = {}
    for person in found.values():
        for event in person.events:
            if event.order_id is not None:
                owners[event.source, event.order_id] = person
    for key, record in (await orders.load(tx, program_id, owners.keys())).items():
        owners[key].orders[key] = record


async def _standing(
    tx: Transaction, program_id: int, wanted: Wanted, found: dict[UUID, Person], names: dict[str, Any]
) -> None:
    live, ids = wanted.live, list(found)
    if live.climbs:
        for member, ladder, *row in await (await tx.execute(TIERS, names | {"ids": ids})).fetchall():
            found[member].tiers.setdefault(ladder, []).append(Told(*row))
    known = {climb.id: (climb.measure, climb.wallet, climb.window, climb.span) for climb in live.climbs}
    for climb in {climb.id: climb for climb in (*live.climbs, *wanted.draft.climbs)}.values():
        counted = (climb.measure, climb.wallet, climb.window, climb.span)
        if climb.window == "rolling" or known.get(climb.id) != counted:
            for member, days in (await tiers.measured_by_day(tx, program_id, climb, ids)).items():
                found[member].measured[climb.id] = [(day, amount) for day, amount in days if day < wanted.first_day]
    if wanted.renewing:
        cursor = await tx.execute(LAST_ACTIVE, names | {"ids": ids, "types": list(wanted.renewing)})
        for member, type, at in await cursor.fetchall():
            found[member].active[type] = at
    if wanted.kinds:
        await _figures(tx, program_id, wanted, found, ids)


async def _figures(
    tx: Transaction, program_id: int, wanted: Wanted, found: dict[UUID, Person], ids: Collection[UUID]
) -> None:
    counts = await activity.of_members(tx, program_id, list(ids))
    kinds = wanted.kinds - set(wanted.missing)
    if wanted.missing:
        draft = wanted.draft
        more = await activity.counted(
            tx, program_id, list(ids), wanted.missing, currency=draft.currency, earns_on=draft.earns_on
        )
        counts = [*(one for one in counts if (one.metric, one.key) in kinds), *more]
    for one in counts:
        if one.day < wanted.first_day and (one.metric, one.key) in wanted.kinds:
            found[one.member_id].figures.append(one)
