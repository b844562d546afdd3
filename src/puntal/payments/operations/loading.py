"""Money brought into a wallet, within what may be paid in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from puntal.kit.calendar import midnight
from puntal.kit.db import Transaction
from puntal.ledger.model import ADJUSTED, LOADED
from puntal.members import queries as people
from puntal.payments import store
from puntal.payments.errors import OverLoadLimit
from puntal.payments.model import Paid, Wanted
from puntal.payments.operations.booking import cause_of, write
from puntal.payments.operations.references import open_purse
from puntal.points import operations as points
from puntal.points.model import GRANTED, PAID_IN, MoneyCaps, Terms
from puntal.points.operations import Purse, window_start

GOODWILL = "goodwill"

_EVER = datetime(1, 1, 1, tzinfo=UTC)
"""The first day has no midnight east of Greenwich."""


async def load(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    want: Wanted,
    *,
    now: datetime,
    source: str = LOADED,
    origin: str = PAID_IN,
    other: UUID | None = None,
) -> Paid:
    """Bring money into a member's wallet; goodwill is granted, everything else is paid in.

    Args:
        source: The account it comes from, where that is not what members pay in.
        origin: Of a gift card that was given, not sold: `granted`.
        other: The card.

    Raises:
        UnknownWallet, NotMoney, WalletRetired: It cannot be loaded.
        MemberNotActive: She is paused, blocked or gone.
        ReferenceReused: The reference stands for other words.
        OverLoadLimit, OverCap: More than she may pay in now, or have.
    """
    each, purse, known = await open_purse(tx, program_id, terms, "load", want, now=now, active=True)
    if known is not None:
        return known
    assert want.amount is not None, "a load is of an amount"
    (caps,) = await points.caps_for(tx, program_id, each, [purse.earner_id or purse.holder_id])
    if want.means == GOODWILL:
        source, origin = ADJUSTED, GRANTED
    else:
        await _check_loads(tx, program_id, each, caps, purse, want.amount, now)
    made = await points.bring_money(
        tx,
        program_id,
        terms,
        holder_id=purse.holder_id,
        earner_id=purse.earner_id,
        wallet=want.wallet,
        amount=want.amount,
        kind="money.loaded",
        cause=cause_of(want),
        now=now,
        source=source,
        origin=origin,
        other=other,
        most=caps.balance,
    )
    return await write(tx, program_id, each, purse, "load", want, made[0], now=now, noted=True)


async def _check_loads(
    tx: Transaction, program_id: int, terms: Terms, caps: MoneyCaps, purse: Purse, amount: int, now: datetime
) -> None:
    if not caps.loads:
        return
    since = [
        _EVER if per == "lifetime" else midnight(terms.zone, window_start(terms, per, now)) for _, per in caps.loads
    ]
    holders = [purse.holder_id, *await people.redirected_to(tx, program_id, purse.holder_id)]
    loaded = await store.loaded_since(tx, program_id, holders, terms.ordinal, since)
    for (most, per), already in zip(caps.loads, loaded, strict=True):
        if already + amount > most:
            raise OverLoadLimit(most=most, per=per, loaded=already, room=max(0, most - already))
