"""Finding people by anything one may hold of them, and by what they are in; with what a list shows of each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct, structs

from puntal.checkout.operations.till.scanning import scan
from puntal.console.errors import LadderUnknown
from puntal.engine.model import Compiled
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.pages import LAST_ID, cut, read_cursor, write_cursor
from puntal.members import queries as members
from puntal.members.identities import phone
from puntal.members.model import MEMBERS, Status
from puntal.programs.catalogue import catalogue_of, of_segment
from puntal.segments.errors import SegmentNotFound
from puntal.tiers import queries as tiers
from puntal.tiers.model import Climb

MOST_COUNTED = 10_000
"""Of more, a list says so and does not count them."""
FoundBy = Literal["pass", "email", "number", "voucher", "order", "external", "id", "name"]
EVERYBODY: tuple[Status, ...] = (*MEMBERS, "guest", "left")
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_FIRST = UUID(int=0)
_NAMES, _EMAILS = "name", "email"
_LEAST, _LEAST_DIGITS = 3, 6
"""Shorter beginnings of addresses, and numbers of fewer digits, mean everybody and nobody."""
_ORDER = re.compile(r"^(?:(?:(?:order|pedido|ticket|number|número)\b|n[º°]\.?|no?\.)\s*)*[#:]?\s*(?=\S)", re.IGNORECASE)
"""What people write before the number of an order."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

BY_ORDER = """
-- Whose order has this number, in any source: sources are few, so the key is walked once per source. Locks nothing.
WITH RECURSIVE named AS (
  (SELECT source FROM shop_order WHERE program_id = %(program_id)s ORDER BY source LIMIT 1)
  UNION ALL
  SELECT (SELECT o.source FROM shop_order o
          WHERE o.program_id = %(program_id)s AND o.source > named.source ORDER BY o.source LIMIT 1)
  FROM named WHERE named.source IS NOT NULL
)
SELECT DISTINCT o.member_id FROM named
JOIN shop_order o ON o.program_id = %(program_id)s AND o.source = named.source AND o.order_id = %(text)s
WHERE o.member_id IS NOT NULL
"""

BY_EXTERNAL = """
-- Whose id in another system this is; as above, once per kind of identity. Locks nothing.
WITH RECURSIVE named AS (
  (SELECT kind FROM identity WHERE program_id = %(program_id)s AND kind > 'external:' ORDER BY kind LIMIT 1)
  UNION ALL
  SELECT (SELECT i.kind FROM identity i
          WHERE i.program_id = %(program_id)s AND i.kind > named.kind ORDER BY i.kind LIMIT 1)
  FROM named WHERE named.kind LIKE 'external:%%'
)
SELECT DISTINCT i.member_id FROM named
JOIN identity i ON i.program_id = %(program_id)s AND i.kind = named.kind AND i.value = %(text)s
"""

IN_SEGMENT = """
-- A page of a segment, newest members first, by its key; both sides are bounded, for they may be walked together.
-- Locks nothing.
SELECT s.member_id FROM segment_member s
JOIN member m ON m.program_id = %(program_id)s AND m.id = s.member_id AND m.status = ANY(%(statuses)s::text[])
  AND m.id < %(before)s
WHERE s.program_id = %(program_id)s AND s.segment = %(segment)s AND s.member_id < %(before)s
ORDER BY s.member_id DESC
LIMIT %(limit)s
"""

HOW_MANY = """
-- How many people of these statuses there are, up to as many as are worth counting. Locks nothing.
SELECT count(*) FROM (
  SELECT FROM member m WHERE m.program_id = %(program_id)s AND m.status = ANY(%(statuses)s::text[]) LIMIT %(limit)s
) AS found
"""

CARDS = """
-- What a list shows of these people; `columns` come from the field catalogue. Locks nothing.
SELECT m.id, m.status, m.name, m.country, m.enrolled_at, m.merged_into, {tier}, {points},
       (h.running->'totals'->>'last_day')::date
FROM member m
LEFT JOIN holder h ON h.program_id = m.program_id AND h.id = m.id
WHERE m.program_id = %(program_id)s AND m.id = ANY(%(ids)s::uuid[])
ORDER BY m.id
"""


class Wanted(Struct, frozen=True, kw_only=True):
    """Whom to find: by a text, or in a segment, or in a tier, or everybody; `text` goes before the others."""

    text: str | None = None
    statuses: tuple[Status, ...] = ()
    segment: str | None = None
    ladder: str | None = None
    tier: str | None = None


class Found(Struct, frozen=True):
    """A person as lists show her.

    Attributes:
        by: What she was found by, where a text was asked for.
        points: Available in the program's first wallet of points, in its smallest unit; as of her last event or night.
        last_order_on: Local day; None before the first.
        called: By name, else by what she is recognised by.
    """

    id: UUID
    status: Status
    name: str | None
    country: str | None
    enrolled_at: datetime | None
    merged_into: UUID | None
    tier: str | None
    points: int | None
    last_order_on: date | None
    called: str | None = None
    by: FoundBy | None = None


async def find(
    tx: Transaction,
    program: Compiled,
    wanted: Wanted,
    *,
    limit: int,
    cursor: str | None,
    now: datetime,
    real_now: datetime,
) -> tuple[list[Found], str | None]:
    """Return a page of people and where the next begins. A few statements whatever is asked; nothing is locked.

    A text is tried as everything it may be: a pass, e-mail, phone, card, voucher, order number, id elsewhere or here,
    as beginnings of a name, and of an e-mail address. Whoever it identifies stands first.

    Raises:
        SegmentNotFound: The program has no such segment.
        LadderUnknown: Nor such a ladder or tier.
    """
    statuses = wanted.statuses or (MEMBERS if wanted.text is None else EVERYBODY)
    if wanted.text is not None:
        return await _by_text(tx, program, wanted.text.strip(), statuses, limit, cursor, now, real_now)
    if wanted.segment is not None or wanted.ladder is not None:
        before = read_cursor(cursor, tuple[UUID])[0] if cursor else LAST_ID
        page = await _inside(tx, program, wanted, statuses, before, limit + 1)
        ids, following = cut(page, limit, lambda member: (member,))
        return await _cards(tx, program, ids, now), following
    key = read_cursor(cursor, tuple[datetime, UUID]) if cursor else (_LATEST, LAST_ID)
    listed = await members.list_members(
        tx,
        program.program_id,
        statuses=statuses,
        since=_EARLIEST,
        until=_LATEST,
        before=key,
        limit=limit + 1,
        unenrolled=True,
    )
    rows, following = cut(listed, limit, lambda row: (row[1], row[0].id))
    return await _cards(tx, program, [row.id for row, _ in rows], now), following


async def count(tx: Transaction, program: Compiled, wanted: Wanted) -> int:
    """Return how many `find` has without a text, counted up to one more than `MOST_COUNTED`; nothing is locked.

    Raises:
        SegmentNotFound: The program has no such segment.
        LadderUnknown: Nor such a ladder or tier.
    """
    statuses, most = wanted.statuses or MEMBERS, MOST_COUNTED + 1
    said: dict[str, object] = {"program_id": program.program_id, "statuses": list(statuses), "limit": most}
    if wanted.segment is not None:
        _ask_for_segment(program, wanted.segment)
        statement = f"SELECT count(*) FROM ({IN_SEGMENT}) AS found"  # noqa: S608 - of a constant
        said |= {"segment": wanted.segment, "before": LAST_ID}
    elif wanted.ladder is not None:
        climb, tier = _tier_of(program, wanted)
        return await tiers.count_of_tier(tx, program.program_id, climb, tier, most=most, statuses=statuses)
    else:
        statement = HOW_MANY
    row = await (await tx.execute(statement.encode(), said)).fetchone()
    assert row is not None
    return int(row[0])


async def _by_text(
    tx: Transaction,
    program: Compiled,
    text: str,
    statuses: Sequence[Status],
    limit: int,
    cursor: str | None,
    now: datetime,
    real_now: datetime,
) -> tuple[list[Found], str | None]:
    first = {} if cursor else await _identified(tx, program, text, real_now)
    phase, word, id = read_cursor(cursor, tuple[str, str, UUID]) if cursor else (_NAMES, None, _FIRST)
    by: dict[UUID, FoundBy] = dict(first)
    following = None
    room = limit
    if phase == _NAMES:
        key = None if word is None else (word, id)
        named = await members.search_names(
            tx, program.program_id, text, statuses=statuses, after_key=key, limit=limit + 1
        )
        rows, following = cut(named, limit, lambda row: (_NAMES, row[1], row[0].id))
        by |= {row.id: "name" for row, _ in rows if row.id not in by}
        room, word = limit - len(rows), None
    beginning = _beginning(text)
    if following is None and beginning is not None:
        mailed = await members.search_emails(
            tx, program.program_id, beginning, statuses=statuses, after_value=word, limit=room + 1
        )
        if room:
            rows, following = cut(mailed, room, lambda row: (_EMAILS, row[1], row[0].id))
            by |= {row.id: "email" for row, _ in rows if row.id not in by}
        elif mailed:
            following = write_cursor((_EMAILS, beginning, _FIRST))
    found = await _cards(tx, program, list(by), now)
    return [structs.replace(each, by=by[each.id]) for each in found], following


def _beginning(text: str) -> str | None:
    """Return a text as the beginning of an e-mail address, where it is one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded if len(folded) >= _LEAST and not any(letter.isspace() for letter in folded) else None


def _phones(text: str, region: str | None) -> list[tuple[str, str]]:
    """Return the phone numbers a text may be: national ones of the program's country, and with 00 for the plus sign."""
    kept = text.strip()
    written = [f"+{kept[2:]}", kept] if kept.startswith("00") else [kept]
    numbers = [phone(one, region) for one in written if sum(letter.isdigit() for letter in one) >= _LEAST_DIGITS]
    return [("phone", number) for number in numbers if number is not None]


async def _identified(tx: Transaction, program: Compiled, text: str, real_now: datetime) -> dict[UUID, FoundBy]:
    """Return whom a text identifies, and as what; the surest first."""
    found: dict[UUID, FoundBy] = {}
    if _UUID.fullmatch(text):
        found[UUID(text)] = "id"
    scanned = await scan(tx, program, text, real_now=real_now)
    if scanned.member_id is not None and scanned.reading != "nothing":
        found.setdefault(scanned.member_id, scanned.reading)
    for member in await members.known_as(tx, program.program_id, _phones(text, program.region)):
        found.setdefault(member, "number")
    for number in dict.fromkeys((text, _ORDER.sub("", text))):
        for member in await _ids(tx, BY_ORDER, program, text=number):
            found.setdefault(member, "order")
    for member in await _ids(tx, BY_EXTERNAL, program, text=text):
        found.setdefault(member, "external")
    return found


async def _inside(
    tx: Transaction, program: Compiled, wanted: Wanted, statuses: Sequence[Status], before: UUID, limit: int
) -> list[UUID]:
    if wanted.segment is not None:
        _ask_for_segment(program, wanted.segment)
        return await _ids(
            tx, IN_SEGMENT, program, segment=wanted.segment, statuses=list(statuses), before=before, limit=limit
        )
    climb, tier = _tier_of(program, wanted)
    return await tiers.members_of_tier(
        tx, program.program_id, climb, tier, before=before, limit=limit, statuses=statuses
    )


def _ask_for_segment(program: Compiled, segment: str) -> None:
    if segment not in program.document.segments:
        raise SegmentNotFound(segment=segment)


def _tier_of(program: Compiled, wanted: Wanted) -> tuple[Climb, str]:
    climb = next((each for each in program.climbs if each.id == wanted.ladder), None)
    if climb is None or wanted.tier is None or wanted.tier not in climb.ranks:
        raise LadderUnknown(ladder=wanted.ladder, tier=wanted.tier)
    return climb, wanted.tier


async def _ids(tx: Transaction, statement: str, program: Compiled, **said: object) -> list[UUID]:
    cursor = await tx.execute(statement.encode(), {"program_id": program.program_id, **said})
    return [row[0] for row in await cursor.fetchall()]


async def _cards(tx: Transaction, program: Compiled, ids: Sequence[UUID], now: datetime) -> list[Found]:
    """Return these people as a list shows them, in the order asked; one statement."""
    if not ids:
        return []
    document = program.document
    catalogue = of_segment(catalogue_of(document, program.wallets))
    wallet = next((id for id, each in document.wallets.items() if each.kind == "points"), None)
    text = CARDS.format(
        tier=catalogue.get("member.tier").sql if document.ladders else "NULL::text",
        points="NULL::bigint" if wallet is None else catalogue.get(f"member.points.{wallet}").sql,
    )
    today = local_day(program.zone, now)
    params = {"program_id": program.program_id, "ids": list(ids), "today": today, "zone": str(program.zone)}
    cursor = await tx.execute(text.encode(), params)
    by_id = {row[0]: Found(*row) for row in await cursor.fetchall()}
    nameless = [each.id for each in by_id.values() if each.name is None]
    called = await members.names(tx, program.program_id, nameless) if nameless else {}
    return [structs.replace(by_id[id], called=by_id[id].name or called.get(id)) for id in ids if id in by_id]
