"""The worked examples of refunds, on pure books: what is taken, from which lots, and what returns."""

from __future__ import annotations

import pytest
from books import WHY, a_wallet, assert_books_add_up, books_of, earn, madrid, refund, spend, utc

from puntal.points import policy


def test_what_is_refunded_in_three_parts_is_taken_in_three_parts() -> None:
    """X9"""
    terms, books = a_wallet(), books_of()
    lot = earn(books, terms, 19, madrid("2026-03-01 12:00"))

    taken = [refund(books, terms, lot, part, "2026-03-02 12:00") for part in (6, 6, 7)]

    assert taken == [6, 6, 7]
    assert books.available == [0]


def test_a_bonus_shares_the_lot_of_its_event_and_is_taken_from_it() -> None:
    """X10: lot of 40 + 10."""
    terms, books = a_wallet(), books_of()
    at = madrid("2026-03-01 12:00")
    base = earn(books, terms, 40, at)
    both = earn(books, terms, 10, at)

    taken = [refund(books, terms, both, part, "2026-03-02 12:00") for part in (25, 12, 13)]

    assert base.id == both.id
    assert both.amount == 50
    assert len(books.transfers) == 2 + 3
    assert taken == [25, 12, 13]


def test_a_third_of_a_spend_returns() -> None:
    """X11"""
    terms, books = a_wallet(), books_of()
    earn(books, terms, 100, madrid("2026-03-01 12:00"))
    spend(books, terms, 100, "2026-03-02 12:00")
    paid = [(c.lot_id, c.amount) for c in books.consumptions]

    now = madrid("2026-03-03 12:00")
    policy.give_back(books, terms, policy.backwards(paid, 33), cause=WHY, at=now, now=now)

    assert books.available == [33]
    assert_books_add_up(books)


def test_expired_points_count_as_taken_and_spent_ones_come_from_other_lots() -> None:
    """X12"""
    terms, books = a_wallet(expiry={"after": "12 months", "end_of": "month"}), books_of(now=utc("2025-01-01"))
    lot = earn(books, terms, 100, madrid("2025-01-10 12:00"))
    spend(books, terms, 60, "2025-03-01 12:00")
    earn(books, terms, 200, madrid("2025-06-01 12:00"), event="other")

    policy.settle(books, [terms], madrid("2026-02-10 12:00"))
    gone = books.lots[lot.id].expired
    expired = next(t for t in books.transfers if t.destination == "expired")
    taken = refund(books, terms, lot, 100, "2026-02-10 12:00")

    assert gone == 40
    assert expired.effective_at == madrid("2026-02-01 00:00")
    assert expired.recorded_at == madrid("2026-02-10 12:00")
    assert taken == 60
    assert books.available == [140]


@pytest.mark.parametrize("rule", [pytest.param("stop_at_zero", id="X13"), pytest.param("debt", id="X14")])
def test_a_voucher_bought_with_refunded_points_returns_nothing(rule: str) -> None:
    """X13, X14"""
    terms, books = a_wallet(if_already_spent=rule), books_of()
    lot = earn(books, terms, 500, madrid("2026-03-01 12:00"))
    spend(books, terms, 500, "2026-03-02 12:00")
    refund(books, terms, lot, 500, "2026-03-03 12:00")
    owed = books.debt[0]

    now = madrid("2026-03-04 12:00")
    policy.give_back(books, terms, [(lot.id, 500)], cause=WHY, at=now, now=now)

    assert owed == (500 if rule == "debt" else 0)
    assert (books.available, books.debt) == ([0], [0])
    assert books.lots[lot.id].noted == 0
    assert_books_add_up(books)


def test_half_of_a_payment_with_points_returns_and_half_of_the_earned_goes() -> None:
    """X36: 500 points back, 15 taken."""
    terms, books = a_wallet(), books_of()
    earn(books, terms, 1000, madrid("2026-03-01 12:00"), event="before")
    spend(books, terms, 1000, "2026-03-02 12:00")
    paid = [(c.lot_id, c.amount) for c in books.consumptions]
    lot = earn(books, terms, 30, madrid("2026-03-02 12:00"))

    now = madrid("2026-03-03 12:00")
    policy.give_back(books, terms, policy.backwards(paid, 500), cause=WHY, at=now, now=now)
    taken = refund(books, terms, lot, 15, "2026-03-03 12:00")

    assert taken == 15
    assert books.available == [515]


def test_only_what_was_credited_is_taken() -> None:
    """X45: a bonus of 19 paid as 10."""
    terms, books = a_wallet(), books_of()
    (credited,) = policy.truncate([19], 500_000 - 499_990)
    lot = earn(books, terms, credited, madrid("2026-03-01 12:00"))

    assert refund(books, terms, lot, 10, "2026-03-02 12:00") == 10
    assert books.available == [0]


@pytest.mark.parametrize(
    ("rule", "other", "noted", "debt", "forgiven"),
    [
        pytest.param("stop_at_zero", 20, 80, 0, 0, id="to zero, the rest noted"),
        pytest.param("debt", 20, 0, 80, 0, id="to zero, the rest owed"),
        pytest.param("only_pending", 30, 0, 0, 70, id="other pending lots and nothing else"),
    ],
)
def test_what_was_spent_is_taken_as_the_wallet_allows(
    rule: str, other: int, noted: int, debt: int, forgiven: int
) -> None:
    terms, books = a_wallet(if_already_spent=rule), books_of()
    at = madrid("2026-03-01 12:00")
    lot = earn(books, terms, 100, at)
    spend(books, terms, 100, "2026-03-01 13:00")
    earn(books, terms, 20, madrid("2026-03-01 14:00"), event="available")
    later = (madrid("2026-04-01 00:00"), None, False, None)
    earn(books, terms, 30, madrid("2026-03-01 14:00"), event="pending", dates=later)

    now = madrid("2026-03-02 12:00")
    before = (list(books.available), list(books.pending), list(books.debt))
    policy.settle(books, [terms], now)
    taken = policy.take_back(books, terms, lot.id, 100, cause=WHY, at=now, now=now)
    assert_books_add_up(books)
    policy.give_again(books, terms, lot.id, taken, cause=WHY, at=now, now=now)

    assert (taken.other, taken.noted, taken.debt, taken.forgiven) == (other, noted, debt, forgiven)
    assert (books.available, books.pending, books.debt) == before
    assert books.lots[lot.id].noted == 0
    assert_books_add_up(books)
