"""Ladders and their tiers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from puntal.programs.document.values import Identifier, MoneyText, Section, Span, Text


class Measure(Section):
    """What climbs: earned units of a wallet, spend, or orders. Exactly one."""

    earned: Identifier | None = None
    spend: Literal["order.net"] | None = None
    orders: Literal[True] | None = None


class Rolling(Section):
    """Whole local months up to and including today."""

    rolling: Span


class Months(Section):
    """A tier is kept this many months from the day it was reached or renewed."""

    months: int = Field(gt=0, le=120)


class Downgrade(Section):
    """How a member falls when the line was not kept."""

    to: Literal["one_below", "measure"] = "one_below"
    grace: Span | None = None
    notice: Span | None = None


class Benefit(Section):
    """What a tier gives without being earned again: a gift once when reached, or a standing perk."""

    kind: Literal["gift", "perk"]
    when: Literal["reached", "renewed", "birthday"] = "reached"
    wallet: Identifier | None = None
    points: int | None = Field(default=None, gt=0)
    reward: Identifier | None = None
    text: Text | None = None


class Tier(Section):
    """One step. The first of a ladder has no line; `from` is in the measure's unit (spend: money text)."""

    id: Identifier
    name: Text | None = None
    from_: int | MoneyText | None = Field(default=None, alias="from")
    benefits: tuple[Benefit, ...] = ()
    retired: bool = False
    """Nobody new reaches it; who has it keeps it to its end."""


class Ladder(Section):
    """Ordered tiers, what climbs them, over which window, and how long a tier is kept."""

    id: Identifier
    measure: Measure
    window: Literal["lifetime", "calendar_year", "membership_year"] | Rolling = "calendar_year"
    keep: Literal["end_of_period", "end_of_next_period", "forever"] | Months = "end_of_next_period"
    downgrade: Downgrade = Downgrade()
    rates_apply: Literal["next_event", "same_event"] = "next_event"
    refund_below_line: Literal["next_night", "keep", "at_once"] = "next_night"
    tiers: tuple[Tier, ...] = Field(min_length=1)
