"""What time alone does to wallets: activation, expiry, inactivity. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from puntal.ledger.model import AVAILABLE, CANCELLED, EXPIRED, PENDING
from puntal.points.model import OR_NEVER, Books, Cause, Lot, Terms
from puntal.points.policy.lots import NOBODY, bring_back, end_of, expire, move, pay_debt, put, started
from puntal.points.policy.terms import inactivity_end, life_end


def needs_lots(books: Books, now: datetime) -> bool:
    """Return whether something is due, so that the open lots must be loaded before `settle`."""
    return not books.loaded and books.due_at is not None and books.due_at <= now


def settle(books: Books, terms: Sequence[Terms], now: datetime) -> None:  # noqa: ARG001 - dates are on the lots
    """Post every activation and expiry that is due, in order of time, each as of its own instant.

    Activated units pay debt first. Doing it again changes nothing. Everything else in this slice wants books
    that are settled to its `now`.
    """
    if books.due_at is not None and books.due_at <= now:
        if not books.loaded:
            raise ValueError("something is due here: the open lots must be loaded first")
        instants, due = _due(books, now)
        for instant in instants:
            _activate_due(books, due, instant, now)
            _expire_due(books, due, instant, now)
        books.settled_to = max(books.settled_to, now)
        books.due_at = due_at(books)
    books.settled_to = max(books.settled_to, now)


def _due(books: Books, now: datetime) -> tuple[list[datetime], list[UUID]]:
    """Return the instants at which something is due until now, in order, and the lots it happens to."""
    instants: set[datetime] = set()
    due = []
    settled_to = books.settled_to
    for lot in books.lots.values():
        if not lot.remaining:
            continue
        # Of most lots nothing is due; no lot ends before the day it says.
        if not settled_to < lot.starts_at <= now and (lot.ends_at is None or lot.ends_at > now):
            continue
        ends_at = end_of(books, lot)
        of_lot = [] if started(books, lot) else [lot.starts_at]
        if ends_at is not None:
            of_lot.append(ends_at)
        of_lot = [instant for instant in of_lot if instant <= now]
        if of_lot:
            instants.update(of_lot)
            due.append(lot.id)
    return sorted(instants), due


def _activate_due(books: Books, due: Sequence[UUID], instant: datetime, now: datetime) -> None:
    ripe = [lot for id in due if not started(books, lot := books.lots[id]) and lot.starts_at <= instant]
    books.settled_to = max(books.settled_to, instant)
    for wallet in sorted({lot.wallet for lot in ripe}):
        of_wallet = [lot for lot in ripe if lot.wallet == wallet and lot.remaining]
        in_vain = [lot for lot in of_wallet if lot.awaits is not None and lot.awaits.endswith(OR_NEVER)]
        total = sum(lot.remaining for lot in of_wallet) - sum(lot.remaining for lot in in_vain)
        _cancel(books, wallet, in_vain, at=instant, now=now)
        if total:
            move(books, wallet, PENDING, AVAILABLE, total, kind="points.activated", cause=NOBODY, at=instant, now=now)
            pay_debt(books, wallet, cause=NOBODY, at=instant, now=now)


def _cancel(books: Books, wallet: int, lots: Sequence[Lot], *, at: datetime, now: datetime) -> None:
    total = sum(lot.remaining for lot in lots)
    for lot in lots:
        put(books, replace(lot, remaining=0, reversed=lot.reversed + lot.remaining))
    if total:
        move(books, wallet, PENDING, CANCELLED, total, kind="points.cancelled", cause=NOBODY, at=at, now=now)


def _expire_due(books: Books, due: Sequence[UUID], instant: datetime, now: datetime) -> None:
    over = [
        lot
        for id in due
        if (lot := books.lots[id]).remaining
        and started(books, lot)
        and (end := end_of(books, lot)) is not None
        and end <= instant
    ]
    for wallet in sorted({lot.wallet for lot in over}):
        of_wallet = [lot for lot in over if lot.wallet == wallet]
        expire(books, wallet, of_wallet, cause=NOBODY, at=instant, now=now)


def wind_up(books: Books, now: datetime) -> None:
    """End everything of a program that is closed: pending is cancelled, available expires, paid-in money stays owed.

    What is held follows when it returns, by doing this again.
    """
    for wallet in range(len(books.available)):
        left = [lot for lot in books.lots.values() if lot.wallet == wallet and lot.remaining]
        left = [lot for lot in left if lot.origin != "paid_in"]
        _cancel(books, wallet, [lot for lot in left if not started(books, lot)], at=now, now=now)
        for lot in left:
            if started(books, lot):
                put(books, replace(lot, ends_at=now, renewable=False))
        ended = [books.lots[lot.id] for lot in left if started(books, lot)]
        expire(books, wallet, ended, cause=NOBODY, at=now, now=now)
    books.due_at = due_at(books)


def due_at(books: Books, terms: Sequence[Terms] = ()) -> datetime | None:  # noqa: ARG001 - ends are on the lots
    """Return the next instant at which time alone changes something; never too late, early at worst.

    Exact when the open lots are loaded, else what earning kept up to date.
    """
    if not books.loaded:
        return books.due_at
    soonest: datetime | None = None
    settled_to = books.settled_to
    for lot in books.lots.values():
        # Asked of every open lot with every decision: what is not available yet has but one next instant.
        if lot.remaining:
            due = lot.starts_at if lot.starts_at > settled_to else end_of(books, lot) if lot.ends_at else None
            if due is not None and (soonest is None or due < soonest):
                soonest = due
    return soonest


def renewal_needs_lots(books: Books, terms: Sequence[Terms], at: datetime) -> bool:
    """Return whether activity at `at` is late enough to bring lots back, so that they must be loaded first."""
    return not books.loaded and any(
        each.ending.inactive is not None and at < books.lapsed.get(each.ordinal, at) for each in terms
    )


def renew(books: Books, terms: Sequence[Terms], at: datetime, now: datetime) -> bool:
    """Count what the member did at `at` as activity: wallets that end by inactivity live on from there.

    Lots that ended only because a late event was not known yet come back.

    Returns:
        Whether lots must be loaded and this called again, because some may have to come back.
    """
    wanting = False
    for each in terms:
        if each.ending.inactive is None:
            continue
        wallet, alive = each.ordinal, inactivity_end(each, at)
        known = books.alive.get(wallet)
        if known is None or known < alive:
            books.alive[wallet] = alive
        lapsed = books.lapsed.get(wallet)
        if lapsed is None or at >= lapsed or alive <= now:
            continue
        if not books.loaded:
            wanting = True
            continue
        back = [
            (lot.id, lot.expired)
            for lot in books.lots.values()
            if lot.wallet == wallet
            and lot.renewable
            and lot.expired
            and lot.ends_at is not None
            and at < lot.ends_at <= now
        ]
        bring_back(
            books,
            each,
            back,
            source=EXPIRED,
            counter="expired",
            extend=True,
            kind="points.restored",
            cause=NOBODY,
            at=now,
            now=now,
        )
    if books.loaded:
        books.due_at = due_at(books)
    return wanting


def activate_awaiting(
    books: Books,
    terms: Sequence[Terms],
    event_type: str,
    order_key: str | None,
    at: datetime,
    now: datetime,
    event_id: str | None = None,
) -> int:
    """Make available what waits for this event of this order, or of any when None; returns how many units.

    The wallet's own life starts now; an end that an award brought with it stays.
    """
    total = 0
    for wallet in range(len(books.pending)):
        each = terms[wallet]
        ripe = [
            lot
            for lot in books.lots.values()
            if lot.wallet == wallet
            and lot.awaits in (event_type, f"{event_type}{OR_NEVER}")
            and (order_key is None or lot.order_key == order_key)
            and lot.remaining
            and not started(books, lot)
        ]
        amount = sum(lot.remaining for lot in ripe)
        if not amount:
            continue
        begin = min(at, now)
        for lot in ripe:
            ends_at = lot.ends_at
            if ends_at is not None and lot.origin != "paid_in":
                usual = life_end(each, each.ending, lot.starts_at, lot.earned_at)
                ends_at = life_end(each, each.ending, begin, now) if ends_at == usual else ends_at
            put(books, replace(lot, starts_at=begin, ends_at=ends_at, awaits=None))
        cause = Cause(event_id=event_id, order_key=order_key)
        move(books, wallet, PENDING, AVAILABLE, amount, kind="points.activated", cause=cause, at=at, now=now)
        pay_debt(books, wallet, cause=cause, at=at, now=now)
        total += amount
    books.due_at = due_at(books)
    return total
