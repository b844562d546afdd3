"""Earning rules, their awards, limits and budgets."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from puntal.programs.document.values import (
    Condition,
    EventName,
    Identifier,
    LocalDay,
    MoneyText,
    Number,
    People,
    Percent,
    Positive,
    Section,
    Span,
    Text,
)
from puntal.programs.document.wallets import Available, Expiry, Per

Base = Literal["order.net", "order.subtotal", "order.net_cash", "order.total"]
Rounding = Literal["floor", "half_up", "ceil"]


class Award(Section):
    """What one rule gives: fixed, proportional, a percentage, or a formula. Exactly one of the four.

    `points` alone is fixed; with `per: "1.00 EUR"` proportional to the base; with `per: item` to the number
    of items of the covered lines; with `per: line` to the number of covered lines.
    """

    wallet: Identifier
    points: Positive | None = None
    per: MoneyText | Literal["item", "line"] | None = None
    rate: Percent | None = None
    formula: Condition | str | None = None
    fallback: int | None = Field(default=None, ge=0)
    of: Base = "order.net"
    rounding: Rounding = "floor"
    round_each: Literal["award", "line"] = "award"
    full_only: bool = False
    carry_fraction: bool = False
    expiry: Expiry | None = None
    available: Available | None = None


class TierRate(Section):
    """A tier's own rate: `points` replaces the rate, `times` multiplies it before rounding."""

    points: Positive | None = None
    times: Positive | None = None


class Multiply(Section):
    """Pays `times` - 1 times the line points of the covered base awards as a bonus entry of its own."""

    rules: tuple[Identifier, ...] | Literal["all"] = "all"
    times: Number = Field(gt=1)
    only_lines: Condition | None = None
    wallets: tuple[Identifier, ...] | None = None
    """Default: spendable wallets, proportional awards."""


class During(Section):
    """A recurring schedule: RFC 5545 recurrence days and hours of the day, in the program's zone."""

    rrule: str | None = None
    hours: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")


class RollingWindow(Section):
    """Whole local days up to and including today."""

    rolling: Span


class Limit(Section):
    """Most per member: times, points or order value per window; `cooldown` between two."""

    times: int | None = Field(default=None, gt=0)
    points: int | None = Field(default=None, gt=0)
    value: MoneyText | None = None
    per: Per | RollingWindow = "lifetime"
    cooldown: Span | None = None
    when_short: Literal["truncate", "none"] = "truncate"


class SharedLimit(Limit):
    """A limit of a member that several rules use up together."""

    label: Text | None = None
    rules: tuple[Identifier, ...]


class Budget(Section):
    """Most in all: points, awards, members or order value; in total or per period."""

    points: int | None = Field(default=None, gt=0)
    times: int | None = Field(default=None, gt=0)
    members: int | None = Field(default=None, gt=0)
    order_value: MoneyText | None = None
    redemptions: int | None = Field(default=None, gt=0)
    """Of a campaign or the program: of all its rewards together, as `discount`."""
    discount: MoneyText | None = None
    per: Per = "lifetime"
    alert: tuple[Percent, ...] = ()
    when_short: Literal["truncate", "none"] = "truncate"


class Branch(Section):
    """One way of a rule: the first whose `when` holds; the last is `otherwise`."""

    when: Condition | None = None
    award: Award | tuple[Award, ...] | None = None
    otherwise: Award | tuple[Award, ...] | Literal["nothing"] | None = None


class Rule(Section):
    """When (`on`, dates, schedule), if (`when`, audience), then (award, branches or multiply)."""

    id: Identifier
    label: Text | None = None
    on: EventName
    when: Condition | None = None
    audience: People = People()
    from_: LocalDay | None = Field(default=None, alias="from")
    through: LocalDay | None = None
    during: During | None = None
    only_lines: Condition | None = None
    except_lines: Condition | None = None
    award: Award | tuple[Award, ...] | None = None
    branches: tuple[Branch, ...] = ()
    multiply: Multiply | None = None
    by_tier: dict[Identifier, TierRate] = {}
    ladder: Identifier | None = None
    limit: Limit | tuple[Limit, ...] = ()
    budget: Budget | None = None
    group: Identifier | None = None
    exclusive: bool = False
    priority: int = 0
    refund: Literal["proportional", "keep"] = "proportional"
    enabled: bool = True
