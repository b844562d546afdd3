"""Opening vouchers under lock and writing them back with what happened: what every use case begins and ends with."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Transfer
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.points import operations as points
from puntal.rewards.model_vouchers import Voucher, ending
from puntal.rewards.operations.vouchers import books
from puntal.rewards.policy.vouchers import Record, settle
from puntal.rewards.store import vouchers as store


async def open_vouchers(
    tx: Transaction, program_id: int, wanted: Collection[UUID], references: Collection[str] = (), *, now: datetime
) -> dict[UUID, Record]:
    """Return vouchers by id, locked until `tx` ends in the order of their ids; overdue holds are let go."""
    found = await store.lock(tx, program_id, wanted)
    uses = await store.load_uses(tx, program_id, found, references)
    records = {id: Record(voucher, {use.reference: use for use in uses.get(id, ())}) for id, voucher in found.items()}
    for record in records.values():
        settle(record, now)
    return records


async def lock_cards(tx: Transaction, program_id: int, vouchers: Collection[Voucher]) -> None:
    """Hold the holders of stamp cards, so that a refund and a use of what a card gave follow one another."""
    holders = {UUID(one.cause) for one in vouchers if one.origin == "card" and one.cause is not None}
    await ledger.lock_holders(tx, program_id, sorted(holders))


async def write(
    tx: Transaction,
    program_id: int,
    records: Iterable[Record],
    happenings: Collection[Happening] = (),
    *,
    into: UUID | None = None,
    paid_out: bool = False,
    now: datetime | None = None,
) -> list[Transfer]:
    """Write what was changed, post the money of gift cards, mark finished cards, and tell of it.

    Args:
        into: Whose wallet the money goes to that is used now; None: it pays.
        paid_out: What ends is given back.
        now: When; else as the records say.

    Returns:
        What was posted of gift cards.
    """
    every = list(records)
    await store.write(
        tx,
        program_id,
        [record.voucher for record in every if record.touched],
        [record.uses[reference] for record in every for reference in sorted(record.changed)],
    )
    # A refund takes only unused cards apart; its own voiding it writes with the card.
    cards = [
        (UUID(one.cause), one.id, one.state != "issued")
        for one in (record.voucher for record in every if record.touched)
        if one.origin == "card" and one.cause is not None and one.ended_because != "refund"
    ]
    await points.mark_cards(tx, program_id, cards)
    await outbox.append(tx, program_id, list(happenings))
    return await books.post(tx, program_id, every, into=into, paid_out=paid_out, now=now)


def happening(kind: str, voucher: Voucher, now: datetime, *, at: datetime | None = None, **more: Any) -> Happening:  # noqa: ANN401 - JSON values
    """Return what is told of a voucher. Never its code: whoever reads logs of webhooks could use it."""
    return Happening(
        id=ids.new_id(),
        kind=kind,
        member_id=voucher.member_id,
        effective_at=at or now,
        recorded_at=now,
        payload={
            "voucher_id": voucher.id,
            "reward": voucher.reward,
            "ending": ending(voucher.code),
            "remaining": voucher.remaining,
            "currency": voucher.currency,
            "ends_at": voucher.ends_at,
            "batch_id": voucher.batch_id,
            "cause": voucher.cause,
        }
        | more,
    )
