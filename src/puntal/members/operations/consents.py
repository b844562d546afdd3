"""What members agree to: recorded with evidence, never changed, the newest word holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit import ids as new
from puntal.kit.db import Transaction
from puntal.members import store
from puntal.members.errors import NotValid, UnknownMember
from puntal.members.model import Consent
from puntal.members.person import Membership, expand_consents
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening


async def record_consents(
    tx: Transaction,
    program_id: int,
    member: UUID,
    said: Sequence[Consent],
    *,
    membership: Membership,
    now: datetime,
) -> list[Consent]:
    """Record what a member said yes or no to, and return it as one record per purpose and channel.

    A purpose without a channel means all of its channels. Recording the same again adds one more record: each has
    its own evidence.

    Raises:
        UnknownMember: No such member, or erased.
        NotValid: Unknown purposes or channels, or a time to come.
    """
    profile = (await store.load(tx, program_id, [member], lock=True)).get(member)
    if profile is None or profile.status in {"erased", "merged"}:
        raise UnknownMember
    expanded, faults = expand_consents(tuple(said), now, membership)
    if faults:
        raise NotValid(faults)
    await store.insert_consents(tx, program_id, consent_rows(member, expanded))
    changes = [{"purpose": one.purpose, "channel": one.channel, "given": one.given} for one in expanded]
    happening = Happening(
        id=new.new_id(),
        kind="member.consented",
        member_id=member,
        effective_at=now,
        recorded_at=now,
        payload={"consents": changes},
    )
    await outbox.append(tx, program_id, [happening])
    return expanded


def consent_rows(member: UUID, consents: Sequence[Consent]) -> list[dict[str, Any]]:
    """Return the rows of consents that were expanded and checked."""
    return [
        {
            "member_id": member,
            "id": new.new_id(),
            "purpose": consent.purpose,
            "channel": consent.channel,
            "given": consent.given,
            "at": consent.at,
            "evidence": consent.evidence,
        }
        for consent in consents
    ]
