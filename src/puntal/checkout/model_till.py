"""The nouns of the till: who stands at it, what was done there, what is asked of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from puntal.intake.model import SaidOrder

Kind = Literal["redeem", "voucher", "sale"]
State = Literal["held", "done", "undone"]
CHANNEL = "store"
"""What everything of a till happens through."""
_MOST_SOURCE = 60


class Cashier(Struct, frozen=True):
    """Who stands at which till.

    Attributes:
        actor: As the audit log names her.
    """

    store: str
    actor: str

    @property
    def source(self) -> str:
        """The system orders of this store come from: their ids are unique within it."""
        return f"till:{self.store}"[:_MOST_SOURCE]


class Action(Struct, kw_only=True):
    """Something done at a till, under the id the till chose before its first try.

    Attributes:
        at: When it was done, by the program's clock; of an upload, when the till says it was.
        recorded_at: When it came here, by the same clock.
        undo_until: First instant at which it can no longer be undone at the till.
        detail: What it consists of: ids of a redemption, an event and its order, vouchers. Nothing of the person.
    """

    id: UUID
    kind: Kind
    state: State
    store: str
    actor: str
    at: datetime
    recorded_at: datetime
    undo_until: datetime
    fingerprint: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    undone_at: datetime | None = None


class VoucherNamed(Struct, frozen=True, omit_defaults=True):
    """A voucher, by what was scanned or, as a lookup answered it, by its id."""

    code: str | None = None
    id: UUID | None = None


class Redeem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A reward or a voucher to be redeemed, or set aside until the purchase is paid.

    Attributes:
        portions, points: How many, or how much is paid; the reward's least where neither is said.
        amount_minor: Of a gift card: how much; all that is left where not said.
        discount_minor: What it takes off, as evaluated.
    """

    id: UUID
    member_id: UUID | None = None
    reward: str | None = None
    voucher: VoucherNamed | None = None
    portions: int | None = None
    points: int | None = None
    wallet: str | None = None
    session: str | None = None
    order: SaidOrder | None = None
    discount_minor: int | None = None
    amount_minor: int | None = None
    hold: bool = False
    note: str = ""


class Sale(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A paid order, with what was held for it and the vouchers used on it."""

    id: UUID
    order: SaidOrder
    member_id: UUID | None = None
    vouchers: tuple[VoucherNamed, ...] = ()
