"""Waiting for a place: joining, leaving, and being told in turn when somebody gives hers back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.outbox.model import Happening
from puntal.rewards.store import waiting as store
from puntal.rewards.store.waiting import Waiting, join, leave

__all__ = ["MOST", "Waiting", "join", "leave", "listing", "tell"]

MOST = 1000
"""Of one list."""


async def listing(tx: Transaction, program_id: int, reward: str, session: str | None = None) -> list[Waiting]:
    """Return who waits for a reward, the first in turn first."""
    return await store.listing(tx, program_id, reward, session, limit=MOST)


async def tell(
    tx: Transaction, program_id: int, freed: Mapping[tuple[str, str], int], *, now: datetime, recorded_at: datetime
) -> list[Happening]:
    """Return what the next in turn are told of places that came free, by reward and session; each is told once."""
    told = []
    # One round per date that somebody gave up: hardly ever more than one.
    for (reward, session), places in sorted(freed.items()):
        told += [
            Happening(
                id=ids.new_id(),
                kind="reward.place_free",
                member_id=member,
                effective_at=now,
                recorded_at=recorded_at,
                payload={"reward": reward, "session": session},
            )
            for member in await store.following(tx, program_id, reward, session, places=places, now=now)
        ]
    return told
