"""The nouns of asking: a cart as a shop describes it, and how it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from puntal.intake.model import MOST_LINES, MOST_MINOR, Key, Minor, SaidLine, SaidOrder, Word, Words
from puntal.members.model import Ids


class Pick(Struct, frozen=True):
    """A reward the member picked. `points` says for paying with points how many, instead of portions."""

    reward: str
    portions: int | None = None
    points: int | None = None
    wallet: str | None = None
    session: str | None = None


class Question(Struct, frozen=True):
    """What a shop asks of a cart. Points by wallet id, in smallest units."""

    order: SaidOrder
    member: Ids | None = None
    channel: str | None = None
    store: str | None = None
    source: str = "api"
    context: Mapping[str, Any] = {}
    picks: tuple[Pick, ...] = ()
    codes: tuple[str, ...] = ()
    offers: Mapping[str, int] = {}
    money: Mapping[str, int | None] = {}
    """By money wallet, in minor units; None: as much as possible."""


MOST_PICKS = 20
MOST_PORTIONS = 1_000_000
MOST_MONEY = 10
_Units = Annotated[int, Meta(ge=0, le=MOST_MINOR)]


class SaidPick(Struct, frozen=True, forbid_unknown_fields=True):
    """A reward she picked, as sent."""

    reward: Annotated[str, Meta(min_length=1, max_length=80)]
    portions: Annotated[int, Meta(ge=1, le=MOST_PORTIONS)] | None = None
    points: _Units | None = None
    wallet: Word | None = None
    session: Word | None = None


class SaidCartOrder(Struct, frozen=True, forbid_unknown_fields=True):
    """The order as it would be placed now, as sent."""

    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[tuple[SaidLine, ...], Meta(max_length=MOST_LINES)]
    id: Key = "cart"
    discount_minor: Minor = 0
    shipping_minor: Minor = 0
    tax_minor: Minor = 0
    tags: Words = ()
    attributes: dict[str, Any] = {}


class SaidCart(Struct, frozen=True, forbid_unknown_fields=True):
    """A cart as sent; `shapes.CartIn` describes it, and a test holds the two equal."""

    order: SaidCartOrder
    member: Ids | None = None
    channel: Word | None = None
    store: Word | None = None
    source: Annotated[str, Meta(min_length=1, max_length=60)] = "api"
    context: dict[str, Any] = {}
    rewards: Annotated[tuple[SaidPick, ...], Meta(max_length=MOST_PICKS)] = ()
    vouchers: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=MOST_PICKS)] = ()
    points: Annotated[dict[str, _Units], Meta(max_length=MOST_PICKS)] = {}
    money: Annotated[dict[str, _Units | Literal["most"]], Meta(max_length=MOST_MONEY)] = {}

    def read(self) -> Question:
        """Return the question."""
        said = self.order
        return Question(
            order=SaidOrder(
                id=said.id,
                currency=said.currency,
                lines=said.lines,
                discount_minor=said.discount_minor,
                shipping_minor=said.shipping_minor,
                tax_minor=said.tax_minor,
                tags=said.tags,
                attributes=said.attributes,
            ),
            member=self.member,
            channel=self.channel,
            store=self.store,
            source=self.source,
            context=self.context,
            picks=tuple(
                Pick(each.reward, each.portions, each.points, each.wallet, each.session)
                for each in {each.reward: each for each in self.rewards}.values()
            ),
            codes=tuple(dict.fromkeys(self.vouchers)),
            offers=self.points,
            money={wallet: None if amount == "most" else amount for wallet, amount in self.money.items()},
        )


parse_cart = msgspec.json.Decoder(SaidCart).decode
"""Returns a cart as it was sent; whoever has to name every fault asks `shapes.CartIn`."""
