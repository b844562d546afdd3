"""What redemptions do to wallets: set aside, spend, let go, return, credit. Pure: works on books only its maker has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from puntal.engine.model import Compiled, Running
from puntal.ledger.model import Transfer
from puntal.points import policy as points
from puntal.points.model import Books, Cause, Hold, HoldState, Share
from puntal.rewards.model import Redemption

REDEEMED = "points.redeemed"
CREDITED = "reward.credited"
REST = "rest"
"""How a redemption's terms name new lots that got back what lots of others had paid."""


def ready(program: Compiled, own: Books, shared: Books | None, now: datetime) -> Books:
    """Settle a member's books and her pool's; return them as one for reading, hers alone without a pool."""
    if shared is None:
        points.settle(own, program.terms, now)
        return own
    points.settle_both(own, shared, program.terms, now)
    return points.together(own, shared, program.sharing)


def set_aside(  # noqa: PLR0913 - what a hold is
    program: Compiled,
    payer: Books,
    wallet: int,
    units: int,
    *,
    id: UUID,
    reference: str,
    lapses_at: datetime,
    cause: Cause,
    now: datetime,
) -> Hold:
    """Hold what a redemption costs.

    Raises:
        InsufficientPoints: Fewer are available.
    """
    terms = program.terms[wallet]
    return points.hold(
        payer, terms, units, id=id, reference=reference, lapses_at=lapses_at, cause=cause, at=now, now=now
    )


def pay(program: Compiled, payer: Books, wallet: int, units: int, *, cause: Cause, now: datetime) -> Transfer:
    """Spend what a redemption costs in one step.

    Raises:
        InsufficientPoints: Fewer are available.
    """
    return points.spend(payer, program.terms[wallet], units, kind=REDEEMED, cause=cause, at=now, now=now)


def commit(payer: Books, held: Hold, *, cause: Cause, now: datetime) -> Transfer:
    """Spend what is held, also from lots that have ended meanwhile.

    Raises:
        HoldEnded: Its time is over.
    """
    return points.commit(payer, held, cause=cause, at=now, now=now)


def let_go(
    program: Compiled, payer: Books, held: Hold, *, state: HoldState, extend: bool, cause: Cause, now: datetime
) -> None:
    """Return what is held to its lots; ended ones take it for a while only where `extend` says so."""
    at = max(held.lapses_at, held.held_at) if state == "lapsed" else now
    points.release(payer, program.terms[held.wallet], held, state=state, extend=extend, cause=cause, at=at, now=now)


def give_back(
    program: Compiled,
    payer: Books,
    made: Redemption,
    shares: Sequence[Share],
    units: int,
    *,
    extend: bool,
    cause: Cause,
    now: datetime,
) -> None:
    """Return part of what a redemption cost to the lots that paid it, the last to be spent first; `made` says so then.

    What lots paid that are another's again, for a merge was undone, comes as a new lot.

    Args:
        shares: The lots that paid and how much of each, in spending order; they are in `payer`.
    """
    terms = program.terms[made.wallet]
    rest = points.give_back_all(
        payer, terms, shares, units, before=made.returned, extend=extend, cause=cause, at=now, now=now
    )
    made.returned += units
    if rest is not None:
        made.terms = {**made.terms, REST: [*made.terms.get(REST, ()), [str(rest[0]), rest[1]]]}


def returned_to(made: Redemption, shares: Sequence[Share]) -> list[Share]:
    """Return the lots that got back, or would get, what a redemption cost: new ones first, the last to get any."""
    return [*((UUID(lot), units) for lot, units in made.terms.get(REST, ())), *shares]


def credit(program: Compiled, books: Books, wallet: int, units: int, *, cause: Cause, now: datetime) -> UUID:
    """Credit what a reward gives, whatever the wallet's cap: it was paid for. Returns the lot."""
    terms = program.terms[wallet]
    origin = "granted" if terms.kind == "money" else None
    return points.earn(books, terms, units, cause=cause, at=now, now=now, kind=CREDITED, origin=origin).id


def take_credit(
    program: Compiled, books: Books, wallet: int, lot: UUID, units: int, *, cause: Cause, now: datetime
) -> None:
    """Take back what a reward credited; what was spent of it already, as the wallet's policy says."""
    points.take_back(books, program.terms[wallet], lot, units, cause=cause, at=now, now=now)


def renew(program: Compiled, books: Books, running: Running, now: datetime) -> None:
    """Keep wallets alive that end by inactivity: redeeming is something the member does."""
    if program.fading:
        fading = [program.terms[ordinal] for ordinal in program.fading]
        points.renew(books, fading, now, now)
        running.alive, running.lapsed = dict(books.alive), dict(books.lapsed)
