"""What is left on gift cards, over HTTP: the totals, and the cards behind each."""

from __future__ import annotations

import math
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from puntal.access.dependencies import program_router, requires
from puntal.access.model import Permission
from puntal.kit.pages import Page, cut, last_id
from puntal.kit.tables import FILE, listed, sheet_of, wants_sheet
from puntal.members import queries as members
from puntal.payments.api import Asked
from puntal.points.model import Terms
from puntal.points.operations import wallet_named
from puntal.rewards.model_cards import CardLeft, CardTotals
from puntal.rewards.model_vouchers import ending
from puntal.rewards.queries import cards as queries

router = program_router("gift-cards")


class CardTotalsOut(BaseModel):
    """What is left on cards of one currency: a line of the liability of its own."""

    wallet: str | None = Field(description="Null: codes of a batch, in the books once they are used.")
    currency: str = Field(examples=["EUR"])
    origin: Literal["paid_in", "granted"] = Field(description="Sold, or given.")
    cards: int = Field(examples=[120])
    left: int = Field(description="In minor units.", examples=[480000])
    cost_minor: int = Field(
        description="What is owed: sold cards in full, given ones as expected by the wallet.", examples=[480000]
    )

    @classmethod
    def of(cls, line: CardTotals, terms: list[Terms]) -> CardTotalsOut:
        """Return it as the API shows it."""
        wallet = None if line.wallet is None else terms[line.wallet]
        expected = Fraction(1) if wallet is None or line.origin == "paid_in" else wallet.expected_redemption
        return cls(
            wallet=None if wallet is None else wallet.id,
            currency=line.currency,
            origin=line.origin,
            cards=line.cards,
            left=line.left,
            cost_minor=math.floor(line.left * expected + Fraction(1, 2)),
        )


class CardLeftOut(BaseModel):
    """A card on which something is left."""

    id: UUID
    ending: str = Field(description="The last characters of the code.", examples=["WZA"])
    left: int = Field(description="In minor units, what is set aside included.", examples=[3500])
    amount: int = Field(description="What it was sold or given with.", examples=[5000])
    currency: str = Field(examples=["EUR"])
    issued_at: datetime
    ends_at: datetime | None
    member_id: UUID | None = Field(description="Null: whoever has the code.")
    member_name: str | None = Field(description="Null too where you may not read members.")


class CardsQuery(BaseModel):
    """Of which line of the totals."""

    model_config = ConfigDict(extra="forbid")

    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["EUR"])
    origin: Literal["paid_in", "granted"]
    wallet: str | None = Field(default=None, max_length=63, description="Not said: codes of batches.")
    limit: int = Field(default=50, ge=1, le=5000)
    cursor: str | None = Field(default=None, max_length=2000)


@router.get(
    "/reports/gift-cards",
    summary="Show what is left on gift cards",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses=FILE,
    response_model=list[CardTotalsOut],
)
async def show_gift_card_totals(request: Request, asked: Asked) -> list[CardTotalsOut] | Response:
    """Show what is left on cards that were sold, owed in full, and on those that were given."""
    found = [
        CardTotalsOut.of(line, list(asked.loaded.newest.terms))
        for line in await queries.totals(asked.tx, asked.program_id)
    ]
    return sheet_of("gift-cards", CardTotalsOut, found) if wants_sheet(request) else found


@router.get(
    "/reports/gift-cards/cards",
    summary="Show the gift cards on which something is left",
    dependencies=[requires(Permission.REPORTS_READ)],
    responses=FILE
    | {
        400: {"description": "`request.bad_cursor`"},
        422: {"description": "`points.unknown_wallet`, `request.faulty`"},
    },
    response_model=Page[CardLeftOut],
)
async def show_gift_cards_left(
    request: Request, asked: Asked, query: Annotated[CardsQuery, Query()]
) -> Page[CardLeftOut] | Response:
    """Show the cards behind one line of the totals, newest first, without their codes."""
    wallet = None if query.wallet is None else wallet_named(list(asked.loaded.newest.terms), query.wallet).ordinal
    found = await queries.left(
        asked.tx,
        asked.program_id,
        currency=query.currency,
        origin=query.origin,
        wallet=wallet,
        before=last_id(query.cursor),
        limit=query.limit + 1,
    )
    page, following = cut(found, query.limit, lambda one: (one.id,))
    names = await members.names_for(asked.tx, asked.program_id, asked.caller, (one.member_id for one in page))
    items = [_left(one, names) for one in page]
    return listed(request, "gift-cards-left", CardLeftOut, items, following)


def _left(one: CardLeft, names: dict[UUID, str]) -> CardLeftOut:
    return CardLeftOut(
        id=one.id,
        ending=ending(one.code),
        left=one.left,
        amount=one.amount,
        currency=one.currency,
        issued_at=one.issued_at,
        ends_at=one.ends_at,
        member_id=one.member_id,
        member_name=None if one.member_id is None else names.get(one.member_id),
    )
