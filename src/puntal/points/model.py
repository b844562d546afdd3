"""The nouns of wallets: lots and what consumed them, holds, finished cards, and one holder's books at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from puntal.kit.calendar import Period, Unit
from puntal.ledger.model import Transfer

Kind = Literal["points", "qualifying", "money", "stamps"]
Proof = Literal["email", "phone"]
UNTIL_CLAIMED = "member.claimed"
"""What a guest's lots await; unclaimed in time, they are cancelled."""
OR_NEVER = "!"
"""Behind the event that a lot awaits: if it never comes, the lot is cancelled instead of activated."""
PAID_IN = "paid_in"
GRANTED = "granted"
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


class Lot(Struct, frozen=True, omit_defaults=True, gc=False):
    """Units earned together, ending together.

    `amount = remaining + held + expired + reversed + what consumptions took, less what they gave back`.

    Attributes:
        noted: A reversal that could not be collected; units that return to this lot are taken first.
        starts_at: Pending while this is later than the holder's `settled_to`.
        ends_at: First instant at which it is gone; None never. A renewable lot ends at this or at the end of
            its wallet's inactivity, whichever is later.
        earner_id: Whose purchase it was, in a wallet that several share.
        origin: Of money: `paid_in` never ends, `granted` may.
        awaits: The event that makes it available; `starts_at` is then the last day it is waited for. With `OR_NEVER`
            behind it the lot is cancelled then.
    """

    id: UUID
    wallet: int
    amount: int
    remaining: int
    earned_at: datetime
    starts_at: datetime
    ends_at: datetime | None = None
    held: int = 0
    expired: int = 0
    reversed: int = 0
    noted: int = 0
    renewable: bool = False
    earner_id: UUID | None = None
    event_id: str | None = None
    order_key: str | None = None
    origin: str | None = None
    awaits: str | None = None

    @property
    def consumed(self) -> int:
        """Units spent, sent, converted, or that paid a debt."""
        return self.amount - self.remaining - self.held - self.expired - self.reversed


class Consumption(Struct, frozen=True, gc=False):
    """The part of a transfer that one lot paid or, when the transfer brings units in, got back."""

    transfer_id: UUID
    lot_id: UUID
    amount: int


class Cause(Struct, frozen=True, gc=False):
    """Why a transfer was made, as it is stored with it."""

    event_id: str | None = None
    rule: str | None = None
    order_key: str | None = None
    revision: int | None = None
    note: dict[str, Any] | None = None


HoldState = Literal["open", "committed", "released", "lapsed", "voided"]
Share = tuple[UUID, int]
"""A lot and how many of its units."""


class Hold(Struct, frozen=True):
    """Units set aside for a redemption under way.

    Attributes:
        lapses_at: First instant at which it can no longer be committed.
        reference: What it is for, in the caller's words.
        lots: Which lots, in spending order.
    """

    id: UUID
    wallet: int
    amount: int
    state: HoldState
    held_at: datetime
    lapses_at: datetime
    reference: str
    lots: tuple[Share, ...]
    ended_at: datetime | None = None


class FinishedCard(Struct, frozen=True):
    """Stamps that became the right to a reward.

    Attributes:
        lots: Which lots its stamps came from.
    """

    id: UUID
    wallet: int
    stamps: int
    transfer_id: UUID
    finished_at: datetime
    state: Literal["unused", "used", "void"]
    reward: str | None = None
    lots: tuple[Share, ...] = ()


class Taken(Struct, frozen=True):
    """What a reversal found; stored by its caller so that a withdrawn refund gives back exactly this.

    Attributes:
        own: From the lot itself, pending or available.
        gone: Expired or reversed before; counts as taken. `expired` is the expired part of it.
        other: From other lots of the wallet, `others` says which.
        debt: Owed by the member from now on.
        noted: Left on the lot; `forgiven` is what the wallet's policy lets her keep for good.
    """

    own: int = 0
    gone: int = 0
    other: int = 0
    debt: int = 0
    noted: int = 0
    forgiven: int = 0
    expired: int = 0
    others: tuple[Share, ...] = ()

    @property
    def from_member(self) -> int:
        """How much the balance shown went down (pending included)."""
        return self.own + self.other + self.debt


class Books(Struct, gc=False):
    """One holder's wallets while somebody works on them: a working copy only its maker changes.

    Balances are lists by wallet ordinal. `policy` keeps them, the lots and the transfers in step.

    Attributes:
        next_id: Makes ids; deciding does no I/O.
        due_at: The next instant at which the clock alone may change something; never too late.
        alive: End of inactivity by wallet ordinal.
        lapsed: Latest instant at which renewable lots of a wallet ended; an earlier event may bring them back.
        loaded: All open lots are in `lots`; without them nothing but earning is possible.
        lots: Those loaded or made.
        changed: Ids of loaded lots that are no longer as loaded; `added` are those made now, in order.
        finished_cards: Unused cards that were loaded, and those made now.
    """

    holder_id: UUID
    next_id: Callable[[], UUID]
    available: list[int]
    pending: list[int]
    held: list[int]
    debt: list[int]
    settled_to: datetime
    due_at: datetime | None = None
    alive: dict[int, datetime] = field(default_factory=dict)
    lapsed: dict[int, datetime] = field(default_factory=dict)
    loaded: bool = False
    lots: dict[UUID, Lot] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    consumptions: list[Consumption] = field(default_factory=list)
    changed: set[UUID] = field(default_factory=set)
    added: dict[UUID, None] = field(default_factory=dict)
    holds: dict[UUID, Hold] = field(default_factory=dict)
    changed_holds: set[UUID] = field(default_factory=set)
    finished_cards: dict[UUID, FinishedCard] = field(default_factory=dict)
    changed_cards: set[UUID] = field(default_factory=set)
    merging: dict[tuple[object, ...], UUID] = field(default_factory=dict)
    """Lots made now by what they have in common: the awards of one event share a lot."""

    @classmethod
    def opened(cls, holder_id: UUID, wallets: int, now: datetime, next_id: Callable[[], UUID]) -> Books:
        """Return the books of a holder who never had anything; complete as they are."""
        return cls(
            holder_id=holder_id,
            next_id=next_id,
            available=[0] * wallets,
            pending=[0] * wallets,
            held=[0] * wallets,
            debt=[0] * wallets,
            settled_to=now,
            loaded=True,
        )

    def grow(self, wallets: int) -> None:
        """Make room for wallets that were published after this holder's row was written."""
        for balances in (self.available, self.pending, self.held, self.debt):
            if len(balances) < wallets:
                balances.extend([0] * (wallets - len(balances)))


class Adjustment(Struct, frozen=True):
    """What came of asking for an adjustment.

    Attributes:
        transfers: What was posted; empty while a second person's word is awaited.
        approval_id: The request for it.
    """

    transfers: tuple[Transfer, ...] = ()
    approval_id: UUID | None = None


class LotEnd(Struct, frozen=True):
    """Units that end, or start, together."""

    amount: int
    at: datetime | None


class WalletView(Struct, frozen=True):
    """One wallet of a holder as of an instant, everything due counted in.

    Attributes:
        balance: Available less debt: what a member sees.
        ends: What is available by when it ends, soonest first.
        starts: What is pending by when it becomes available.
    """

    wallet: str
    ordinal: int
    kind: Kind
    scale: int
    currency: str | None
    balance: int
    available: int
    pending: int
    held: int
    debt: int
    ends: tuple[LotEnd, ...]
    starts: tuple[LotEnd, ...]


class StatementWallet(Struct, frozen=True):
    """One wallet over a period of recording.

    Attributes:
        opening: Accounts before the period, `closing` after it; `lines` lead from one to the other.
    """

    wallet: str
    ordinal: int
    opening: dict[str, int]
    closing: dict[str, int]
    lines: tuple[Transfer, ...]


class LiabilityLine(Struct, frozen=True):
    """What one wallet's outstanding units are expected to cost.

    Attributes:
        paid_in: How much of it is money that was paid in: owed in full, whatever is expected to be redeemed.
        cost_minor: In minor units of `currency`, rounded half up once. Debt stands beside it, never netted.
    """

    wallet: str
    available: int
    pending: int
    held: int
    debt: int
    cost_minor: int
    currency: str | None
    paid_in: int = 0
