"""Asking a second person before much money comes in or goes out, where the organization wants one (decision 0084)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from puntal.access.model import WALLET_CREDIT, WALLET_LOAD, WALLET_PAYOUT, Caller
from puntal.access.operations import approvals
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.money import major
from puntal.kit.words import Words
from puntal.payments import store
from puntal.payments.model import PaymentKind, Wanted
from puntal.points.model import Terms

EVERYTHING = 2**63
"""The size of a payout that names no amount: above every limit."""


class Deed(NamedTuple):
    """Something an organization may want a second person for, in words."""

    kind: PaymentKind
    action: str
    en: str
    es: str


LOAD = Deed("load", WALLET_LOAD, "Load {} into the wallet {}", "Cargar {} en el monedero {}")
CREDIT = Deed("refund", WALLET_CREDIT, "Give store credit of {} to the wallet {}", "Abonar {} en el monedero {}")
PAYOUT = Deed("payout", WALLET_PAYOUT, "Pay {} out of the wallet {}", "Devolver {} del monedero {}")


async def first(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    deed: Deed,
    said: Mapping[str, object],
    want: Wanted,
    *,
    by: Caller,
    now: datetime,
) -> None:
    """Ask for a second person's word where this takes two; what was done under its reference is not asked again.

    Args:
        tx: Of the program; the caller commits.
        program_id: Whose wallet.
        terms: Of the program's wallets.
        deed: What is to be done.
        said: The body as it was sent, as JSON values.
        want: The same, as it would be done; without an amount it is all there is.
        by: Who asks.
        now: The program's time.

    Raises:
        Postponed: Somebody was asked.
    """
    size = EVERYTHING if want.amount is None else want.amount
    if not await approvals.takes_two(tx, deed.action, size, by=by):
        return
    if await store.find(tx, program_id, deed.kind, want.reference) is not None:
        return
    currency = next((each.currency for each in terms if each.id == want.wallet), None)
    shown = Words("everything", "todo")
    if want.amount is not None:
        text = str(want.amount) if currency is None else f"{major(want.amount, currency)} {currency}"
        shown = Words(text, text.replace(".", ","))
    await approvals.first_ask(
        tx,
        program_id=ProgramId(program_id),
        action=deed.action,
        size=size,
        subject=f"member:{want.member_id}",
        said={"member_id": str(want.member_id), "wallet": want.wallet, "body": said},
        summary=Words(deed.en.format(shown.en, want.wallet), deed.es.format(shown.es, want.wallet)),
        by=by,
        now=now,
    )
