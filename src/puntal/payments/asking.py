"""Asking a second person before much money is loaded, where the organization wants one (decision 0084)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.access.model import WALLET_LOAD, Caller
from puntal.access.operations import approvals
from puntal.access.phrases import Words
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.money import major
from puntal.points.model import Terms


async def to_load(  # noqa: PLR0913 - what a load is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    said: Mapping[str, object],
    *,
    member_id: UUID,
    wallet: str,
    amount: int,
    by: Caller,
    now: datetime,
) -> None:
    """Ask for a second person's word where a load of this size takes two.

    Args:
        tx: Of the program; the caller commits.
        program_id: Whose wallet.
        terms: Of the program's wallets.
        said: The body as it was sent, as JSON values.
        member_id: Whose money it is to be.
        wallet: Where it is to go.
        amount: In the currency's minor units.
        by: Who asks.
        now: The program's time.

    Raises:
        Postponed: Somebody was asked.
    """
    currency = next((each.currency for each in terms if each.id == wallet), None)
    shown = str(amount) if currency is None else f"{major(amount, currency)} {currency}"
    await approvals.first_ask(
        tx,
        program_id=ProgramId(program_id),
        action=WALLET_LOAD,
        size=amount,
        subject=f"member:{member_id}",
        said={"member_id": str(member_id), "wallet": wallet, "body": said},
        summary=Words(
            f"Load {shown} into the wallet {wallet}", f"Cargar {shown.replace('.', ',')} en el monedero {wallet}"
        ),
        by=by,
        now=now,
    )
