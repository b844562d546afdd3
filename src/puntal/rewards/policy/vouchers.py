"""What may be done with a voucher at this moment, and what it makes of it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from puntal.rewards.errors_vouchers import (
    CardInactive,
    NotTransferable,
    UseEnded,
    UseReused,
    UseUnknown,
    VoucherChannel,
    VoucherCurrency,
    VoucherEarly,
    VoucherExpired,
    VoucherHeld,
    VoucherNeedsMember,
    VoucherNotYours,
    VoucherTooLittle,
    VoucherUsed,
    VoucherVoid,
)
from puntal.rewards.model_cards import RETURNED
from puntal.rewards.model_vouchers import Ask, Because, Taken, Use, UseState, Voucher, VoucherState


class Record(Struct):
    """A locked voucher with what is held of it and what the asks name; changed in place, then written.

    Attributes:
        uses: By reference.
        changed: References to write.
        touched: The voucher itself is to be written.
        opened: The voucher as it was.
        before: Changed uses as they were, None those that were not.
    """

    voucher: Voucher
    uses: dict[str, Use] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    touched: bool = False
    opened: Voucher | None = None
    before: dict[str, Use | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.opened is None:
            self.opened = self.voucher

    def put(self, use: Use) -> Use:
        """Keep a use to be written."""
        self.before.setdefault(use.reference, self.uses.get(use.reference))
        self.uses[use.reference] = use
        self.changed.add(use.reference)
        return use

    def move(self, *, remaining: int = 0, held: int = 0) -> None:
        """Change what is left and held, and with it the state."""
        one = self.voucher
        left, aside = one.remaining + remaining, one.held + held
        state: VoucherState = "issued" if left else "held" if aside else "used"
        self.voucher = replace(one, remaining=left, held=aside, state=state)
        self.touched = True


def settle(record: Record, now: datetime) -> None:
    """Let go what was held for too long."""
    for use in list(record.uses.values()):
        if use.state == "held" and use.lapses_at is not None and use.lapses_at <= now:
            _let_go(record, use, "lapsed", use.lapses_at)


def take(record: Record, ask: Ask, now: datetime) -> Taken:
    """Set aside or use what is asked for. The same reference again changes nothing.

    What was held inside its time can be used even where the voucher has ended meanwhile.

    Raises:
        UseReused: The reference stands for another amount or member.
        UseEnded: What is to be used was held, and let go.
        VoucherNotYours, VoucherNeedsMember, VoucherChannel, VoucherCurrency: Not by her, not here, not so.
        VoucherVoid, VoucherExpired, VoucherEarly, VoucherUsed, VoucherHeld, VoucherTooLittle: Not now.
    """
    settle(record, now)
    voucher, before = record.voucher, record.uses.get(ask.reference)
    if voucher.member_id is not None and ask.member_id != voucher.member_id:
        raise VoucherNeedsMember if ask.member_id is None else VoucherNotYours
    if before is not None and before.state in {"held", "used"}:
        return _again(record, ask, before, now)
    if before is not None and before.state == "void":
        raise UseEnded
    _check(voucher, ask, now)
    amount = _amount(voucher, ask)
    if amount > voucher.remaining:
        raise VoucherTooLittle(remaining=voucher.remaining)
    if ask.lapses_at is None:
        record.move(remaining=-amount)
    else:
        record.move(remaining=-amount, held=amount)
    use = Use(
        voucher_id=voucher.id,
        reference=ask.reference,
        state="used" if ask.lapses_at is None else "held",
        amount=amount,
        at=now,
        lapses_at=ask.lapses_at,
        member_id=ask.member_id,
        order_key=ask.order_key,
        channel=ask.channel,
        store=ask.store,
        actor=ask.actor,
        discount_minor=ask.discount_minor,
    )
    return Taken(voucher=record.voucher, use=record.put(use))


def _again(record: Record, ask: Ask, before: Use, now: datetime) -> Taken:
    """Answer a reference that is known: a retry, or the use of what is held."""
    same = ask.amount in {None, before.amount} and ask.currency in {None, record.voucher.currency}
    if not same or before.member_id != ask.member_id:
        raise UseReused
    if before.state == "used" or ask.lapses_at is not None:
        return Taken(voucher=record.voucher, use=before, replayed=True)
    record.move(held=-before.amount)
    used = replace(
        before,
        state="used",
        at=now,
        lapses_at=None,
        order_key=ask.order_key or before.order_key,
        actor=ask.actor,
        discount_minor=ask.discount_minor or before.discount_minor,
    )
    return Taken(voucher=record.voucher, use=record.put(used))


def _check(voucher: Voucher, ask: Ask, now: datetime) -> None:
    if voucher.terms.channels and ask.channel not in voucher.terms.channels:
        raise VoucherChannel
    state = voucher.state_at(now)
    if state == "void":
        raise VoucherVoid
    if state == "inactive":
        raise CardInactive
    if state == "used":
        raise VoucherUsed
    if state == "expired":
        raise VoucherExpired(ended=_day(voucher.ends_at or now))
    if voucher.valid_from > now:
        raise VoucherEarly(starts=_day(voucher.valid_from))
    if state == "held":
        raise VoucherHeld


def _amount(voucher: Voucher, ask: Ask) -> int:
    if ask.currency is not None and ask.currency != voucher.currency:
        raise VoucherCurrency(currency=ask.currency)
    if ask.amount is None:
        return 1 if voucher.currency is None else voucher.remaining
    if voucher.currency is not None and ask.currency is None:
        raise VoucherCurrency(currency="?")
    return ask.amount


def release(record: Record, reference: str, now: datetime) -> Taken:
    """Give back what was held or used under a reference; giving it back again changes nothing.

    Raises:
        UseUnknown: Nothing was.
        VoucherVoid: The voucher was ended meanwhile.
    """
    settle(record, now)
    use = record.uses.get(reference)
    if use is None or use.channel == RETURNED:
        raise UseUnknown
    if use.state in {"released", "lapsed"}:
        return Taken(voucher=record.voucher, use=use, replayed=True)
    if use.state == "void" or record.voucher.state == "void":
        raise VoucherVoid
    released = _let_go(record, use, "released", now)
    return Taken(voucher=record.voucher, use=released)


def _let_go(record: Record, use: Use, state: UseState, at: datetime) -> Use:
    if record.voucher.state in {"void", "expired"}:
        # An undone use of a voucher that ended stays ended: what was left of it grows.
        voucher = record.voucher
        record.voucher = replace(voucher, remaining=voucher.remaining + use.amount)
        record.touched = True
    else:
        record.move(remaining=use.amount, held=-use.amount if use.state == "held" else 0)
    return record.put(replace(use, state=state, ended_at=at))


def end(record: Record, state: Literal["expired", "void"], because: Because, now: datetime) -> bool:
    """End what is left of a voucher, and when voiding what is held of it too; used ones stay.

    Returns:
        Whether it did. What is held inside its time does not expire.
    """
    settle(record, now)
    voucher = record.voucher
    if voucher.state in {"used", "expired", "void"}:
        return False
    if state == "expired" and (voucher.held or voucher.ends_at is None or voucher.ends_at > now):
        return False
    for use in list(record.uses.values()):
        if use.state == "held":
            record.put(replace(use, state="void", ended_at=now))
    record.voucher = replace(
        voucher,
        state=state,
        remaining=voucher.remaining + voucher.held,
        held=0,
        ended_at=now,
        ended_because=because,
    )
    record.touched = True
    return True


def check_gift(record: Record, now: datetime, *, by_staff: bool) -> None:
    """Check that a voucher may go to somebody else.

    Raises:
        NotTransferable: Its terms do not allow it, or it is nobody's.
        VoucherVoid, VoucherExpired, VoucherUsed, VoucherHeld: Not now.
    """
    settle(record, now)
    voucher = record.voucher
    state = voucher.state_at(now)
    if state == "void":
        raise VoucherVoid
    if state == "used":
        raise VoucherUsed
    if state == "expired":
        raise VoucherExpired(ended=_day(voucher.ends_at or now))
    if state == "inactive":
        raise CardInactive
    if state == "held" or voucher.held:
        raise VoucherHeld
    if voucher.member_id is None or not (by_staff or voucher.terms.transferable):
        raise NotTransferable


def _day(at: datetime) -> str:
    return at.date().isoformat()
