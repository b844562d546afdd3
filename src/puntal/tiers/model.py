"""Nouns of ladders: where a member stands, the compiled ladder, what changed, what lies ahead. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from puntal.kit.calendar import Unit

MeasureKind = Literal["earned", "spend", "orders"]
Window = Literal["lifetime", "rolling", "calendar_year", "membership_year"]
Keep = Literal["end_of_period", "end_of_next_period", "months", "forever"]
Reason = Literal["reached", "renewed", "fallen", "floor", "floor_ended", "refund", "placed"]


class Floor(Struct, frozen=True, omit_defaults=True, rename={"tier": "t", "until": "u", "reason": "r"}):
    """A tier given by hand or by an import: the member has at least this one.

    Attributes:
        until: First local day without it; None for good.
        reason: Why, in the words of who gave it.
    """

    tier: str
    until: date | None = None
    reason: str = ""


class Extension(Struct, frozen=True, array_like=True):
    """A grace in which earnings also count for an earlier period.

    Attributes:
        period: Key in `Standing.counts` of the period that profits; None where no earlier period can.
        since: First local day whose earnings count twice.
        until: First local day whose earnings no longer do.
    """

    period: str | None
    since: date
    until: date


class Standing(
    Struct,
    frozen=True,
    omit_defaults=True,
    gc=False,
    rename={
        "tier": "t",
        "since": "s",
        "until": "u",
        "grace_until": "g",
        "floor": "f",
        "counts": "c",
        "past": "p",
        "won": "w",
        "extension": "x",
        "noticed": "n",
        "refunded": "r",
    },
):
    """One member on one ladder.

    Attributes:
        tier: Earned tier; a floor may lift the member above it.
        since: Local day it was reached or fallen to.
        until: First local day it is no longer kept if nothing more is earned; None for ever.
        grace_until: First local day after the grace the member is in.
        counts: The measure by window bucket: `""` for a lifetime, `2026`, the first day of a membership year,
            or single days of a rolling window.
        past: The last changes: since when which tier was effective, oldest first.
        won: Bucket in which the tier was last reached (a day of a rolling window); None after a fall.
        extension: The last grace, see there; outlives it so that a refund finds what counted twice.
        noticed: The `until` that was last announced.
        refunded: A refund brought `until` forward.
    """

    tier: str
    since: date
    until: date | None = None
    grace_until: date | None = None
    floor: Floor | None = None
    counts: dict[str, int] = {}
    past: tuple[tuple[datetime, str], ...] = ()
    won: str | None = None
    extension: Extension | None = None
    noticed: date | None = None
    refunded: bool = False


class Climb(Struct, frozen=True, kw_only=True):
    """A ladder, compiled.

    Attributes:
        index: Position in the document.
        wallet: Ordinal of the wallet whose earnings count.
        span: Length of a rolling window.
        lines: Where each tier begins, in the smallest unit of the measure; the first is 0.
        ranks: Position of each tier.
        retired: Positions of tiers that nobody new reaches; the first tier is never among them.
    """

    index: int
    id: str
    measure: MeasureKind
    wallet: int | None
    window: Window
    span: tuple[int, Unit] | None
    tiers: tuple[str, ...]
    lines: tuple[int, ...]
    ranks: dict[str, int]
    retired: frozenset[int] = frozenset()
    keep: Keep
    keep_months: int
    downgrade: Literal["one_below", "measure"]
    grace: tuple[int, Unit] | None
    notice: tuple[int, Unit] | None
    rates_apply: Literal["next_event", "same_event"]
    refund_below_line: Literal["next_night", "keep", "at_once"]
    zone: ZoneInfo


class Change(Struct, frozen=True):
    """The tier a member has in effect changed, or was renewed (`from_tier` equals `to_tier`)."""

    ladder: str
    from_tier: str
    to_tier: str
    reason: Reason
    at: datetime


class Notice(Struct, frozen=True):
    """A tier is about to end.

    Attributes:
        to_tier: What follows if nothing more is earned.
        missing: What is missing to keep the tier, in the smallest unit of the measure.
        until: First local day it is no longer kept, before any grace.
    """

    ladder: str
    tier: str
    to_tier: str
    missing: int
    until: date


class Progress(Struct, frozen=True, kw_only=True):
    """How far a member is, and what lies ahead. Amounts are in the smallest unit of the measure.

    Attributes:
        tier: In effect now.
        measure: Of the running window.
        next_tier: The one above `tier`; None at the top.
        missing_to_upgrade: Until `next_tier`; None at the top.
        missing_to_keep: Until the earned tier is renewed; 0 when it needs nothing, and when it is retired.
        kept_until: First local day on which `tier` may be lost, grace included; None for ever.
        forecast_if_nothing_more: Tier when the running period is over and its grace has passed.
        forecast_at_pace: The same if the member goes on as in this period so far.
        counts_from: First local day of what `measure` has; None where everything ever earned counts.
        counts_until: First local day on which the count begins anew; None where it never does at once.
    """

    tier: str
    measure: int
    counts_from: date | None
    counts_until: date | None
    next_tier: str | None
    missing_to_upgrade: int | None
    missing_to_keep: int
    kept_until: date | None
    forecast_if_nothing_more: str
    forecast_at_pace: str


class Recorded(Struct, frozen=True, kw_only=True):
    """A row of the history of tiers.

    Attributes:
        event_id: The event that caused it; None for the clock, staff and publications.
    """

    id: UUID
    member_id: UUID
    ladder: str
    from_tier: str
    to_tier: str
    reason: Reason
    effective_at: datetime
    recorded_at: datetime
    event_id: str | None = None


class Move(Struct, frozen=True, kw_only=True):
    """What publishing a ladder does to one member."""

    member_id: UUID
    ladder: str
    from_tier: str | None
    to_tier: str


class Enrolled(Struct, frozen=True):
    """A member and the instant her membership years begin."""

    id: UUID
    enrolled_at: datetime


class Placement(Struct, frozen=True, kw_only=True):
    """One page of members placed on the ladders.

    Attributes:
        moves: Those whose tier in effect changes or who had none yet, by member and ladder.
        next: Where the following page starts; None at the end.
    """

    moves: list[Move]
    next: UUID | None
