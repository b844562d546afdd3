"""A program with segments, and members to be in them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from puntal.activity.model import Count
from puntal.kit import ids

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Transaction

WINTER = datetime(2026, 1, 15, 11, tzinfo=UTC)

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "USD",
    "wallets": {"points": {"kind": "points"}},
    "segments": {
        "big_spenders": {"when": {"member.spend.last_calendar_year": {"over": "1000.00 USD"}}},
        "recent_spenders": {"when": {"member.spend.last_30_days": {"over": "1000.00 USD"}}},
        "germans": {"when": {"member.country": "DE"}},
        "rich_germans": {"when": {"member.segments": {"contains": "germans"}, "member.spend": {"over": "50.00 USD"}}},
        "guests": {"when": {"member.status": "guest"}},
        "friends": {"label": {"en": "Friends", "es": "Amigas"}, "list": True},
    },
}

A_MEMBER = """
INSERT INTO member (program_id, id, status, name, country, enrolled_at, created_at, updated_at)
VALUES (%(program_id)s, %(id)s, %(status)s, %(name)s, %(country)s, %(at)s, %(at)s, %(at)s)
"""
A_HOLDER = """
INSERT INTO holder (program_id, id, settled_to, running) VALUES (%(program_id)s, %(id)s, %(at)s, %(running)s)
"""


async def a_member(
    tx: Transaction,
    program_id: int,
    *,
    status: str = "active",
    country: str | None = None,
    name: str = "Anna",
    spend: int = 0,
) -> UUID:
    """Write a member who spent this in her life."""
    id = ids.new_id()
    given = {"program_id": program_id, "id": id, "status": status, "name": name, "country": country, "at": WINTER}
    await tx.execute(A_MEMBER, given)
    running = msgspec.json.encode({"totals": {"spend": spend, "orders": int(spend > 0)}}).decode()
    await tx.execute(A_HOLDER, {"program_id": program_id, "id": id, "at": WINTER, "running": running})
    return id


def spent(member: UUID, day: date, minor: int) -> Count:
    """One order of that day."""
    return Count(member, "spend", "", day, 1, minor)
