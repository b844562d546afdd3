"""Writes and reads of `image`."""

from __future__ import annotations

from psycopg.rows import class_row

from puntal.kit.db import Transaction
from puntal.rewards.model_images import Image, Kind

ADD = """
-- Waits only for somebody who is adding the same picture. Of one that is known nothing changes.
INSERT INTO image (program_id, digest, kind, width, height, size, added_at, added_by, data)
VALUES (%(program_id)s, %(digest)s, %(kind)s, %(width)s, %(height)s, %(size)s, %(added_at)s, %(added_by)s, %(data)s)
ON CONFLICT (program_id, digest) DO NOTHING
"""

FIND = """
-- Locks nothing.
SELECT digest, kind, width, height, size, added_at, added_by FROM image
WHERE program_id = %(program_id)s AND digest = %(digest)s
"""

COUNT = """
-- Locks nothing; two who add the last at once may pass the limit by one.
SELECT count(*) FROM image WHERE program_id = %(program_id)s
"""

DATA = """
-- Locks nothing.
SELECT data FROM image WHERE program_id = %(program_id)s AND digest = %(digest)s AND kind = %(kind)s
"""


async def add(tx: Transaction, program_id: int, image: Image, data: bytes) -> None:
    """Keep a picture."""
    named = {name: getattr(image, name) for name in Image.__struct_fields__}
    await tx.execute(ADD, {**named, "program_id": program_id, "data": data})


async def find(tx: Transaction, program_id: int, digest: str) -> Image | None:
    """Return what is known of a picture."""
    async with tx.cursor(row_factory=class_row(Image)) as cursor:
        await cursor.execute(FIND, {"program_id": program_id, "digest": digest})
        return await cursor.fetchone()


async def count(tx: Transaction, program_id: int) -> int:
    """Return how many pictures a program keeps."""
    cursor = await tx.execute(COUNT, {"program_id": program_id})
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def data(tx: Transaction, program_id: int, digest: str, kind: Kind) -> bytes | None:
    """Return a picture itself."""
    cursor = await tx.execute(DATA, {"program_id": program_id, "digest": digest, "kind": kind})
    row = await cursor.fetchone()
    return None if row is None else bytes(row[0])
