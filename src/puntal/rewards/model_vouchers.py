"""The nouns of vouchers: what was issued, what was used of it, what callers ask for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from msgspec import Struct, field

LEAST_LENGTH: Final = 6
"""Characters a code has at least, without its prefix."""
VoucherState: TypeAlias = Literal["issued", "held", "used", "expired", "void", "inactive"]
"""`inactive`: printed, and worth nothing until it is activated."""
UseState: TypeAlias = Literal["held", "used", "released", "lapsed", "void"]
Origin: TypeAlias = Literal["direct", "batch", "import", "redemption", "event", "card"]
Because: TypeAlias = Literal["expired", "staff", "switch", "refund", "closed", "erased"]
"""Why a voucher ended unused."""


class VoucherTerms(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a voucher promises, as it was when it was issued; later revisions do not change it.

    Attributes:
        revision: Of the document it was issued under.
        benefit: The reward as the document wrote it.
        on_end: What happens to its cost when it ends unused.
        channels: Where it can be used; everywhere when there is none.
    """

    revision: int = 0
    benefit: Mapping[str, Any] = field(default_factory=dict)
    on_end: Literal["nothing", "return_points"] = "nothing"
    channels: tuple[str, ...] = ()
    transferable: bool = False


class Voucher(Struct, frozen=True, kw_only=True):
    """One right to a reward.

    Attributes:
        code: What it is found by: capitals, no spaces or hyphens.
        shown: How whoever made the code writes it, where that differs.
        member_id: Whose it is; None: whoever has the code.
        cause: The redemption or event it comes from; of a stamp card, whose card it was.
        ends_at: First instant at which it can no longer be used.
        currency: Of money; None: `amount` counts uses.
        remaining: Neither used nor held.
    """

    id: UUID
    code: str
    shown: str | None = None
    reward: str
    state: VoucherState = "issued"
    member_id: UUID | None = None
    batch_id: UUID | None = None
    origin: Origin
    cause: str | None = None
    issued_at: datetime
    valid_from: datetime
    ends_at: datetime | None = None
    currency: str | None = None
    amount: int = 1
    remaining: int = 1
    held: int = 0
    terms: VoucherTerms
    ended_at: datetime | None = None
    ended_because: str | None = None

    @property
    def used(self) -> int:
        """How much was used."""
        return self.amount - self.remaining - self.held

    def state_at(self, now: datetime) -> VoucherState:
        """Return its state as members see it: what has ended is not waited for the night to say so."""
        over = self.ends_at is not None and self.ends_at <= now
        return "expired" if self.state == "issued" and over else self.state


class Use(Struct, frozen=True, kw_only=True):
    """What was set aside or used of a voucher under a reference.

    Attributes:
        reference: The caller's words for the purchase; a second call with it changes nothing.
        lapses_at: When what is held is let go by itself.
        order_key: Source and id of the order, once one names it.
        actor: Who did it.
        discount_minor: What it took off that order, as its shop said.
    """

    voucher_id: UUID
    reference: str
    state: UseState
    amount: int
    at: datetime
    lapses_at: datetime | None = None
    ended_at: datetime | None = None
    member_id: UUID | None = None
    order_key: str | None = None
    channel: str | None = None
    store: str | None = None
    actor: str
    discount_minor: int = 0


class Ask(Struct, frozen=True, kw_only=True):
    """Somebody wants to use a voucher, or set it aside.

    Attributes:
        code: As it was typed or scanned.
        amount: None: one use, or all the money that is left.
        currency: Of the amount, where it is money.
        member_id: For whom; needed where the voucher belongs to a member.
        lapses_at: Set aside until then; None: used at once.
        discount_minor: What it takes off the order, where the shop says.
    """

    code: str
    reference: str
    amount: int | None = None
    currency: str | None = None
    member_id: UUID | None = None
    lapses_at: datetime | None = None
    order_key: str | None = None
    channel: str | None = None
    store: str | None = None
    actor: str
    discount_minor: int = 0


class Taken(Struct, frozen=True, kw_only=True):
    """The answer to an ask.

    Attributes:
        replayed: It had been done before; nothing changed now.
    """

    voucher: Voucher
    use: Use
    replayed: bool = False


class Issue(Struct, frozen=True, kw_only=True):
    """A voucher to issue.

    Attributes:
        id: Chosen by the caller before its first try: a second issue of it changes nothing.
        prefix, length: How its code looks.
    """

    id: UUID
    reward: str
    terms: VoucherTerms
    origin: Origin
    cause: str | None = None
    member_id: UUID | None = None
    batch_id: UUID | None = None
    valid_from: datetime
    ends_at: datetime | None = None
    currency: str | None = None
    amount: int = 1
    prefix: str = ""
    length: int = 12


class Owed(Struct, frozen=True):
    """A partner's code that a member is to get as soon as its pool has one.

    Attributes:
        id: Of the gift.
    """

    id: UUID
    pool: str
    reward: str
    member_id: UUID
    since: datetime


class Batch(Struct, frozen=True, kw_only=True):
    """Codes made, or brought, together.

    Attributes:
        wanted: How many there are to be; of an imported one, how many there are.
        low_at: Tell when fewer than so many are left to hand out.
    """

    id: UUID
    name: str
    reward: str
    kind: Literal["generated", "imported"]
    state: Literal["making", "done", "void"]
    prefix: str = ""
    length: int = 12
    wanted: int = 0
    made: int = 0
    valid_from: datetime
    ends_at: datetime | None = None
    currency: str | None = None
    amount: int = 1
    terms: VoucherTerms
    low_at: int | None = None
    created_at: datetime
    created_by: str
    done_at: datetime | None = None


class BadRow(Struct, frozen=True):
    """A line of a file that was not taken.

    Attributes:
        row: As a spreadsheet counts: the first line, which names the columns, is 1.
        reason: `empty`, `too_long`, `characters`, `twice`, `taken`, `date`, `member`.
    """

    row: int
    reason: str


class Imported(Struct, kw_only=True):
    """What became of a file of codes.

    Attributes:
        known: Codes the batch had already; a second import of a file finds them all so.
    """

    taken: int = 0
    known: int = 0
    refused: list[BadRow] = field(default_factory=list)


def ending(code: str) -> str:
    """Return what is shown of a code to those who may not use it: its last three characters."""
    return code[-3:] if len(code) > LEAST_LENGTH else ""
