"""Issuing vouchers: with codes drawn now, or from codes that are waiting to be handed out."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.rewards.errors_vouchers import CodesGone
from puntal.rewards.model import Reward
from puntal.rewards.model_cards import Sale
from puntal.rewards.model_vouchers import Issue, Voucher
from puntal.rewards.operations.vouchers import books
from puntal.rewards.operations.vouchers.writing import happening
from puntal.rewards.policy.codes import Pattern, write
from puntal.rewards.store import batches
from puntal.rewards.store import vouchers as store
from puntal.tiers import operations as tiers
from puntal.tiers.errors import NotEnrolled

_MOST_DRAWS = 20
"""Rounds of drawing anew for codes that were there; the second is seldom needed, the third never was."""


def draw(pattern: Pattern, count: int) -> list[str]:
    """Return so many codes, unguessable, each different from the others."""
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        code = write(pattern, secrets.randbelow(pattern.numbers))
        if code is not None:
            drawn[code] = None
    return list(drawn)


async def issue(
    tx: Transaction,
    program_id: int,
    issues: Sequence[Issue],
    *,
    now: datetime,
    sales: Mapping[UUID, Sale] | None = None,
) -> list[Voucher]:
    """Issue any number of vouchers in a few statements; the answer is in their order.

    Issuing an id again changes nothing and answers the voucher as it is now.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        issues: What to issue, each under an id of its own.
        now: When; becomes `issued_at`.
        sales: How they were sold, by id; what is money and was not sold was given.
    """
    wanted = {one.id: one for one in issues}
    fresh: set[UUID] = set()
    missing = list(wanted.values())
    for _ in range(_MOST_DRAWS):
        if not missing:
            break
        codes = _codes(missing)
        fresh |= await store.insert(tx, program_id, [(one, codes[one.id]) for one in missing], now)
        known = await store.load(tx, program_id, [one.id for one in missing])
        missing = [one for one in missing if one.id not in known]
    assert not missing, "a pattern has room for what is issued under it"
    issued = await store.load(tx, program_id, wanted)
    await outbox.append(tx, program_id, [happening("voucher.issued", issued[id], now) for id in wanted if id in fresh])
    await books.open_cards(tx, program_id, [issued[id] for id in wanted if id in fresh], sales or {}, now=now)
    return [issued[one.id] for one in issues]


def _codes(issues: Sequence[Issue]) -> dict[UUID, str]:
    by_pattern: dict[Pattern, list[UUID]] = {}
    for one in issues:
        by_pattern.setdefault(Pattern(one.prefix, one.length), []).append(one.id)
    return {
        id: code for pattern, ids in by_pattern.items() for id, code in zip(ids, draw(pattern, len(ids)), strict=True)
    }


async def rank_of(tx: Transaction, program_id: int, reward: Reward, member_id: UUID | None, *, now: datetime) -> int:
    """Return the rank of the tier a member holds on a reward's ladder; 0 for a guest, and for nobody."""
    if reward.ladder is None or member_id is None:
        return 0
    try:
        found = await tiers.outlook(tx, program_id, member_id, now=now)
    except NotEnrolled:
        return 0
    return next((climb.ranks.get(at.tier, 0) for climb, _, at in found if climb.index == reward.ladder), 0)


async def hand_out(
    tx: Transaction, program_id: int, batch_id: UUID, takers: Sequence[Issue], *, now: datetime
) -> list[Voucher]:
    """Give each taker a code of a batch that nobody has; all or none. Codes others are just taking are passed over.

    Each taker has a member or a `cause`: by that a code is known to be given. One whose `cause` has codes of the batch
    gets those again.

    Returns:
        In the order of the takers.

    Raises:
        CodesGone: Fewer are left than takers.
    """
    given = await hand_out_some(tx, program_id, batch_id, takers, now=now)
    if len(given) < len(takers):
        raise CodesGone
    return [given[one.id] for one in takers]


async def hand_out_some(
    tx: Transaction, program_id: int, batch_id: UUID, takers: Sequence[Issue], *, now: datetime
) -> dict[UUID, Voucher]:
    """Give takers codes of a batch as far as there are some, in their order; by the takers' ids.

    A cause that was given codes of the batch gets those again.
    """
    if any(one.member_id is None and one.cause is None for one in takers):
        raise ValueError("a code is handed out to a member, or for a cause")
    causes = {one.cause for one in takers if one.cause is not None}
    before: dict[str | None, list[Voucher]] = {}
    for known in await batches.handed(tx, program_id, batch_id, causes):
        before.setdefault(known.cause, []).append(known)
    given = {one.id: before[one.cause].pop(0) for one in takers if before.get(one.cause)}
    new = [one for one in takers if one.id not in given]
    if new:
        taken = await batches.hand_out(tx, program_id, batch_id, new, now)
        found = await store.load(tx, program_id, taken)
        # Of fewer codes than takers the first get one.
        given |= {one.id: found[id] for one, id in zip(new, taken, strict=False)}
        told = [happening("voucher.issued", given[one.id], now) for one in new if one.id in given]
        left = await batches.fall_low(tx, program_id, batch_id, now)
        if left is not None:
            told.append(_low(batch_id, left, now))
        await outbox.append(tx, program_id, told)
    return given


def _low(batch_id: UUID, left: int, now: datetime) -> Happening:
    return Happening(
        id=ids.new_id(),
        kind="vouchers.low",
        effective_at=now,
        recorded_at=now,
        payload={"batch_id": batch_id, "left": left},
    )
