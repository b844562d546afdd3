"""What committing a redemption gives: a credit, a voucher, a partner's code; and taking it back unused."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from puntal.checkout.operations.desk import Desk, cause_of
from puntal.engine import redeeming
from puntal.engine.model import Compiled
from puntal.kit.db import Transaction
from puntal.kit.ids import derived
from puntal.rewards.errors_vouchers import CodesGone
from puntal.rewards.model import Redemption, Reward
from puntal.rewards.model_vouchers import Because, Voucher
from puntal.rewards.operations import vouchers
from puntal.rewards.queries import vouchers as voucher_rows

_BECAUSE: Mapping[Literal["cancelled", "lapsed", "voided"], Because] = {
    "cancelled": "staff",
    "lapsed": "expired",
    "voided": "switch",
}


async def fulfil(
    tx: Transaction, program: Compiled, desk: Desk, reward: Reward, made: Redemption, *, now: datetime
) -> list[Voucher]:
    """Give what a redemption was for, and note it in its terms.

    Raises:
        CodesGone: The pool of a partner's codes is empty.
    """
    if reward.credit is not None:
        wallet, units = reward.credit
        units *= made.portions
        cause = cause_of(made.id, made.reward, made.revision)
        lot = redeeming.credit(program, desk.payer(wallet), wallet, units, cause=cause, now=now)
        made.terms = {**made.terms, "credit": [wallet, units, str(lot)]}
    if not made.terms.get("later"):
        return []
    issue = vouchers.issue_of(
        reward,
        id=derived(made.id, "voucher"),
        revision=made.revision,
        currency=program.currency,
        zone=program.zone,
        now=now,
        origin="redemption",
        cause=str(made.id),
        member_id=made.member_id,
        rank=int(made.terms.get("rank", 0)),
        portions=made.portions,
    )
    pool = None if reward.written is None else reward.written.pool
    if pool is None:
        issued = await vouchers.issue(tx, program.program_id, [issue], now=now)
    else:
        issued = list((await vouchers.hand_out_of_pool(tx, program.program_id, pool, [issue], now=now)).values())
        if not issued:
            raise CodesGone
    made.terms = {**made.terms, "vouchers": [str(voucher.id) for voucher in issued]}
    made.valid_until = issued[0].ends_at
    return issued


async def issued_to(tx: Transaction, program_id: int, made: Redemption) -> list[Voucher]:
    """Return the vouchers a redemption gave, as they are now."""
    ids = [UUID(id) for id in made.terms.get("vouchers", ())]
    found = await voucher_rows.load(tx, program_id, ids) if ids else {}
    return [found[id] for id in ids if id in found]


async def unused_vouchers(tx: Transaction, program_id: int, causes: Collection[UUID]) -> dict[UUID, Sequence[Voucher]]:
    """Return by redemption the vouchers it gave, of those nothing of which was used yet."""
    found: dict[UUID, Sequence[Voucher]] = {}
    for voucher in await vouchers.unused_of_causes(tx, program_id, {str(id) for id in causes}) if causes else ():
        if not voucher.used and voucher.cause is not None:
            found[UUID(voucher.cause)] = (*found.get(UUID(voucher.cause), ()), voucher)
    return found


async def take_back(
    tx: Transaction,
    program_id: int,
    ids: Collection[UUID],
    state: Literal["cancelled", "lapsed", "voided"],
    *,
    now: datetime,
) -> None:
    """Void vouchers that nobody used."""
    if ids:
        await vouchers.end(tx, program_id, ids, because=_BECAUSE[state], now=now)
