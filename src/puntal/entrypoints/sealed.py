"""Whether stored secrets can be opened with the keys that are here, and sealing them anew (decision 0103)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puntal.access.operations import factors, sso
from puntal.kit.db import Database
from puntal.kit.errors import Refusal
from puntal.rewards.operations import passes
from puntal.webhooks import operations as webhooks

if TYPE_CHECKING:
    from puntal.kit.sealing import Sealer

STORED = """
-- How many secrets of each kind which key sealed, by its name; NULL: none did. Locks nothing.
SELECT kind, CASE WHEN stored LIKE 's1.%' THEN split_part(stored, '.', 2) END AS key, count(*)
FROM (
  SELECT 'second factors' AS kind, secret AS stored FROM staff_factor
  UNION ALL
  SELECT 'sign-in providers', secret FROM sso_provider WHERE secret IS NOT NULL
  UNION ALL
  SELECT 'webhook secrets', s->>0 FROM webhook_endpoint, jsonb_array_elements(secrets) AS s
  UNION ALL
  SELECT 'pass keys', encode(private_key, 'escape') FROM pass_key WHERE length(private_key) > 0
) AS secrets
GROUP BY 1, 2
ORDER BY 1, 2
"""
PROGRAMS = "SELECT id FROM program ORDER BY id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Secrets of one kind that one key sealed, or none.

    Attributes:
        key: Its name in sealed values.
    """

    kind: str
    key: str | None
    count: int


def lost(stored: Collection[Stored], sealer: Sealer) -> list[str]:
    """Return in words what cannot be opened with the keys that are here."""
    return [
        f"{each.count} {each.kind} sealed by the key {each.key}"
        for each in stored
        if each.key is not None and each.key not in sealer.names
    ]


def plain(stored: Collection[Stored]) -> int:
    """Return how many secrets no key sealed: they were stored before there was sealing."""
    return sum(each.count for each in stored if each.key is None)


async def reseal(database: Database, sealer: Sealer) -> int:
    """Seal every secret by the key that seals now; returns how many were changed. A second call finds none.

    What is above programs is one transaction, each program another: cut short, the next call does the rest.

    Raises:
        Refusal: One was sealed by a key that is not here. Those of other programs were sealed all the same.
    """
    async with database.transaction() as tx:
        count = await factors.reseal(tx, sealer=sealer) + await sso.reseal(tx, sealer=sealer)
        programs = [int(row[0]) for row in await (await tx.execute(PROGRAMS)).fetchall()]
    refused: Refusal | None = None
    for program_id in programs:
        try:
            async with database.program_transaction(program_id) as tx:
                count += await webhooks.reseal(tx, program_id, sealer=sealer)
                count += await passes.reseal(tx, program_id, sealer=sealer)
        except Refusal as refusal:
            refused = refusal
    if refused is not None:
        raise refused
    return count
