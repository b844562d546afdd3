"""What members consented to."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from msgspec import convert

from puntal.kit.db import Transaction
from puntal.members.model import Consent, Evidence

CONSENT_STATE = """
-- The newest word for each purpose and channel.
SELECT DISTINCT ON (member_id, purpose, channel) member_id, purpose, channel, given, at, evidence
FROM consent
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, purpose, channel, at DESC, id DESC
"""

CONSENT_HISTORY = """
-- Every word, oldest first.
SELECT member_id, purpose, channel, given, at, evidence
FROM consent
WHERE program_id = %(program_id)s AND member_id = ANY(%(members)s::uuid[])
ORDER BY member_id, at, id
"""


async def consents(
    tx: Transaction, program_id: int, members: Collection[UUID], *, history: bool = False
) -> dict[UUID, list[Consent]]:
    """Return what holds for each purpose and channel, or every record ever made, oldest first."""
    cursor = await tx.execute(
        CONSENT_HISTORY if history else CONSENT_STATE, {"program_id": program_id, "members": list(members)}
    )
    found: dict[UUID, list[Consent]] = {}
    for member, purpose, channel, given, at, evidence in await cursor.fetchall():
        found.setdefault(member, []).append(
            Consent(purpose=purpose, channel=channel, given=given, at=at, evidence=convert(evidence, Evidence))
        )
    return found
