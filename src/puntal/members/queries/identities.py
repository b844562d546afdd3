"""What members are known by: identities, mailboxes, and what they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from msgspec import convert

from puntal.access.model import Caller, Permission
from puntal.kit.db import Transaction
from puntal.members.model import Evidence, KnownIdentity

MAILBOXES = """
-- Members whose e-mail is delivered to these mailboxes.
SELECT value, member_id FROM identity
WHERE program_id = %(program_id)s AND kind = 'email' AND value = ANY(%(boxes)s::text[])
UNION
SELECT mailbox, member_id FROM identity
WHERE program_id = %(program_id)s AND mailbox = ANY(%(boxes)s::text[])
"""

IDENTITIES = """
-- Identities of the members, in the order they were added.
SELECT member_id, kind, value, added_at, verified_at, evidence
FROM identity
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, added_at, kind, value
"""

NAMES = """
-- Locks nothing. Of a page of a list: the name, else what the person is recognised by; devices say nothing to people.
SELECT m.id, coalesce(m.name, i.value)
FROM member m
LEFT JOIN LATERAL (
  SELECT k.value FROM identity k
  WHERE m.name IS NULL AND k.program_id = %(program_id)s AND k.member_id = m.id AND k.kind <> 'device'
  ORDER BY array_position(ARRAY['email', 'phone', 'card'], k.kind), k.kind, k.value
  LIMIT 1
) AS i ON true
WHERE m.program_id = %(program_id)s AND m.id = ANY(%(members)s::uuid[]) AND coalesce(m.name, i.value) IS NOT NULL
"""


async def mailboxes(tx: Transaction, program_id: int, boxes: Iterable[str]) -> dict[str, set[UUID]]:
    """Return the members of each mailbox, see `identities.mailbox`."""
    wanted = sorted(boxes)
    found: dict[str, set[UUID]] = {}
    if wanted:
        cursor = await tx.execute(MAILBOXES, {"program_id": program_id, "boxes": wanted})
        for box, member in await cursor.fetchall():
            found.setdefault(box, set()).add(member)
    return found


async def identities(tx: Transaction, program_id: int, members: Collection[UUID]) -> dict[UUID, list[KnownIdentity]]:
    """Return the identities of the members."""
    cursor = await tx.execute(IDENTITIES, {"program_id": program_id, "members": list(members)})
    found: dict[UUID, list[KnownIdentity]] = {}
    for member, kind, value, added_at, verified_at, said in await cursor.fetchall():
        evidence = None if said is None else convert(said, Evidence)
        known = KnownIdentity(kind=kind, value=value, added_at=added_at, verified_at=verified_at, evidence=evidence)
        found.setdefault(member, []).append(known)
    return found


async def names(tx: Transaction, program_id: int, members: Collection[UUID]) -> dict[UUID, str]:
    """Return what members are called: by name, else e-mail, phone, card or id elsewhere; who has none has no entry."""
    cursor = await tx.execute(NAMES, {"program_id": program_id, "members": list(set(members))})
    return {row[0]: str(row[1]) async for row in cursor}


async def names_for(
    tx: Transaction, program_id: int, caller: Caller, members: Iterable[UUID | None]
) -> dict[UUID, str]:
    """Return what members are called, as `names` does, for a caller who may read members; for another, nothing."""
    ids = {id for id in members if id is not None}
    return await names(tx, program_id, ids) if ids and caller.may(Permission.MEMBERS_READ) else {}
