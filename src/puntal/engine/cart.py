"""`evaluate_cart`: what a cart earns, which rewards it may use, and the best of them together. Pure.

A cart is asked about as the order it will become: the same facts, the same conditions, the same bases. Every reward is
asked of the cart as the shop sent it; then the discounts are combined; then the order that is left is decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from puntal.engine.decide import decide
from puntal.engine.discounting import Covering, discount_on, worths
from puntal.engine.model import Compiled, State
from puntal.engine.model_carts import UNKNOWN, VOUCHER, Cart, Evaluation, Offer, Shown
from puntal.engine.paying import wallets_of
from puntal.engine.redeem import Asking, Occasion, asking, verdict_of
from puntal.engine.thresholds import Missing, missing
from puntal.engine.work import copy_books
from puntal.orders.model import Order
from puntal.orders.policy import amounts
from puntal.points import policy as points
from puntal.rewards.model import PAY, Ask, Reward, Verdict
from puntal.rewards.model_carts import (
    NOTHING_LEFT,
    TOO_FEW_POINTS,
    UNGROUPED,
    Applied,
    Candidate,
    Combination,
    Cost,
    Discount,
    Parts,
    Patience,
    Purse,
)
from puntal.rewards.policy.allocation import in_proportion
from puntal.rewards.policy.discounts import total_of
from puntal.rewards.policy.stacking import combine, compile_stacking

_OF_PORTIONS = frozenset({"short_of_points", "limit", "budget", "sold_out"})
"""Refusals that fewer portions, as many as the cart has room for, may not meet."""


def evaluate_cart(program: Compiled, state: State, cart: Cart, now: datetime, patience: Patience) -> Evaluation:
    """Return what a cart would earn and use. `state` is left as it was.

    Args:
        program: The revision in force.
        state: The customer as known; somebody unknown is a guest who never had anything.
        cart: What is asked.
        now: On the program's clock.
        patience: Of the search for the best combination.
    """
    return _Evaluating(program, settled(program, state, now), cart, now).answer(patience)


def settled(program: Compiled, state: State, now: datetime) -> State:
    """Return a state whose balances are those of this moment; `state` is left as it was."""
    books = copy_books(state.books)
    points.settle(books, program.terms, now)
    return replace(state, books=books)


class _Evaluating:
    """One evaluation under way."""

    def __init__(self, program: Compiled, state: State, cart: Cart, now: datetime) -> None:
        event, order = cart.event, cart.event.order
        assert order is not None, "a cart is an order"
        self.program, self.state, self.cart, self.now = program, state, cart, now
        self.order: Order = order
        self.parts = Parts([*amounts(order).net, order.shipping_minor], [*(line.quantity for line in order.lines), 1])
        self.occasion = Occasion(event.occurred_at, event.channel, event.source, event.store, order)
        self.asked = asking(program, state, self.occasion)
        self.covering = Covering(program, self.asked.answers, order)
        self.stacking = compile_stacking(program.document.stacking)
        self.worths = worths(program)
        self.has = dict(enumerate(state.books.available))
        self.candidates: list[Candidate] = []
        self.cards: dict[str, int] = {}
        """Gift cards shown, and what is left on each."""

    def answer(self, patience: Patience) -> Evaluation:
        # What was picked comes first, as it was named; what is no discount is paid for before others are combined.
        shown = [self._shown(voucher) for voucher in self.cart.vouchers]
        offers = [self._picked(ask) for ask in self.cart.asks]
        picked = {ask.reward for ask in self.cart.asks}
        offers += [
            self._offer(reward, Ask(id, portions=reward.least), chosen=False)
            for id, reward in self.program.rewards.items()
            if reward.listed and id not in picked
        ]
        found = combine(self.candidates, self.parts, self.stacking, Purse(self.has, self.cart.offers), patience)
        hints = self._hints(offers)
        settled = _Settled(found)
        return self._evaluation(
            [settled.offer(offer, hints.get(offer.id)) for offer in offers],
            [settled.offer(offer, offer.missing) for offer in shown],
            found,
        )

    def _picked(self, ask: Ask) -> Offer:
        reward = self.program.rewards.get(ask.reward)
        if reward is None:
            return Offer(ask.reward, "refused", UNKNOWN, chosen=True)
        return self._offer(reward, ask, chosen=True)

    def _offer(self, reward: Reward, ask: Ask, *, chosen: bool) -> Offer:
        """Ask for one reward, and let it take part if it is a discount."""
        payment = reward.kind == "pay_with_points"
        first = None
        if not payment and not reward.counted_money:
            first = verdict_of(self.asked, ask)
            if first.code is not None and first.code not in _OF_PORTIONS:
                # Most rewards end here: what they would take off need not be known.
                return _refused(reward, ask, first, chosen=chosen)
        # What nobody picked is shown as what she could pay at most.
        portions = self._affordable(reward) if payment and not chosen else ask.portions
        discount = discount_on(reward, self.covering, self.parts, portions, initial=self.stacking.initial)
        total, portions = self._alone(discount, ask.portions)
        verdict = first
        if verdict is None or portions != ask.portions:
            verdict = verdict_of(
                self.asked, replace(ask, portions=portions, discount_minor=None if discount is None else total)
            )
        if verdict.code is not None:
            return _refused(reward, ask, verdict, chosen=chosen, total=total)
        offer = Offer(
            reward.id,
            "available",
            None,
            reward,
            verdict,
            total,
            wallet=None if verdict.wallet < 0 else verdict.wallet,
            units=verdict.units,
            portions=portions,
            chosen=chosen,
        )
        if discount is None:
            return self._taken_along(offer) if chosen else offer
        if not total:
            return replace(offer, outcome="refused", code=NOTHING_LEFT)
        if chosen or not payment:
            self.candidates.append(self._candidate(offer, reward, discount))
        return offer

    def _affordable(self, reward: Reward) -> int:
        price = reward.prices[0]
        return max(self.state.books.available[price.wallet] // price.units[0], reward.least)

    def _alone(self, discount: Discount | None, portions: int) -> tuple[int, int]:
        """Return what a discount takes by itself, and of how many portions."""
        if discount is None:
            return 0, portions
        total, count = total_of(discount, self.parts, self.parts.amounts)
        return total, count if discount.kind == "portions" and count else portions

    def _taken_along(self, offer: Offer) -> Offer:
        """Pay for something picked that is no discount: a sample, an experience, a credit."""
        if offer.wallet is not None:
            if offer.units > self.has.get(offer.wallet, 0):
                return replace(offer, outcome="refused", code=TOO_FEW_POINTS)
            self.has[offer.wallet] -= offer.units
        return replace(offer, outcome="used")

    def _candidate(self, offer: Offer, reward: Reward, discount: Discount) -> Candidate:
        cost = None
        if offer.wallet is not None and offer.units:
            units = offer.units // offer.portions if discount.kind == "portions" else offer.units
            cost = Cost(offer.wallet, units, self.worths[offer.wallet])
        return Candidate(
            offer.id,
            discount,
            reward.group or UNGROUPED,
            reward.priority,
            cost,
            chosen=offer.chosen,
            payment=reward.kind == "pay_with_points",
        )

    def _shown(self, voucher: Shown) -> Offer:
        """Ask for what a voucher promises; who may have it was asked when it was issued."""
        id, reward, program = VOUCHER + voucher.code, voucher.reward, voucher.program
        if voucher.problem is not None:
            return Offer(id, "refused", voucher.problem, reward, chosen=True)
        if voucher.money_minor:
            self.cards[id] = voucher.money_minor
            return Offer(id, "available", None, reward, discount_minor=voucher.money_minor, chosen=True)
        if reward is None or program is None:
            return Offer(id, "refused", UNKNOWN, chosen=True)
        same = program is self.program
        asked = self.asked if same else asking(program, self.state, self.occasion)
        code = _unusable(asked, reward)
        if code is not None:
            hint = _hint(asked, reward) if code == "condition" else None
            return Offer(id, "refused", f"reward.{code}", reward, missing=hint, chosen=True)
        covering = self.covering if same else Covering(program, asked.answers, self.order)
        discount = discount_on(reward, covering, self.parts, reward.least, initial=self.stacking.initial)
        if discount is None:
            return Offer(id, "used", None, reward, chosen=True)
        total, _ = self._alone(discount, reward.least)
        offer = Offer(id, "available", None, reward, discount_minor=total, chosen=True)
        self.candidates.append(self._candidate(offer, reward, discount))
        return offer

    def _hints(self, offers: Sequence[Offer]) -> dict[str, Missing]:
        """Return what more in the cart would open which rewards."""
        unmet = {
            offer.id: offer.reward.condition
            for offer in offers
            if offer.code == "reward.condition" and offer.reward is not None and offer.reward.condition is not None
        }
        found = missing(self.program.offering.conditions, self.asked.facts, sorted(set(unmet.values())))
        return {id: found[at] for id, at in unmet.items() if at in found}

    def _evaluation(self, offers: Sequence[Offer], shown: Sequence[Offer], found: Combination) -> Evaluation:
        count = len(self.parts.amounts)
        discounts, payments = [0] * count, [0] * count
        for used in found.used:
            into = payments if used.id.startswith(PAY) else discounts
            for at, part in enumerate(used.parts):
                into[at] += part
        left = [had - off for had, off in zip(self.parts.amounts, discounts, strict=True)]
        tax = in_proportion(self.order.tax_minor, sum(left), sum(self.parts.amounts))
        owed = sum(left) + tax - sum(payments)
        cards = {}
        for id, money in self.cards.items():
            cards[id] = min(money, owed)
            owed -= cards[id]
        wallets = wallets_of(self.program, self.state, self.cart, owed)
        by_wallet = sum(wallet.pays for wallet in wallets)
        order = _order_left(
            self.order, left, tax, by_points=sum(payments), by_card=sum(cards.values()), by_wallet=by_wallet
        )
        return Evaluation(
            order=order,
            offers=tuple(offers),
            vouchers=tuple(replace(each, outcome="used") if cards.get(each.id) else each for each in shown),
            amounts=tuple(self.parts.amounts),
            discounts=tuple(discounts),
            payments=tuple(payments),
            gift_cards=tuple((id.removeprefix(VOUCHER), pays) for id, pays in cards.items()),
            wallets=tuple(wallets),
            total_minor=owed - by_wallet,
            exact=found.exact,
            decision=decide(self.program, self.state, replace(self.cart.event, order=order), self.now),
        )


def _refused(reward: Reward, ask: Ask, verdict: Verdict, *, chosen: bool, total: int = 0) -> Offer:
    return Offer(
        reward.id,
        "refused",
        f"reward.{verdict.code}",
        reward,
        verdict,
        total or verdict.discount_minor,
        wallet=None if verdict.wallet < 0 else verdict.wallet,
        units=verdict.units,
        portions=ask.portions,
        by=verdict.by,
        chosen=chosen,
    )


class _Settled:
    """What became of each candidate."""

    def __init__(self, found: Combination) -> None:
        self.used = {one.id: one for one in found.used}
        self.refused = {one.id: one for one in found.refused}

    def offer(self, offer: Offer, hint: Missing | None) -> Offer:
        """Return an offer as the combination has it."""
        used, refused = self.used.get(offer.id), self.refused.get(offer.id)
        if used is not None:
            return _as_used(offer, used)
        if refused is not None:
            return replace(offer, code=refused.code, by=refused.by)
        return offer if hint is None else replace(offer, missing=hint)


def _as_used(offer: Offer, used: Applied) -> Offer:
    portions = offer.portions if not offer.units else max(used.units * offer.portions // offer.units, 1)
    return replace(
        offer,
        outcome="used",
        discount_minor=used.total,
        parts=used.parts,
        wallet=used.wallet,
        units=used.units,
        portions=portions,
    )


def _unusable(asked: Asking, reward: Reward) -> str | None:  # noqa: PLR0911 - one return per reason
    """Return why what a voucher promises cannot be used on this cart."""
    switches, order = asked.state.switches, asked.occasion.order
    if switches.program:
        return "program_off"
    if reward.id in switches.rewards or reward.campaign in switches.campaigns:
        return "off"
    if asked.occasion.channel in switches.channels:
        return "channel_off"
    if reward.channels and asked.occasion.channel not in reward.channels:
        return "channel"
    if order is not None and order.currency != asked.program.currency:
        return "other_currency"
    if reward.condition is not None and not asked.answers.conditions[reward.condition]:
        return "condition"
    if reward.lines is not None and not any(asked.answers.lines[reward.lines]):
        return "no_lines"
    return None


def _hint(asked: Asking, reward: Reward) -> Missing | None:
    if reward.condition is None:
        return None
    return missing(asked.program.offering.conditions, asked.facts, [reward.condition]).get(reward.condition)


def _order_left(order: Order, left: Sequence[int], tax: int, *, by_points: int, by_card: int, by_wallet: int) -> Order:
    """Return the order with everything that rewards take off in its lines."""
    lines = tuple(
        replace(line, discount_minor=line.amount_minor - stays) for line, stays in zip(order.lines, left, strict=False)
    )
    return replace(
        order,
        lines=lines,
        discount_minor=0,
        shipping_minor=left[-1],
        tax_minor=tax,
        paid_points_minor=order.paid_points_minor + by_points,
        paid_gift_card_minor=order.paid_gift_card_minor + by_card,
        paid_wallet_minor=order.paid_wallet_minor + by_wallet,
    )
