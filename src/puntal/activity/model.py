"""Totals and daily counts of a member."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct


class Totals(Struct, omit_defaults=True, gc=False):
    """Lifetime figures, net of refunds; money in minor units of the program's currency."""

    orders: int = 0
    spend: int = 0
    items: int = 0
    refunded: int = 0
    first_day: date | None = None
    last_day: date | None = None
    earned: dict[str, int] = {}
    """By wallet id, net of reversals."""
    spent: dict[str, int] = {}


class Count(Struct, frozen=True, gc=False):
    """A change of one daily figure."""

    member_id: UUID
    metric: str
    key: str
    day: date
    count: int
    amount: int
