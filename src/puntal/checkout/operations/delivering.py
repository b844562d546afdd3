"""Delivering what was redeemed: shipped goods, paid-out money, a place at a table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from puntal.intake import redemption_news as telling
from puntal.intake.operations import Programs
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.outbox import operations as outbox
from puntal.rewards.errors import NothingToDeliver
from puntal.rewards.model import Fulfilment, Redemption
from puntal.rewards.operations import redemptions as rows


async def fulfil(
    tx: Transaction,
    programs: Programs,
    id: UUID,
    state: Fulfilment,
    *,
    note: str | None,
    now: datetime,
    recorded_at: datetime,
) -> Redemption:
    """Say how far a delivery is; what is on its way or done can no longer be cancelled or voided.

    Raises:
        UnknownRedemption: There is none of the id.
        NothingToDeliver: Its reward is not delivered, or it is not committed.
    """
    seen = await rows.find(tx, programs.program_id, id)
    await ledger.open_and_lock(tx, programs.program_id, [seen.member_id], now=now)
    made = await rows.find(tx, programs.program_id, id)
    if made.state != "committed" or made.fulfilment == "none":
        raise NothingToDeliver
    made.fulfilment, made.used = state, state in ("under_way", "done")
    made.note = made.note if note is None else note
    await rows.save(tx, programs.program_id, [made])
    told = telling.of(programs, [made], "fulfilment", now=now, recorded_at=recorded_at)
    await outbox.append(tx, programs.program_id, told)
    return made
