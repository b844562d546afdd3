"""What callers' references stand for: a retry is recognised before anything else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.members import queries as people
from puntal.payments import store
from puntal.payments.errors import PaymentUnknown, ReferenceReused
from puntal.payments.model import Paid, Payment, PaymentKind, Wanted
from puntal.points import operations as points
from puntal.points.model import Terms
from puntal.points.operations import Purse


async def open_purse(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    kind: PaymentKind,
    want: Wanted,
    *,
    now: datetime,
    active: bool,
    spends: bool = False,
) -> tuple[Terms, Purse, Paid | None]:
    """Lock the wallet's holder and look the reference up."""
    each = points.money_wallet(terms, want.wallet)
    (purse,) = await points.lock_purses(
        tx,
        program_id,
        terms,
        [(want.member_id, want.wallet)],
        now=now,
        active=active,
        spender=want.member_id if spends else None,
    )
    return each, purse, await known_by(tx, program_id, kind, each, purse, want)


async def known_by(
    tx: Transaction, program_id: int, kind: PaymentKind, terms: Terms, purse: Purse, want: Wanted
) -> Paid | None:
    """Return what was done under the reference, None if nothing was.

    Raises:
        ReferenceReused: It stands for other words.
    """
    known = await store.find(tx, program_id, kind, want.reference)
    if known is None:
        return None
    same = (
        known.wallet == terms.ordinal
        and want.amount in {None, known.asked}
        and (known.of, known.to_member, known.means) == (want.of, want.to_member, want.means)
        and await same_holder(tx, program_id, known, purse)
    )
    if not same:
        raise ReferenceReused
    return Paid(payment=known, available=await available_in(tx, program_id, terms, purse), replayed=True)


async def same_holder(tx: Transaction, program_id: int, payment: Payment, purse: Purse) -> bool:
    """Tell whether a payment was the member's: under her own id, one merged into hers, or her pool's."""
    member = purse.earner_id or purse.holder_id
    if payment.holder_id in purse or payment.member_id == member:
        return True
    return payment.member_id in await people.redirected_to(tx, program_id, member)


async def available_in(tx: Transaction, program_id: int, terms: Terms, purse: Purse) -> int:
    """Return what the wallet has to spend."""
    row = (await ledger.read_holders(tx, program_id, [purse.holder_id]))[purse.holder_id]
    return row.available[terms.ordinal] if len(row.available) > terms.ordinal else 0


async def find(tx: Transaction, program_id: int, kind: PaymentKind, reference: str) -> Payment:
    """Return what was done under a reference; nothing is locked.

    Raises:
        PaymentUnknown: Nothing was.
    """
    found = await store.find(tx, program_id, kind, reference)
    if found is None:
        raise PaymentUnknown
    return found


async def write_of_card(tx: Transaction, program_id: int, payment: Payment) -> bool:
    """Write what was done with a gift card's money under a reference; False where the reference is taken."""
    return await store.insert(tx, program_id, payment)


async def find_of_card(
    tx: Transaction, program_id: int, kind: PaymentKind, reference: str, card: UUID
) -> Payment | None:
    """Return what was done with a card under a reference; None if nothing was.

    Raises:
        ReferenceReused: It stands for something else.
    """
    found = await store.find(tx, program_id, kind, reference)
    if found is not None and found.holder_id != card:
        raise ReferenceReused
    return found
