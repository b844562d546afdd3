"""What holds for every history of a money wallet."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from monedero import NOON, terms_of

from puntal.ledger.model import DEBT, ISSUED, LOADED, MEMBER_ACCOUNTS, SPENT
from puntal.points import policy
from puntal.points.errors import InsufficientPoints
from puntal.points.model import GRANTED, PAID_IN, Books, Cause, Lot, Starting, Terms

AMOUNTS = st.integers(min_value=1, max_value=500)
SHARES = st.integers(min_value=1, max_value=100)
ANNA, BEN = UUID(int=1), UUID(int=2)


class Monedero(RuleBasedStateMachine):
    """B18: any sequence of loads, cashback, payments, refunds, returns, transfers and payouts, while time passes."""

    terms: list[Terms]
    anna: Books
    ben: Books

    @initialize(already_spent=st.sampled_from(("stop_at_zero", "debt", "only_pending")))
    def open(self, already_spent: str) -> None:
        self.now = NOON
        self.last = 10
        self.terms = terms_of(if_already_spent=already_spent)
        self.anna = Books.opened(ANNA, 2, NOON, self.following)
        self.ben = Books.opened(BEN, 2, NOON, self.following)
        self.paid: list[list[tuple[UUID, int]]] = []
        self.cashback: list[Lot] = []
        self.loaded = self.given_out = 0

    def following(self) -> UUID:
        self.last += 1
        return UUID(int=self.last)

    def settled(self) -> Cause:
        for books in (self.anna, self.ben):
            policy.settle(books, self.terms, self.now)
        return Cause(event_id=str(self.following()), order_key=str(self.last))

    @rule(days=st.integers(min_value=1, max_value=60))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.settled()

    @rule(amount=AMOUNTS)
    def loads(self, amount: int) -> None:
        self.bring(amount, PAID_IN, LOADED)
        self.loaded += amount

    @rule(amount=AMOUNTS)
    def earns(self, amount: int) -> None:
        self.cashback.append(self.bring(amount, GRANTED, ISSUED))

    def bring(self, amount: int, origin: str, source: str) -> Lot:
        cause = self.settled()
        return policy.earn(
            self.anna, self.terms[0], amount, cause=cause, at=self.now, now=self.now, source=source, origin=origin,
            available=Starting(),
        )  # fmt: skip

    @rule(amount=AMOUNTS)
    def pays(self, amount: int) -> None:
        cause, there = self.settled(), self.anna.available[0]
        owed = policy.owed(self.anna, 0)
        try:
            spent = policy.spend(
                self.anna, self.terms[0], amount, kind="money.paid", destination=SPENT, cause=cause, at=self.now,
                now=self.now,
            )  # fmt: skip
        except InsufficientPoints:
            assert amount > there
            return
        self.paid.append([(c.lot_id, c.amount) for c in self.anna.consumptions if c.transfer_id == spent.id])
        assert owed - policy.owed(self.anna, 0) == max(0, amount - (there - owed)), "granted money goes first"

    @precondition(lambda self: self.paid)
    @rule(share=SHARES)
    def refunds(self, share: int) -> None:
        cause, shares = self.settled(), self.paid.pop()
        back = policy.backwards(shares, max(1, sum(part for _, part in shares) * share // 100))
        policy.give_back(
            self.anna, self.terms[0], back, kind="money.refunded", source=SPENT, cause=cause, at=self.now, now=self.now
        )

    @precondition(lambda self: self.cashback)
    @rule(share=SHARES)
    def an_order_is_returned(self, share: int) -> None:
        cause, lot = self.settled(), self.cashback.pop()
        owed, part = policy.owed(self.anna, 0), max(1, lot.amount * share // 100)
        policy.take_back(self.anna, self.terms[0], lot.id, part, cause=cause, at=self.now, now=self.now)
        if self.terms[0].if_already_spent != "debt":
            assert policy.owed(self.anna, 0) == owed, "paid-in money never pays for cashback"

    @rule(amount=AMOUNTS)
    def gives(self, amount: int) -> None:
        cause = self.settled()
        if amount <= self.anna.available[0]:
            together = policy.owed(self.anna, 0) + policy.owed(self.ben, 0)
            policy.send(self.anna, self.ben, self.terms[0], amount, cause=cause, at=self.now, now=self.now)
            assert policy.owed(self.anna, 0) + policy.owed(self.ben, 0) == together

    @rule(amount=AMOUNTS)
    def is_paid_out(self, amount: int) -> None:
        cause, owed = self.settled(), policy.owed(self.anna, 0)
        try:
            policy.pay_out(self.anna, self.terms[0], amount, cause=cause, at=self.now, now=self.now)
        except InsufficientPoints:
            assert amount > owed
            return
        self.given_out += amount

    @invariant()
    def balances_are_what_moved_and_never_below_zero(self) -> None:
        for books in (self.anna, self.ben):
            for account in MEMBER_ACCOUNTS:
                moved = sum(t.amount for t in books.transfers if t.destination == account)
                moved -= sum(t.amount for t in books.transfers if t.source == account)
                balance = getattr(books, account)[0]
                assert balance == (-moved if account == DEBT else moved)
                assert balance >= 0

    @invariant()
    def what_was_paid_in_never_ends(self) -> None:
        for books in (self.anna, self.ben):
            for lot in books.lots.values():
                if lot.origin == PAID_IN:
                    assert (lot.ends_at, lot.expired) == (None, 0)

    @invariant()
    def the_trial_balance_is_zero(self) -> None:
        sums: dict[str, int] = {}
        for transfer in (*self.anna.transfers, *self.ben.transfers):
            sums[transfer.source] = sums.get(transfer.source, 0) - transfer.amount
            sums[transfer.destination] = sums.get(transfer.destination, 0) + transfer.amount
        assert sum(sums.values()) == 0
        assert sums.get("transferred", 0) == 0
        assert -sums.get("loaded", 0) == self.loaded
        assert sums.get("paid_out", 0) == self.given_out


TestMonedero = Monedero.TestCase
TestMonedero.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
