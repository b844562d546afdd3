"""Gift cards over HTTP: selling, showing, paying, moving into wallets, refunding, paying out; what is left on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from puntal.access.dependencies import TWO_PEOPLE, Now, ProgramCaller, ProgramId, program_router, requires
from puntal.access.model import Permission
from puntal.access.operations import audit
from puntal.kit.db import ProgramId as ProgramNumber
from puntal.kit.reasons import UnfitError
from puntal.kit.words import Words
from puntal.payments.api import MOST, Asked, Reference, check_open
from puntal.rewards.api.finding import Code, look_up, looked_up, survivor
from puntal.rewards.asking import to_pay_out, to_sell
from puntal.rewards.model_cards import CardUsed, Sell
from puntal.rewards.model_vouchers import Ask, Voucher, ending
from puntal.rewards.operations import gift_cards as operations

router = program_router("gift-cards")

_MEMBER = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"
_FOUND: dict[int | str, dict[str, Any]] = {
    404: {"description": "`rewards.voucher_unknown`, `rewards.use_unknown`, `members.unknown`"},
    429: {"description": "`rewards.too_many_guesses`, `access.rate_exceeded`: wait as `Retry-After` says"},
}
Amount = Annotated[int, Field(ge=1, le=MOST, description="In the currency's minor units.", examples=[2500])]
OrderKey = Annotated[
    str,
    Field(max_length=300, pattern=r"^[^:]+:.+$", description="Source and id of the order.", examples=["shop:1001"]),
]


class SellIn(BaseModel):
    """A card somebody buys."""

    model_config = ConfigDict(extra="forbid")

    wallet: str = Field(
        max_length=63, description="The money wallet whose `gift_cards` say how.", examples=["monedero"]
    )
    amount: Amount
    reference: Reference
    order: OrderKey | None = None
    line: str | None = Field(
        default=None, max_length=200, description="Of the order: no more is sold on it than was paid for it."
    )
    member_id: UUID | None = Field(default=None, description="Whose it becomes; whoever has the code when not given.")

    @model_validator(mode="after")
    def _line_of_order(self) -> SellIn:
        if self.line is not None and self.order is None:
            raise UnfitError(Words("a line is of an order", "una línea es de un pedido"))
        return self


class RedeemCardIn(BaseModel):
    """What to do with a card's money."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reference": "order-1001", "amount": 1500}]}
    )

    reference: Reference
    amount: Amount | None = Field(default=None, description="All that is left when not given.")
    partly: bool = Field(default=False, description="Take what is left where that is less; `left` says what is open.")
    member_id: UUID | None = Field(default=None, examples=[_MEMBER])
    into: str | None = Field(
        default=None, max_length=63, description="Move it into this wallet of the member instead of paying."
    )
    order: OrderKey | None = None
    channel: str | None = Field(default=None, max_length=80)

    @model_validator(mode="after")
    def _whose_wallet(self) -> RedeemCardIn:
        if self.into is not None and self.member_id is None:
            raise UnfitError(Words("a wallet is a member's", "un monedero es de un miembro"))
        return self


class RefundCardIn(BaseModel):
    """Money that goes back to a card."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    payment: str = Field(max_length=200, description="Reference under which the card paid.", examples=["order-1001"])
    amount: Amount | None = Field(default=None, description="All that is left of that payment when not given.")


class PayoutCardIn(BaseModel):
    """Money that goes back to whoever bought the card."""

    model_config = ConfigDict(extra="forbid")

    reference: Reference
    means: Literal["cash", "card", "bank", "other"] = Field(examples=["card"])


class GiftCardOut(BaseModel):
    """A gift card."""

    id: UUID
    code: str | None = Field(description="Only when it is sold.", examples=["GC7KX2M4T9QF3WZA"])
    ending: str = Field(description="The last characters of the code.", examples=["WZA"])
    state: Literal["issued", "held", "used", "expired", "void", "inactive"] = Field(
        description="`inactive`: printed, and worth nothing until it is activated."
    )
    currency: str | None = Field(examples=["EUR"])
    amount: int = Field(description="What it was sold with.", examples=[5000])
    remaining: int = Field(examples=[3500])
    held: int = Field(description="Set aside for purchases under way.", examples=[0])
    ends_at: datetime | None = Field(description="First instant at which it can no longer be used; null never.")
    member_id: UUID | None

    @classmethod
    def of(cls, card: Voucher, now: datetime, *, shown: bool = False) -> GiftCardOut:
        """Return it as the API shows it."""
        return cls(
            id=card.id,
            code=card.code if shown else None,
            ending=ending(card.code),
            state=card.state_at(now),
            currency=card.currency,
            amount=card.amount,
            remaining=card.remaining,
            held=card.held,
            ends_at=card.ends_at,
            member_id=card.member_id,
        )


class SoldOut(BaseModel):
    """A card that an order sold."""

    line: str = Field(description="Of the order.", examples=["3"])
    reference: str | None = Field(examples=["shop:1001:3:1"])
    card: GiftCardOut


class CardUsedOut(BaseModel):
    """What was done with a card."""

    amount: int = Field(description="What moved, in minor units.", examples=[1500])
    left: int = Field(description="What was asked for and is still to be paid some other way.", examples=[0])
    available: int | None = Field(description="In the member's wallet, where it went into one.")
    replayed: bool = Field(description="It had been done before; nothing changed now.", examples=[False])
    card: GiftCardOut

    @classmethod
    def of(cls, used: CardUsed, now: datetime, response: Response) -> CardUsedOut:
        """Return it as the API shows it."""
        if used.replayed:
            response.status_code = 200
        return cls(
            amount=used.amount,
            left=used.left,
            available=used.available,
            replayed=used.replayed,
            card=GiftCardOut.of(used.card, now),
        )


_AGAIN: dict[int | str, dict[str, Any]] = {
    200: {"model": CardUsedOut, "description": "It had been done before; nothing changed now"}
}


async def presented(
    request: Request, program_id: ProgramId, caller: ProgramCaller, now: Now, code: Code, body: RedeemCardIn
) -> Voucher:
    """Look up the card that is to be used, for whom the body says."""
    return await looked_up(request, program_id, caller.actor, code, body.member_id, now)


LookedUp = Annotated[Voucher, Depends(look_up)]


@router.post(
    "/gift-cards",
    status_code=201,
    summary="Sell a gift card",
    dependencies=[requires(Permission.MONEY_LOAD)],
    responses=TWO_PEOPLE
    | {
        404: {"description": "`members.unknown`"},
        409: {
            "description": "`rewards.card_line_unknown`, `rewards.card_over_line`, `rewards.sale_reused`, "
            "`payments.phase`, `payments.stopped`, `idempotency.key_reused`"
        },
        422: {
            "description": "`points.unknown_wallet`, `points.not_money`, `rewards.cards_not_sold`, "
            "`rewards.card_amount`, `request.faulty`"
        },
    },
)
async def sell_gift_card(body: SellIn, asked: Asked) -> GiftCardOut:
    """Sell a card for its value, which is owed from now on; the same `reference` again answers the same card."""
    check_open(asked.loaded, body.wallet, "load", asked.now)
    await to_sell(
        asked.tx,
        asked.program_id,
        asked.loaded.newest.terms,
        body.model_dump(mode="json"),
        wallet=body.wallet,
        amount=body.amount,
        reference=body.reference,
        by=asked.caller,
        now=asked.now,
    )
    source, _, order_id = (body.order or "").partition(":")
    sell = Sell(
        wallet=body.wallet,
        amount=body.amount,
        reference=body.reference,
        order=(source, order_id) if order_id else None,
        line=body.line,
        member_id=await survivor(asked.tx, asked.program_id, body.member_id),
        actor=asked.caller.actor,
    )
    card = await operations.sell(asked.tx, asked.program_id, asked.loaded.newest.terms, sell, now=asked.now)
    await _log(asked, "gift_card.sold", card, {"amount": body.amount, "reference": body.reference})
    return GiftCardOut.of(card, asked.now, shown=True)


@router.get(
    "/gift-cards",
    summary="List the gift cards an order sold",
    dependencies=[requires(Permission.MONEY_LOAD)],
)
async def list_order_gift_cards(
    order: Annotated[OrderKey, Query(description="Source and id of the order.", examples=["shop:1001"])], asked: Asked
) -> list[SoldOut]:
    """List the cards that lines of an order sold, with their codes: what the shop sends to whoever bought them."""
    found = await operations.of_order(asked.tx, asked.program_id, order)
    return [
        SoldOut(line=books.line or "", reference=books.reference, card=GiftCardOut.of(card, asked.now, shown=True))
        for books, card in found
    ]


@router.get(
    "/gift-cards/{code}",
    summary="Show a gift card",
    dependencies=[requires(Permission.CARTS_EVALUATE)],
    responses=_FOUND,
)
async def get_gift_card(found: LookedUp, now: Now) -> GiftCardOut:
    """Show what is left on a card; what has ended by the clock is shown as expired."""
    return GiftCardOut.of(found, now)


@router.post(
    "/gift-cards/{code}/redeem",
    status_code=201,
    summary="Pay with a gift card, or move it into a wallet",
    dependencies=[requires(Permission.MONEY_SPEND)],
    responses=_FOUND
    | _AGAIN
    | {
        409: {
            "description": "`rewards.voucher_used`, `rewards.voucher_held`, `rewards.voucher_expired`, "
            "`rewards.voucher_void`, `rewards.voucher_not_yours`, `rewards.voucher_needs_member`, "
            "`rewards.voucher_too_little`, `rewards.member_inactive`, `rewards.use_reused`, `rewards.use_ended`, "
            "`payments.over_load_limit`, `payments.reference_reused`, `payments.phase`, `payments.stopped`, "
            "`points.over_cap`, `points.member_not_active`, `idempotency.key_reused`"
        },
        422: {
            "description": "`rewards.voucher_currency`, `rewards.cards_not_sold`, `points.unknown_wallet`, "
            "`points.not_money`, `request.faulty`"
        },
    },
)
async def redeem_gift_card(
    found: Annotated[Voucher, Depends(presented)], body: RedeemCardIn, response: Response, asked: Asked
) -> CardUsedOut:
    """Pay with a card, whole or in part, or move its money into a member's wallet, where its limits hold.

    The same `reference` again changes nothing. Of two who ask at the same moment nobody gets more than is left.
    """
    if body.into is not None:
        check_open(asked.loaded, body.into, "load", asked.now)
    books = await operations.books_of(asked.tx, asked.program_id, found.id)
    wallet = "" if books is None else asked.loaded.newest.terms[books.wallet].id
    check_open(asked.loaded, wallet, "pay", asked.now)
    ask = Ask(
        code=found.code,
        reference=body.reference,
        amount=body.amount,
        currency=found.currency if body.amount is not None else None,
        member_id=await survivor(asked.tx, asked.program_id, body.member_id),
        order_key=body.order,
        channel=body.channel,
        store=asked.caller.store,
        actor=asked.caller.actor,
    )
    if body.into is None:
        used = await operations.redeem(asked.tx, asked.program_id, found.code, ask, partly=body.partly, now=asked.now)
    else:
        used = await operations.load_wallet(
            asked.tx,
            asked.program_id,
            asked.loaded.newest.terms,
            found.code,
            ask,
            wallet=body.into,
            now=asked.now,
        )
    return CardUsedOut.of(used, asked.now, response)


@router.post(
    "/gift-cards/{code}/refund",
    status_code=201,
    summary="Refund to a gift card",
    dependencies=[requires(Permission.MONEY_SPEND)],
    responses=_FOUND
    | _AGAIN
    | {
        409: {
            "description": "`rewards.card_over_payment`, `rewards.card_in_wallet`, `rewards.voucher_void`, "
            "`rewards.voucher_expired`, `payments.reference_reused`, `idempotency.key_reused`"
        }
    },
)
async def refund_gift_card(found: LookedUp, body: RefundCardIn, response: Response, asked: Asked) -> CardUsedOut:
    """Give back to a card what it paid, whole or in part. To one that has ended nothing goes back."""
    used = await operations.refund(
        asked.tx,
        asked.program_id,
        found.code,
        payment=body.payment,
        amount=body.amount,
        reference=body.reference,
        actor=asked.caller.actor,
        now=asked.now,
    )
    return CardUsedOut.of(used, asked.now, response)


@router.post(
    "/gift-cards/{code}/payout",
    status_code=201,
    summary="Pay a gift card out",
    dependencies=[requires(Permission.MONEY_PAYOUT)],
    responses=TWO_PEOPLE
    | _FOUND
    | _AGAIN
    | {
        409: {
            "description": "`rewards.card_given`, `rewards.voucher_used`, `rewards.voucher_held`, "
            "`payments.reference_reused`, `idempotency.key_reused`"
        }
    },
)
async def pay_gift_card_out(found: LookedUp, body: PayoutCardIn, response: Response, asked: Asked) -> CardUsedOut:
    """Give back what is left of a card that was sold, and end it: its sale is returned, or the program closes."""
    await to_pay_out(asked.tx, asked.program_id, found, body.model_dump(mode="json"), by=asked.caller, now=asked.now)
    used = await operations.pay_out(
        asked.tx,
        asked.program_id,
        found.code,
        reference=body.reference,
        means=body.means,
        actor=asked.caller.actor,
        now=asked.now,
    )
    await _log(asked, "gift_card.paid_out", used.card, {"amount": used.amount, "reference": body.reference})
    return CardUsedOut.of(used, asked.now, response)


async def _log(asked: Asked, action: str, card: Voucher, detail: dict[str, object]) -> None:
    await audit.record(
        asked.tx,
        program_id=ProgramNumber(asked.program_id),
        actor=asked.caller.actor,
        action=action,
        subject=f"voucher:{card.id}",
        now=asked.now,
        detail=detail,
    )
