"""Wallets: the kinds of value a program keeps for members."""

from __future__ import annotations

from typing import Literal

from babel.numbers import is_currency
from pydantic import Field, model_validator

from puntal.kit.money import digits
from puntal.programs.document.values import (
    Condition,
    Country,
    Currency,
    EventName,
    Identifier,
    MoneyText,
    Percent,
    Section,
    Span,
    Text,
)

Per = Literal["day", "week", "month", "quarter", "year", "lifetime"]


class Available(Section):
    """When what is earned can be spent: after a span, or on an event; at once when nothing is said."""

    after: Span | None = None
    on: EventName | None = None
    if_never: Literal["activate", "cancel"] = "activate"
    within: Span | None = None


class Expiry(Section):
    """How a lot ends. Exactly one of `never`, `after`, `on`, `inactive`."""

    never: Literal[True] | None = None
    after: Span | None = None
    end_of: Literal["day", "month", "quarter", "year"] = "day"
    on: tuple[str, ...] = ()
    """Calendar dates of every year, as `31 Dec`: gone at the end of that day."""
    inactive: Span | None = None
    events: tuple[EventName, ...] = ()
    """Events that count as activity beside orders and redemptions."""


class EarnLimit(Section):
    """Most units a member may earn in a window."""

    points: int = Field(gt=0)
    per: Per = "month"


class LoadLimit(Section):
    """Most money a member may pay into a wallet in a calendar window."""

    amount: MoneyText
    per: Per = "month"


class CountryLimits(Section):
    """What members of one country may have and move at most; what is not said is as for everybody."""

    balance: MoneyText | None = None
    load: LoadLimit | tuple[LoadLimit, ...] = ()
    transfer: MoneyText | None = None


class WalletLimits(Section):
    """Caps of one member's wallet: `balance` and `earn` in its smallest unit, the rest, of money, as money."""

    balance: int | None = Field(default=None, gt=0)
    earn: EarnLimit | tuple[EarnLimit, ...] = ()
    load: LoadLimit | tuple[LoadLimit, ...] = ()
    transfer: MoneyText | None = None
    """Most that a member may give another at a time."""
    countries: dict[Country, CountryLimits] = {}


class GiftCards(Section):
    """How gift cards in a wallet's money are sold: from and up to which value, and whether they ever end."""

    min: MoneyText | None = None
    max: MoneyText | None = None
    expiry: Expiry = Expiry(never=True)
    prefix: str = Field(default="", max_length=6, pattern=r"^[A-Z0-9]*$")
    length: int = Field(default=14, ge=10, le=18)
    """Characters after the prefix, the check character among them."""
    lines: Condition | None = None
    """Lines of orders that are gift cards: one is issued for each item once the order earns."""


class Liability(Section):
    """What outstanding units are expected to cost."""

    cost_per_point: MoneyText | None = None
    expected_redemption: Percent = Percent("100%")


class Card(Section):
    """A stamp card: every `size` stamps become one `reward`."""

    size: int = Field(gt=0, le=1000)
    reward: Identifier | None = None


class PayWith(Section):
    """Paying with points: how much one is worth and in which portions."""

    value: MoneyText
    step: int = Field(default=1, gt=0)
    min: int = Field(default=0, ge=0)
    max_share: Percent = Percent("100%")


class Conversion(Section):
    """Members may turn `take` units of this wallet into `give` units of another."""

    to: Identifier
    take: int = Field(gt=0)
    give: int = Field(gt=0)


class Wallet(Section):
    """A kind of value: points, qualifying points (they count for tiers only), money or stamps.

    A money wallet that names no scale has its currency's.
    """

    kind: Literal["points", "qualifying", "money", "stamps"]
    label: Text | None = None
    scale: int = Field(default=0, ge=0, le=4)
    currency: Currency | None = None
    available: Available = Available()
    expiry: Expiry = Expiry(never=True)
    if_already_spent: Literal["only_pending", "stop_at_zero", "debt"] = "stop_at_zero"
    worth: MoneyText | PayWith | None = None
    liability: Liability = Liability()
    limits: WalletLimits = WalletLimits()
    card: Card | None = None
    granted_expires: Expiry | None = None
    gift_cards: GiftCards | None = None
    transferable: bool = False
    convert: tuple[Conversion, ...] = ()
    retired: bool = False

    @model_validator(mode="before")
    @classmethod
    def _scale_of_currency(cls, value: object) -> object:
        if isinstance(value, dict) and value.get("kind") == "money" and "scale" not in value:
            currency = value.get("currency")
            if isinstance(currency, str) and is_currency(currency):
                return value | {"scale": digits(currency)}
        return value


class Pool(Section):
    """Members who share wallets."""

    wallets: tuple[Identifier, ...]
    max: int = Field(default=6, gt=1, le=1000)
    tiers: Literal["personal"] = "personal"
    on_leave: Literal["take_own"] = "take_own"


__all__ = [
    "Available",
    "Card",
    "Conversion",
    "CountryLimits",
    "EarnLimit",
    "Expiry",
    "GiftCards",
    "Liability",
    "LoadLimit",
    "PayWith",
    "Per",
    "Pool",
    "Wallet",
    "WalletLimits",
]
