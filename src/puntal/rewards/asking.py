"""Asking a second person before vouchers or gift cards are made that cost much, where wanted (decision 0084)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from puntal.access.model import CARD_ACTIVATE, CARD_PAYOUT, CARD_SELL, VOUCHER_IMPORT, VOUCHER_ISSUE, Caller
from puntal.access.operations import approvals
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.money import major
from puntal.kit.words import Words
from puntal.points.model import Terms
from puntal.rewards.model_vouchers import Batch, Voucher, ending
from puntal.rewards.queries import cards


async def to_issue(
    tx: Transaction,
    program_id: int,
    said: Mapping[str, object],
    *,
    reward: str,
    count: int,
    member_id: UUID | None,
    by: Caller,
    now: datetime,
) -> None:
    """Ask where issuing so many vouchers at once takes two.

    Raises:
        Postponed: Somebody was asked.
    """
    await approvals.first_ask(
        tx,
        program_id=ProgramId(program_id),
        action=VOUCHER_ISSUE,
        size=count,
        subject=f"reward:{reward}" if member_id is None else f"member:{member_id}",
        said=said,
        summary=Words(f"Issue {count:,} vouchers of {reward}", f"Emitir {count:,} vales de {reward}".replace(",", ".")),
        by=by,
        now=now,
    )


async def to_import(
    tx: Transaction, program_id: int, batch: Batch, text: str, *, lines: int, by: Caller, now: datetime
) -> None:
    """Ask where bringing in a file of so many codes takes two.

    Raises:
        Postponed: Somebody was asked.
    """
    await approvals.first_ask(
        tx,
        program_id=ProgramId(program_id),
        action=VOUCHER_IMPORT,
        size=lines,
        subject=f"voucher_batch:{batch.id}",
        said={
            "batch_id": str(batch.id),
            "text": text,
            # What only who decides reads.
            "batch": batch.name,
            "reward": batch.reward,
            "lines": lines,
        },
        summary=Words(
            f"Import {lines:,} codes of {batch.reward} ({batch.name})",
            f"Importar {lines:,} códigos de {batch.reward} ({batch.name})".replace(",", "."),
        ),
        by=by,
        now=now,
    )


async def to_sell(  # noqa: PLR0913 - what a sale is
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    said: Mapping[str, object],
    *,
    wallet: str,
    amount: int,
    reference: str,
    by: Caller,
    now: datetime,
    card: Voucher | None = None,
) -> None:
    """Ask where selling a card of such a value takes two; what was sold under the reference before is not asked again.

    Args:
        said: The body as it was sent, as JSON values.
        wallet: In whose money.
        card: The printed one that is to be activated. The request names it by id: its code is as good as money.

    Raises:
        Postponed: Somebody was asked.
    """
    if await cards.is_sold(tx, program_id, reference):
        return
    shown = _shown(amount, next((each.currency for each in terms if each.id == wallet), None))
    words = Words(f"Sell a gift card of {shown}", f"Vender una tarjeta regalo de {shown.replace('.', ',')}")
    if card is not None:
        words = Words(
            f"Activate the gift card …{ending(card.code)} with {shown}",
            f"Activar la tarjeta regalo …{ending(card.code)} con {shown.replace('.', ',')}",
        )
    await approvals.first_ask(
        tx,
        program_id=ProgramId(program_id),
        action=CARD_SELL if card is None else CARD_ACTIVATE,
        size=amount,
        subject=f"wallet:{wallet}" if card is None else f"voucher:{card.id}",
        said={"body": said} if card is None else {"card_id": str(card.id), "body": said},
        summary=words,
        by=by,
        now=now,
    )


async def to_pay_out(
    tx: Transaction, program_id: int, card: Voucher, said: Mapping[str, object], *, by: Caller, now: datetime
) -> None:
    """Ask where paying out what is left on a card takes two.

    Raises:
        Postponed: Somebody was asked.
    """
    shown = _shown(card.remaining, card.currency)
    await approvals.first_ask(
        tx,
        program_id=ProgramId(program_id),
        action=CARD_PAYOUT,
        size=card.remaining,
        subject=f"voucher:{card.id}",
        said={"card_id": str(card.id), "body": said},
        summary=Words(
            f"Pay out {shown} of the gift card …{ending(card.code)}",
            f"Devolver {shown.replace('.', ',')} de la tarjeta regalo …{ending(card.code)}",
        ),
        by=by,
        now=now,
    )


def _shown(amount: int, currency: str | None) -> str:
    return str(amount) if currency is None else f"{major(amount, currency)} {currency}"
