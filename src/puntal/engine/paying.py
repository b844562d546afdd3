"""What money wallets could pay of a cart, and what they pay where that was asked for. Pure.

It says what `payments` would do at this moment: who may not spend there, pays nothing here.
"""

from __future__ import annotations

from puntal.engine.gate import phase_at
from puntal.engine.model import Compiled, State
from puntal.engine.model_carts import AS_MUCH_AS_POSSIBLE, Cart, Wallet
from puntal.points.model import Terms

_PAYING = frozenset({"live", "spend_only"})


def wallets_of(program: Compiled, state: State, cart: Cart, owed: int) -> list[Wallet]:
    """Return every money wallet with what it could pay of `owed`, and what those pay that were asked, in that order.

    Args:
        program: The revision in force.
        state: The customer's, settled; somebody unknown has no wallets, and pays nothing with those she asks for.
        cart: What is asked.
        owed: What is left once discounts, points and gift cards are taken off.
    """
    asked = dict(cart.money)
    others = [terms.ordinal for terms in program.terms if terms.kind == "money" and terms.ordinal not in asked]
    found, left = [], owed
    for ordinal in (*asked, *(others if state.known else ())):
        terms = program.terms[ordinal]
        if terms.retired and ordinal not in asked and not state.books.available[ordinal]:
            continue
        code = _why_not(program, state, cart, terms)
        available = state.books.available[ordinal]
        could = 0 if code is not None else min(available, owed)
        wanted = asked.get(ordinal, 0)
        pays = min(wanted, could, left)
        left -= pays
        found.append(
            Wallet(
                wallet=ordinal,
                available=available,
                could=could,
                pays=pays,
                short=0 if wanted == AS_MUCH_AS_POSSIBLE else max(min(wanted, owed) - pays, 0),
                code=code,
                room=_room(state, terms),
                chosen=ordinal in asked,
            )
        )
    return found


def _why_not(program: Compiled, state: State, cart: Cart, terms: Terms) -> str | None:  # noqa: PLR0911 - one return per reason
    """Return why a member could not pay with a wallet now, as `payments` and `points` call it."""
    order, profile = cart.event.order, state.profile
    if not state.known:
        return "members.unknown"
    if state.switches.program or terms.id in state.switches.wallets:
        return "payments.stopped"
    if phase_at(program, cart.event.occurred_at) not in _PAYING:
        return "payments.phase"
    if order is not None and order.currency != terms.currency:
        return "reward.other_currency"
    if profile.status != "active":
        return "points.member_not_active"
    proven = {"email": profile.email_verified_at, "phone": profile.phone_verified_at}
    if any(proven[proof] is None for proof in terms.needs):
        return "points.unverified"
    return "points.minor_spends" if terms.shared and cart.minor else None


def _room(state: State, terms: Terms) -> int | None:
    """Return how much more may come into a wallet under what members of her country may have; None: any amount."""
    most = terms.countries.get(state.profile.country or "", terms.caps).balance
    if most is None or not state.known:
        return None
    return max(most - state.books.available[terms.ordinal] - state.books.pending[terms.ordinal], 0)
