"""Keeping pictures of rewards, and handing them out."""

from __future__ import annotations

import hashlib
from datetime import datetime

from puntal.kit.db import Transaction
from puntal.rewards.errors_images import TooManyImages
from puntal.rewards.model_images import Image, Kind
from puntal.rewards.policy import images as policy
from puntal.rewards.store import images as store

MOST = 1_000
"""Of a program. Drafts and old revisions may name any of them, so none is deleted."""


async def add(tx: Transaction, program_id: int, data: bytes, *, by: str, now: datetime) -> Image:
    """Keep a picture; the same again changes nothing.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: Whose.
        data: The file.
        by: As the audit log names her.
        now: On the program's clock.

    Raises:
        ImageTooLarge: It has too many bytes or pixels.
        ImageUnreadable: It is no picture of a kind that is taken.
        TooManyImages: The program keeps no more.
    """
    kind, width, height = policy.recognise(data)
    digest = hashlib.sha256(data).hexdigest()
    known = await store.find(tx, program_id, digest)
    if known is not None:
        return known
    if await store.count(tx, program_id) >= MOST:
        raise TooManyImages(most=MOST)
    made = Image(digest=digest, kind=kind, width=width, height=height, size=len(data), added_at=now, added_by=by)
    await store.add(tx, program_id, made, data)
    return made


async def read(tx: Transaction, program_id: int, digest: str, kind: Kind) -> bytes | None:
    """Return a picture, or None where there is none of that name."""
    return await store.data(tx, program_id, digest, kind)
