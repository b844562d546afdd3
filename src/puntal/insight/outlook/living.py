"""One member of the sample through her year: she buys, takes what she can have, and her wallets move. Pure.

A member who redeems takes with each order the one reward that is worth most to her, and pays as much as she can with
money that she has here.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from puntal.engine.cart import settled
from puntal.engine.model import VOUCHER_GIVEN, Compiled, Decision, Event, Running, Switches
from puntal.engine.redeem import Asking, Occasion, asking, take, verdict_of
from puntal.engine.redeeming import renew
from puntal.engine.rerun import Figures, Movement, Rerun
from puntal.insight.outlook.model import Shop, Sums, Units
from puntal.insight.outlook.year import Person
from puntal.kit.ids import family
from puntal.limits.model import Bound, BudgetKey
from puntal.orders.model import Order
from puntal.points.model import Books
from puntal.rewards.model import Ask, Reward, Verdict

CARD_FINISHED = "card.finished"
_OFF_THE_ORDER = frozenset({"amount_off", "percent_off", "product"})
_NOT_TAKEN = frozenset({"credit"})
"""Swapping one wallet's units for another's costs nothing yet."""


class _Choice(Struct, frozen=True):
    """A reward she could have with an order, and what that costs the shop."""

    reward: Reward
    ask: Ask
    verdict: Verdict
    cost: Fraction


class Life:
    """A member under a program; `sums` and `budgets` are shared by all lives."""

    def __init__(
        self, program: Compiled, shop: Shop, person: Person, sums: Sums, budgets: dict[BudgetKey, int]
    ) -> None:
        self.program, self.shop, self.person, self.sums, self.budgets = program, shop, person, sums, budgets
        self.gift = Fraction(shop.gift_minor * (100 - shop.margin_percent), 100)
        """What something that is given away costs: its price less the margin."""
        begins, id = person.profile.created_at, person.profile.id
        self.rerun = Rerun(
            program,
            person.profile,
            Books.opened(id, len(program.terms), begins, family(str(id), begins)),
            Running(),
            {},
            Figures(),
            lists=frozenset(),
            switches=Switches(),
            budgets=budgets,
        )

    def step(self, event: Event) -> None:
        """Let one thing happen to her."""
        if event.order is not None:
            self.sums.orders += 1
            self.sums.sales_minor += sum(line.amount_minor for line in event.order.lines)
            if self.person.redeems:
                event = replace(event, order=self._redeem(event, event.order))
        for decision in self.rerun.happen(event):
            self._note(decision)

    def close(self, now: datetime) -> None:
        """End the year: what ends with it ends, and what is left is counted."""
        self.rerun.close(now)
        books = self.rerun.books
        for ordinal in range(len(self.program.terms)):
            units = self._units(ordinal)
            units.available += books.available[ordinal]
            units.pending += books.pending[ordinal]
            units.debt += books.debt[ordinal]

    def _units(self, ordinal: int) -> Units:
        return self.sums.units.setdefault(ordinal, Units())

    def _note(self, decision: Decision) -> None:
        for reason in decision.reasons:
            if reason.wallet >= 0 and reason.points:
                self._units(reason.wallet).issued += reason.points
            elif reason.code == VOUCHER_GIVEN and reason.by is not None:
                self._used(self._given(reason.by))
        for cause in decision.caused:
            if cause.type == CARD_FINISHED:
                ordinal, count = self.program.wallets[cause.data["wallet"]], cause.data["count"]
                self._units(ordinal).redeemed += count * (self.program.terms[ordinal].card_size or 0)
                for _ in range(count):
                    self._used(self._given(cause.data["reward"]))

    def _given(self, reward: str | None) -> Fraction:
        """Return what a reward costs that was not paid for with units."""
        known = None if reward is None else self.program.rewards.get(reward)
        return Fraction(known.value_minor) if known is not None and known.value_minor else self.gift

    def _used(self, cost: Fraction) -> None:
        if self.person.redeems:
            self.sums.rewards += 1
            self.sums.rewards_minor += cost

    def _redeem(self, event: Event, order: Order) -> Order:
        """Return the order as it is once she has used what is best for her."""
        at = event.occurred_at
        state = settled(self.program, self.rerun.state(at), at)
        asked = asking(self.program, state, Occasion(at, event.channel, event.source, event.store, order))
        choices = [found for reward in self.program.rewards.values() if (found := self._choice(asked, order, reward))]
        if choices:
            # Of equal ones the first, as the document has them.
            best = max(choices, key=lambda choice: choice.cost)
            self._take(asked, best, at)
            order = _less(order, best)
        return self._pay(order, at)

    def _choice(self, asked: Asking, order: Order, reward: Reward) -> _Choice | None:
        if not reward.listed or reward.kind in _NOT_TAKEN:
            return None
        ask = Ask(reward.id, portions=self._portions(asked, order, reward))
        verdict = verdict_of(asked, ask)
        if verdict.code is not None and ask.portions > reward.least:
            ask = replace(ask, portions=reward.least)
            verdict = verdict_of(asked, ask)
        if verdict.code is not None:
            return None
        if verdict.discount_minor:
            cost = Fraction(verdict.discount_minor)
        elif verdict.units:
            cost = verdict.units * self.program.terms[verdict.wallet].cost
        else:
            # Money off that takes nothing off this order is no use of it.
            cost = self.gift if reward.kind in ("product", "custom", "experience") else Fraction(0)
        return _Choice(reward, ask, verdict, cost) if cost else None

    def _portions(self, asked: Asking, order: Order, reward: Reward) -> int:
        """Return how many portions she can pay for and the order has room for."""
        if reward.most <= reward.least or not reward.prices:
            return reward.least
        price = reward.prices[0]
        units = max(price.at(0 if reward.ladder is None else asked.ranks[reward.ladder]), 1)
        most = min(reward.most, asked.state.books.available[price.wallet] // units)
        worth = Fraction(*reward.worth) * units if reward.worth is not None else Fraction(reward.value_minor)
        if worth:
            num, den = reward.max_share or (1, 1)
            most = min(most, _owed(order) * num // den // worth)
        return max(int(most), reward.least)

    def _take(self, asked: Asking, choice: _Choice, at: datetime) -> None:
        verdict, rerun = choice.verdict, self.rerun
        if verdict.units:
            rerun.move(Movement(at, verdict.wallet, -verdict.units, redeems=True))
            self._units(verdict.wallet).redeemed += verdict.units
        taken = take(asked, rerun.running, choice.ask, verdict)
        for key, amount in taken.budgets.items():
            self.budgets[key] = self.budgets.get(key, 0) + amount
        renew(self.program, rerun.books, rerun.running, at)
        self._used(choice.cost)

    def _pay(self, order: Order, at: datetime) -> Order:
        """Pay with the money she has here, as far as it goes."""
        for terms in self.program.terms:
            owed = _owed(order)
            if terms.kind != "money" or terms.currency != order.currency or owed <= 0:
                continue
            has = settled(self.program, self.rerun.state(at), at).books.available[terms.ordinal]
            pays = min(has, owed)
            if pays > 0:
                self.rerun.move(Movement(at, terms.ordinal, -pays, redeems=True))
                self._units(terms.ordinal).redeemed += pays
                self._used(Fraction(pays))
                order = replace(order, paid_wallet_minor=order.paid_wallet_minor + pays)
        return order


def _less(order: Order, choice: _Choice) -> Order:
    """Return an order with what a reward takes off it."""
    off, kind = choice.verdict.discount_minor, choice.reward.kind
    if kind == "pay_with_points":
        return replace(order, paid_points_minor=order.paid_points_minor + off)
    if kind == "shipping":
        return replace(order, shipping_minor=max(order.shipping_minor - off, 0))
    if kind in _OFF_THE_ORDER:
        return replace(order, discount_minor=order.discount_minor + min(off, _owed(order)))
    return order


def _owed(order: Order) -> int:
    """Return what is still to be paid of the goods of an order of ours, whose lines have no discounts."""
    goods = sum(line.amount_minor for line in order.lines)
    return goods - order.discount_minor - order.paid_points_minor - order.paid_wallet_minor


def for_a_sample(program: Compiled, part: Fraction) -> Compiled:
    """Return a program whose shared budgets and stocks are as large as a sample is beside all members."""

    def scaled(bounds: tuple[Bound, ...]) -> tuple[Bound, ...]:
        return tuple(
            replace(bound, most=int(bound.most * part), alerts=()) if bound.scope == "b" else bound for bound in bounds
        )

    return replace(
        program,
        budgets={rule: scaled(bounds) for rule, bounds in program.budgets.items()},
        bounding={rule: tuple(scaled(each) for each in wallets) for rule, wallets in program.bounding.items()},
        rewards={id: replace(reward, budgets=scaled(reward.budgets)) for id, reward in program.rewards.items()},
    )
