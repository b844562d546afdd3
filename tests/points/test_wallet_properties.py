"""What holds for every history of a wallet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from books import ANNA, a_wallet, assert_books_add_up, books_of, madrid
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from puntal.points import policy
from puntal.points.errors import InsufficientPoints
from puntal.points.model import Books, Cause, Lot, Terms

DOCUMENTS: tuple[dict[str, Any], ...] = (
    {},
    {"available": {"after": "14 days"}, "expiry": {"after": "2 months", "end_of": "month"}},
    {"expiry": {"inactive": "3 months"}, "if_already_spent": "debt"},
    {"available": {"after": "3 days"}, "if_already_spent": "only_pending", "expiry": {"on": ["30 Jun", "31 Dec"]}},
    {"kind": "stamps", "card": {"size": 9}, "if_already_spent": "stop_at_zero"},
    {"available": {"after": "40 hours"}, "if_already_spent": "debt", "expiry": {"after": "1 months"}},
)
AMOUNTS = st.integers(min_value=1, max_value=60)


class Wallet(RuleBasedStateMachine):
    """Any sequence of what can happen, the clock going on in between."""

    terms: Terms
    books: Books

    @initialize(document=st.sampled_from(DOCUMENTS))
    def open(self, document: dict[str, Any]) -> None:
        self.now = madrid("2026-01-15 12:00")
        self.terms = a_wallet(**document)
        self.books = books_of(ANNA, self.now)
        self.asked: dict[UUID, int] = {}
        self.spent: list[list[tuple[UUID, int]]] = []
        self.count = 0

    def settled(self) -> Cause:
        policy.settle(self.books, [self.terms], self.now)
        self.count += 1
        return Cause(event_id=f"event {self.count}", order_key=f"order {self.count}")

    @rule(hours=st.integers(min_value=1, max_value=24 * 45))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(amount=AMOUNTS, days_late=st.integers(min_value=0, max_value=30))
    def earns(self, amount: int, days_late: int) -> None:
        at = self.now - timedelta(days=days_late)
        policy.earn(self.books, self.terms, amount, cause=self.settled(), at=at, now=self.now)
        policy.renew(self.books, [self.terms], at, self.now)

    @rule(amount=AMOUNTS)
    def spends(self, amount: int) -> None:
        cause = self.settled()
        before = len(self.books.consumptions)
        short_by = amount - self.books.available[0]
        if short_by > 0:
            with pytest.raises(InsufficientPoints) as refusal:
                self.redeem(amount, cause)
            assert refusal.value.short_by == short_by
            return
        self.redeem(amount, cause)
        self.spent.append([(c.lot_id, c.amount) for c in self.books.consumptions[before:]])

    def redeem(self, amount: int, cause: Cause) -> None:
        policy.spend(self.books, self.terms, amount, kind="points.redeemed", cause=cause, at=self.now, now=self.now)

    @rule(amount=AMOUNTS)
    def is_corrected(self, amount: int) -> None:
        cause = self.settled()
        policy.spend(
            self.books,
            self.terms,
            amount,
            kind="points.adjusted",
            destination="adjusted",
            cause=cause,
            at=self.now,
            now=self.now,
            allow_debt=True,
        )

    @precondition(lambda self: self.spent)
    @rule(data=st.data(), extend=st.booleans())
    def gets_back(self, data: st.DataObject, extend: bool) -> None:  # noqa: FBT001 - drawn
        cause = self.settled()
        shares = self.spent.pop(data.draw(st.integers(0, len(self.spent) - 1)))
        part = data.draw(st.integers(1, sum(amount for _, amount in shares)))
        back = policy.backwards(shares, part)
        policy.give_back(self.books, self.terms, back, extend=extend, cause=cause, at=self.now, now=self.now)

    @rule(amount=AMOUNTS)
    def holds(self, amount: int) -> None:
        cause = self.settled()
        if amount <= self.books.available[0]:
            lapses_at = self.now + timedelta(days=20)
            policy.hold(
                self.books,
                self.terms,
                amount,
                id=self.books.next_id(),
                reference="gift",
                lapses_at=lapses_at,
                cause=cause,
                at=self.now,
                now=self.now,
            )

    @precondition(lambda self: any(hold.state == "open" for hold in self.books.holds.values()))
    @rule(data=st.data(), commit=st.booleans(), extend=st.booleans())
    def ends_a_hold(self, data: st.DataObject, commit: bool, extend: bool) -> None:  # noqa: FBT001 - drawn
        cause = self.settled()
        hold = data.draw(st.sampled_from([hold for hold in self.books.holds.values() if hold.state == "open"]))
        if commit and self.now < hold.lapses_at:
            policy.commit(self.books, hold, cause=cause, at=self.now, now=self.now)
            self.spent.append(list(hold.lots))
        else:
            policy.release(self.books, self.terms, hold, extend=extend, cause=cause, at=self.now, now=self.now)

    @precondition(lambda self: self.books.lots)
    @rule(data=st.data(), withdraw=st.booleans())
    def is_refunded(self, data: st.DataObject, withdraw: bool) -> None:  # noqa: FBT001 - drawn
        cause = self.settled()
        lot: Lot = data.draw(st.sampled_from(list(self.books.lots.values())))
        left = lot.amount - self.asked.get(lot.id, 0)
        if not left:
            return
        amount = data.draw(st.integers(1, left))
        before = self.standing(lot.id)
        cards = [card.state for card in self.books.finished_cards.values()]
        taken = policy.take_back(self.books, self.terms, lot.id, amount, cause=cause, at=self.now, now=self.now)
        assert taken.own + taken.gone + taken.other + taken.debt + taken.noted + taken.forgiven == amount
        if not withdraw:
            self.asked[lot.id] = self.asked.get(lot.id, 0) + amount
            return
        policy.give_again(self.books, self.terms, lot.id, taken, cause=cause, at=self.now, now=self.now)
        if cards == [card.state for card in self.books.finished_cards.values()]:
            assert self.standing(lot.id) == before

    def standing(self, lot_id: UUID) -> tuple[object, ...]:
        books, lot = self.books, self.books.lots[lot_id]
        return books.available[0], books.pending[0], books.debt[0], lot.noted, lot.expired, lot.reversed

    @rule()
    def finishes_cards(self) -> None:
        cause = self.settled()
        policy.finish_cards(self.books, self.terms, cause=cause, at=self.now, now=self.now)

    @invariant()
    def adds_up(self) -> None:
        if hasattr(self, "books"):
            assert_books_add_up(self.books)


TestWallet = Wallet.TestCase
TestWallet.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
