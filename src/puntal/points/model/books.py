"""Lots and what consumed them, holds, finished cards, and one holder's books at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from puntal.ledger.model import Transfer

PAID_IN = "paid_in"
GRANTED = "granted"


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
