"""What a member may have, without a cart: "for you"."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from puntal.checkout.operations.carts import Programs
from puntal.checkout.operations.reading import Customer, read_customer
from puntal.engine.model import Compiled
from puntal.engine.redeem import Occasion, asking, offers
from puntal.kit.db import Transaction
from puntal.members.errors import UnknownMember
from puntal.members.model import Ids
from puntal.rewards.model import PAY, Reward, Verdict

_LATER = frozenset({"short_of_points", "order_needed"})
"""Reasons that hide nothing: she may save for it, or the cart will say."""


class Found(Struct, frozen=True):
    """One reward and what asking for it answers."""

    reward: Reward
    verdict: Verdict

    @property
    def hidden(self) -> bool:
        """Whether members do not see it."""
        return self.verdict.code is not None and self.verdict.code not in _LATER


class Offers(Struct, frozen=True):
    """What a member may have, sorted: at once, with a cart, and what she may save for; then the hidden ones."""

    program: Compiled
    customer: Customer
    shown: tuple[Found, ...]
    hidden: tuple[Found, ...]


async def for_member(
    tx: Transaction,
    programs: Programs,
    member: Ids,
    *,
    channel: str | None,
    store: str | None,
    now: datetime,
) -> Offers:
    """Return what a member may have.

    Args:
        tx: An open transaction on the program.
        programs: What decides, and what is off.
        member: Whom it is for.
        channel: Where she would use it; None: anywhere.
        store: Which store, where that matters.
        now: On the program's clock.

    Raises:
        UnknownMember: Nobody here is meant.
    """
    program = programs.at(now)
    customer = await read_customer(tx, program, programs.switches, member, now=now)
    if customer.member_id is None:
        raise UnknownMember
    asked = asking(program, customer.state, Occasion(now, channel, store=store, preview=True))
    found = [
        Found(reward, verdict)
        for reward, verdict in offers(program, asked)
        if not reward.id.startswith(PAY) or verdict.code is None
    ]
    shown = sorted((each for each in found if not each.hidden), key=_rank)
    return Offers(program, customer, tuple(shown), tuple(each for each in found if each.hidden))


def _rank(found: Found) -> tuple[int, int, int, int]:
    """At once, then with a cart, then to save for; by priority, what is nearest, and the document's order."""
    verdict = found.verdict
    place = 0 if verdict.code is None else 1 if verdict.code == "order_needed" else 2
    return place, -found.reward.priority, verdict.short_by or verdict.units, found.reward.index
