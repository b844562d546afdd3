"""Codes of partners, handed out of pools: at once where there are some, in turn where there are none yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from puntal.access.model import Permission
from puntal.access.model_notifications import News
from puntal.access.operations import notifications
from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.rewards.model_vouchers import Issue, Owed, Voucher
from puntal.rewards.operations.vouchers.issuing import hand_out_some
from puntal.rewards.queries import redemptions as queries
from puntal.rewards.store import owed as store
from puntal.rewards.store import vouchers as voucher_store

PORTION = 500
"""Codes that are handed out late in one transaction."""
MOST_LISTED = 1000


async def hand_out_of_pool(
    tx: Transaction, program_id: int, pool: str, takers: Sequence[Issue], *, now: datetime
) -> dict[UUID, Voucher]:
    """Give takers codes of a pool, of its oldest batch first, each under a cause of its own; by the takers' ids.

    Those for whom there is none are left out. The same cause again gets the same code.
    """
    given: dict[UUID, Voucher] = {}
    for batch in await queries.pools_named(tx, program_id, pool):
        missing = [one for one in takers if one.id not in given]
        if not missing:
            break
        given |= await hand_out_some(tx, program_id, batch, missing, now=now)
    return given


async def give_codes(tx: Transaction, program_id: int, wanted: Sequence[tuple[str, Issue]], *, now: datetime) -> None:
    """Give members codes of pools that nobody can refuse any more: a tier's gift, a full card.

    Where a pool is empty the code is owed, the merchant is told (`voucher.owed`), and it is handed out in turn
    once codes were imported.
    """
    owed: list[tuple[str, Issue]] = []
    known = await caused(tx, program_id, [issue.cause for _, issue in wanted if issue.cause is not None])
    for pool in dict.fromkeys(pool for pool, _ in wanted):
        takers = [issue for name, issue in wanted if name == pool and issue.cause not in known]
        given = await hand_out_of_pool(tx, program_id, pool, takers, now=now)
        owed += [(pool, issue) for issue in takers if issue.id not in given]
    if owed:
        await store.insert(tx, program_id, owed, now)
        await outbox.append(tx, program_id, [_told(pool, issue, now) for pool, issue in owed])


async def settle_owed(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Hand out codes that are owed, of pools that have some again; returns how many."""
    done: list[UUID] = []
    for pool in await store.pools(tx, program_id):
        takers = await store.lock(tx, program_id, pool, limit=PORTION)
        done += await hand_out_of_pool(tx, program_id, pool, takers, now=now)
    if done:
        await store.settle(tx, program_id, done)
    return len(done)


async def tell_of_owed(tx: Transaction, program_id: int, *, now: datetime) -> int:
    """Tell staff who may see owed codes of every pool that owes some, once for those that wait longest.

    Returns how many notifications were new.
    """
    news = [
        News(
            code="vouchers.owed",
            target=("owed_codes", pool),
            once=f"vouchers.owed:{pool}:{first}",
            numbers={"pool": pool, "count": count},
        )
        for pool, count, first in await store.waiting(tx, program_id)
    ]
    return await notifications.tell_whoever_may(tx, program_id, Permission.VOUCHERS_READ, news, now=now)


async def owed(tx: Transaction, program_id: int) -> list[Owed]:
    """Return the codes that are owed, the oldest first."""
    return await store.listing(tx, program_id, limit=MOST_LISTED)


async def caused(tx: Transaction, program_id: int, causes: Collection[str]) -> set[str]:
    """Return those of the causes that got a code, used or not."""
    return await voucher_store.causes_with_code(tx, program_id, causes) if causes else set()


async def owe_no_more(tx: Transaction, program_id: int, gifts: Collection[UUID]) -> None:
    """Let gifts go back for which no code was there yet."""
    if gifts:
        await store.settle(tx, program_id, gifts)


def _told(pool: str, issue: Issue, now: datetime) -> Happening:
    return Happening(
        id=ids.derived(issue.id, "voucher.owed"),
        kind="voucher.owed",
        member_id=issue.member_id,
        effective_at=now,
        recorded_at=now,
        payload={"reward": issue.reward, "pool": pool, "cause": issue.cause},
    )
