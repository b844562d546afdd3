"""A payment written under its reference, told of and, where staff's word moved money, logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction
from puntal.ledger.model import Transfer
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.payments import store
from puntal.payments.errors import ReferenceReused
from puntal.payments.model import Paid, Payment, PaymentKind, Wanted
from puntal.payments.operations.references import available_in
from puntal.points.model import Cause, Terms
from puntal.points.operations import Purse

TOLD: dict[PaymentKind, str] = {
    "load": "money.loaded",
    "pay": "money.paid",
    "refund": "money.refunded",
    "transfer": "money.sent",
    "payout": "money.paid_out",
}
"""What the outbox says of each kind."""


def cause_of(want: Wanted) -> Cause:
    """Return why money moves, with what the caller said of it."""
    note: dict[str, Any] = {"reference": want.reference, "by": want.actor}
    more = {"means": want.means, "of": want.of, "reason": want.reason, "store": want.store}
    note.update({name: value for name, value in more.items() if value is not None})
    return Cause(order_key=want.order_key, note=note)


async def write(  # noqa: PLR0913 - what a payment is
    tx: Transaction,
    program_id: int,
    terms: Terms,
    purse: Purse,
    kind: PaymentKind,
    want: Wanted,
    made: Transfer,
    *,
    now: datetime,
    amount: int | None = None,
    noted: bool = False,
) -> Paid:
    """Write what was done, tell of it and, where staff's word moved money (`noted`), log it."""
    asked = amount or want.amount or made.amount
    payment = Payment(
        kind=kind,
        reference=want.reference,
        holder_id=purse.holder_id,
        member_id=purse.earner_id or purse.holder_id,
        wallet=terms.ordinal,
        asked=asked,
        amount=amount or made.amount,
        transfer_id=made.id,
        means=want.means,
        of=want.of,
        to_member=want.to_member,
        order_key=want.order_key,
        store=want.store,
        at=now,
        actor=want.actor,
    )
    if not await store.insert(tx, program_id, payment):
        raise ReferenceReused
    available = await available_in(tx, program_id, terms, purse)
    told = {
        "wallet": terms.id,
        "currency": terms.currency,
        "amount": payment.amount,
        "reference": payment.reference,
        "order": payment.order_key,
        "available": available,
    }
    await outbox.append(tx, program_id, [_happening(TOLD[kind], payment, told)])
    if noted:
        await audit.record(
            tx,
            program_id=ProgramId(program_id),
            actor=want.actor,
            action=TOLD[kind],
            subject=f"member:{payment.member_id}",
            now=now,
            detail={"wallet": terms.id, "amount": payment.amount, "reference": want.reference, "means": want.means},
        )
    return Paid(payment=payment, available=available)


def _happening(kind: str, payment: Payment, told: dict[str, Any]) -> Happening:
    return Happening(
        id=ids.new_id(),
        kind=kind,
        member_id=payment.member_id,
        effective_at=payment.at,
        recorded_at=payment.at,
        payload=told,
    )
