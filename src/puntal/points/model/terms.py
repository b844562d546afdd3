"""What a wallet is by the program: when its units start and end, what it takes, what a full card is."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from puntal.kit.calendar import Period, Unit

Kind = Literal["points", "qualifying", "money", "stamps"]
Proof = Literal["email", "phone"]

UNTIL_CLAIMED = "member.claimed"
"""What a guest's lots await; unclaimed in time, they are cancelled."""

OR_NEVER = "!"
"""Behind the event that a lot awaits: if it never comes, the lot is cancelled instead of activated."""
AlreadySpent = Literal["only_pending", "stop_at_zero", "debt"]


class Length(Struct, frozen=True):
    """A span of calendar time."""

    count: int
    unit: Unit


class Ending(Struct, frozen=True):
    """How a lot ends, compiled: after a span, on dates of the year, by inactivity, or never (none of them)."""

    after: Length | None = None
    end_of: Period = "day"
    on: tuple[tuple[int, int], ...] = ()
    """Month and day; 29 February is the 28th in other years."""
    inactive: Length | None = None


class Starting(Struct, frozen=True):
    """When a lot becomes available, compiled: at once, after a span, or on an event of its order.

    Attributes:
        within: How long the event is waited for; then the lot activates, or is cancelled.
    """

    after: Length | None = None
    on: str | None = None
    cancel: bool = False
    within: Length | None = None


class MoneyCaps(Struct, frozen=True):
    """What a money wallet may have and move at most, in its smallest unit; None, or nothing, is no limit.

    Attributes:
        loads: Most that may be loaded, and the calendar window.
        transfer: Most that one member may give another at a time.
    """

    balance: int | None = None
    loads: tuple[tuple[int, Period], ...] = ()
    transfer: int | None = None


class CardTerms(Struct, frozen=True):
    """How gift cards in the money of a wallet are sold.

    Attributes:
        least: Smallest units that one holds at least, `most` at most.
        prefix: How codes look, with `length` the characters behind it.
    """

    ending: Ending
    least: int = 1
    most: int | None = None
    prefix: str = ""
    length: int = 14


class DatesOfDay(Struct):
    """The dates every lot gets that is earned in one local day and recorded in another (often the same).

    Attributes:
        starts_at: None: at once.
    """

    earned_from: datetime
    earned_until: datetime
    recorded_from: datetime
    recorded_until: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    renewable: bool
    awaits: str | None


class Terms(Struct):
    """One wallet of a revision, compiled. `terms[n].ordinal == n` wherever several are handed over.

    Attributes:
        balance_cap: Most a member may have by earning, in smallest units; the same unit everywhere below.
        earn_caps: Most a member may earn, and the window.
        returned: How long units live that return to a lot which has ended.
        conversions: Wallet id to how many units are taken for how many given.
        cost: Money (minor units of `currency`) that one smallest unit is expected to cost if redeemed.
        shared: The members of a pool have one of it together.
        caps: Of money; `countries` has those of members of some countries.
        gift_cards: How cards in this money are sold; None: they are not.
        needs: What a member must have verified before she spends: `email`, `phone`.
        memo: Dates by override, of the last day asked for, and by override and days.
    """

    ordinal: int
    id: str
    kind: Kind
    zone: ZoneInfo
    scale: int = 0
    currency: str | None = None
    starting: Starting = Starting()
    ending: Ending = Ending()
    if_already_spent: AlreadySpent = "stop_at_zero"
    balance_cap: int | None = None
    earn_caps: tuple[tuple[int, Period], ...] = ()
    card_size: int | None = None
    card_reward: str | None = None
    transferable: bool = False
    conversions: dict[str, tuple[int, int]] = field(default_factory=dict)
    returned: Length = Length(30, "days")
    cost: Fraction = Fraction(0)
    expected_redemption: Fraction = Fraction(1)
    retired: bool = False
    shared: bool = False
    needs: tuple[Proof, ...] = ()
    caps: MoneyCaps = MoneyCaps()
    countries: dict[str, MoneyCaps] = field(default_factory=dict)
    gift_cards: CardTerms | None = None
    memo: dict[tuple[object, ...], DatesOfDay] = field(default_factory=dict)
