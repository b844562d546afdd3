"""Printed gift cards over HTTP: having a batch made, and activating a card as it is sold."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from puntal.access.dependencies import TWO_PEOPLE, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.kit import ids
from puntal.kit.db import ProgramId as ProgramNumber
from puntal.kit.reasons import UnfitError
from puntal.kit.words import Words
from puntal.payments.api import Asked, Reference, check_open
from puntal.rewards.api.finding import look_up, survivor
from puntal.rewards.api.gift_cards import Amount, GiftCardOut, OrderKey
from puntal.rewards.api.shapes_vouchers import VoucherBatchOut
from puntal.rewards.asking import to_sell
from puntal.rewards.model_cards import Activate, Printing
from puntal.rewards.model_vouchers import Voucher
from puntal.rewards.operations import batches
from puntal.rewards.operations import printed_cards as operations

router = program_router("gift-cards")

MOST_PRINTED = 1_000_000
_ACTIVATE: dict[str, JsonValue] = {"reference": "till-7-0043", "amount": 5000}


class PrintIn(BaseModel):
    """Cards to print."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"wallet": "monedero", "count": 5000, "name": "Christmas 2026"}]},
    )

    wallet: str = Field(
        max_length=63, description="The money wallet whose `gift_cards` say how.", examples=["monedero"]
    )
    count: int = Field(ge=1, le=MOST_PRINTED, examples=[5000])
    name: str = Field(min_length=1, max_length=200, examples=["Christmas 2026"])


class ActivateIn(BaseModel):
    """A printed card that somebody buys."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_ACTIVATE]})

    amount: Amount
    reference: Reference
    order: OrderKey | None = None
    line: str | None = Field(
        default=None, max_length=200, description="Of the order: no more is sold on it than was paid for it."
    )
    member_id: UUID | None = Field(default=None, description="Whose it becomes; whoever has it when not given.")

    @model_validator(mode="after")
    def _line_of_order(self) -> ActivateIn:
        if self.line is not None and self.order is None:
            raise UnfitError(Words("a line is of an order", "una línea es de un pedido"))
        return self


class ActivatedOut(BaseModel):
    """A card that is worth something now."""

    replayed: bool = Field(description="It had been done before; nothing changed now.", examples=[False])
    card: GiftCardOut


@router.post(
    "/gift-cards/batches",
    status_code=201,
    summary="Have gift cards printed",
    dependencies=[requires(Permission.VOUCHERS_WRITE)],
    responses={
        409: {"description": "`idempotency.key_reused`"},
        422: {
            "description": "`points.unknown_wallet`, `points.not_money`, `rewards.cards_not_sold`, "
            "`rewards.codes_too_short`, `request.faulty`"
        },
    },
)
async def print_gift_cards(body: PrintIn, asked: Asked) -> VoucherBatchOut:
    """Make a batch of codes that are worth nothing until each is activated; take them home as `codes.csv` to print.

    It is made in the background: `GET voucher-batches/{id}` says how far it is.
    """
    printing = Printing(id=ids.new_id(), wallet=body.wallet, name=body.name, count=body.count, actor=asked.caller.actor)
    made = await operations.print_batch(asked.tx, asked.program_id, asked.loaded.newest.terms, printing, now=asked.now)
    await batches.defer_generation(asked.tx, asked.program_id, made.id)
    await audit.record(
        asked.tx,
        actor=asked.caller.actor,
        action="gift_cards.printed",
        subject=f"voucher_batch:{made.id}",
        now=asked.now,
        program_id=ProgramNumber(asked.program_id),
        detail={"wallet": body.wallet, "count": body.count},
    )
    return VoucherBatchOut.of(made)


@router.post(
    "/gift-cards/{code}/activate",
    status_code=201,
    summary="Activate a printed gift card",
    dependencies=[requires(Permission.MONEY_LOAD)],
    responses=TWO_PEOPLE
    | {
        200: {"model": ActivatedOut, "description": "It had been done before; nothing changed now"},
        404: {"description": "`rewards.voucher_unknown`, `members.unknown`"},
        409: {
            "description": "`rewards.card_active`, `rewards.voucher_void`, `rewards.sale_reused`, "
            "`rewards.card_line_unknown`, `rewards.card_over_line`, `payments.phase`, `payments.stopped`, "
            "`idempotency.key_reused`"
        },
        422: {
            "description": "`rewards.card_amount`, `rewards.cards_not_sold`, `points.unknown_wallet`, "
            "`points.not_money`, `request.faulty`"
        },
        429: {"description": "`rewards.too_many_guesses`, `access.rate_exceeded`: wait as `Retry-After` says"},
    },
)
async def activate_gift_card(
    found: Annotated[Voucher, Depends(look_up)], body: ActivateIn, response: Response, asked: Asked
) -> ActivatedOut:
    """Give a printed card its value as it is sold; it is owed from now on.

    The same `reference` again changes nothing.
    """
    check_open(asked.loaded, str(found.terms.benefit.get("wallet", "")), "load", asked.now)
    await to_sell(
        asked.tx,
        asked.program_id,
        asked.loaded.newest.terms,
        body.model_dump(mode="json"),
        wallet=str(found.terms.benefit.get("wallet", "")),
        amount=body.amount,
        reference=body.reference,
        by=asked.caller,
        now=asked.now,
        card=found,
    )
    source, _, order_id = (body.order or "").partition(":")
    wanted = Activate(
        amount=body.amount,
        reference=body.reference,
        order=(source, order_id) if order_id else None,
        line=body.line,
        member_id=await survivor(asked.tx, asked.program_id, body.member_id),
        actor=asked.caller.actor,
    )
    card, replayed = await operations.activate(
        asked.tx, asked.program_id, asked.loaded.newest.terms, found.code, wanted, now=asked.now
    )
    if replayed:
        response.status_code = 200
    else:
        await audit.record(
            asked.tx,
            actor=asked.caller.actor,
            action="gift_card.activated",
            subject=f"voucher:{card.id}",
            now=asked.now,
            program_id=ProgramNumber(asked.program_id),
            detail={"amount": body.amount, "reference": body.reference},
        )
    return ActivatedOut(replayed=replayed, card=GiftCardOut.of(card, asked.now))
