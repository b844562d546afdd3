"""The worked examples of time, on pure books: when units can be spent, when they end, and what keeps them alive."""

from __future__ import annotations

from typing import Any

import pytest
from books import WHY, a_wallet, assert_books_add_up, books_of, earn, madrid, refund, spend, utc

from puntal.points import policy


def test_what_is_refunded_while_pending_does_not_activate() -> None:
    """X15"""
    terms, books = a_wallet(available={"after": "14 days"}), books_of()
    lot = earn(books, terms, 100, madrid("2026-03-01 12:00"))
    refund(books, terms, lot, 30, "2026-03-05 12:00")

    policy.settle(books, [terms], madrid("2026-03-15 23:59"))
    before = list(books.available)
    policy.settle(books, [terms], madrid("2026-03-16 00:00"))

    assert before == [0]
    assert books.available == [70]
    assert books.transfers[-1].effective_at == madrid("2026-03-16 00:00")
    assert_books_add_up(books)


def test_pending_pays_debt_when_it_activates_and_owes_again_when_refunded() -> None:
    """X16"""
    terms, books = a_wallet(available={"after": "14 days"}, if_already_spent="debt"), books_of()
    books.debt[0] = 50
    lot = earn(books, terms, 80, madrid("2026-03-01 12:00"))
    waiting = (list(books.pending), list(books.debt))

    policy.settle(books, [terms], madrid("2026-03-20 12:00"))
    active = (books.available[0], books.debt[0], books.lots[lot.id].remaining)
    taken = policy.take_back(
        books, terms, lot.id, 80, cause=WHY, at=madrid("2026-03-21 12:00"), now=madrid("2026-03-21 12:00")
    )

    assert waiting == ([80], [50])
    assert active == (30, 0, 30)
    assert (taken.own, taken.debt) == (30, 50)
    assert (books.available, books.debt) == ([0], [50])
    assert_books_add_up(books, {("debt", 0): 50})


def test_points_returned_to_an_ended_lot_live_thirty_more_days() -> None:
    """X17"""
    terms, books = a_wallet(expiry={"after": "12 months", "end_of": "month"}), books_of(now=utc("2025-01-01"))
    lot = earn(books, terms, 600, madrid("2025-01-10 12:00"))
    spend(books, terms, 600, "2026-01-20 12:00")

    now = madrid("2026-02-10 15:00")
    policy.settle(books, [terms], now)
    policy.give_back(books, terms, [(lot.id, 600)], cause=WHY, at=now, now=now)

    assert lot.ends_at == madrid("2026-02-01 00:00")
    assert books.available == [600]
    assert books.lots[lot.id].ends_at == madrid("2026-03-13 00:00")
    assert policy.due_at(books) == madrid("2026-03-13 00:00")
    assert_books_add_up(books)


@pytest.mark.parametrize(
    ("document", "earned", "starts", "ends"),
    [
        pytest.param(
            {"available": {"after": "14 days"}, "expiry": {"after": "12 months", "end_of": "month"}},
            "2025-03-25 18:00",
            utc("2025-04-08 22:00"),
            utc("2026-04-30 22:00"),
            id="X18",
        ),
        pytest.param(
            {"expiry": {"after": "12 months", "end_of": "month"}},
            "2024-02-29 10:00",
            madrid("2024-02-29 10:00"),
            utc("2025-02-28 23:00"),
            id="X19",
        ),
        pytest.param(
            {"expiry": {"on": ["31 Dec"]}},
            "2025-06-01 10:00",
            madrid("2025-06-01 10:00"),
            madrid("2026-01-01 00:00"),
            id="a fixed date ends that day",
        ),
        pytest.param(
            {"expiry": {"on": ["30 Jun", "31 Dec"]}},
            "2025-12-20 10:00",
            madrid("2025-12-20 10:00"),
            madrid("2026-01-20 00:00"),
            id="but never sooner than thirty days",
        ),
        pytest.param(
            {"expiry": {"on": ["29 Feb"]}},
            "2025-01-05 10:00",
            madrid("2025-01-05 10:00"),
            madrid("2025-03-01 00:00"),
            id="29 February is the 28th in other years",
        ),
        pytest.param({}, "2025-12-20 10:00", madrid("2025-12-20 10:00"), None, id="never"),
        pytest.param(
            {"available": {"after": "36 hours"}, "expiry": {"after": "1 year", "end_of": "quarter"}},
            "2025-03-29 12:00",
            madrid("2025-03-31 01:00"),
            madrid("2026-04-01 00:00"),
            id="hours are exact over the clock change",
        ),
    ],
)
def test_a_lot_starts_and_ends_when_the_program_says(
    document: dict[str, Any], earned: str, starts: object, ends: object
) -> None:
    """X18, X19"""
    terms, books = a_wallet(**document), books_of(now=utc("2024-01-01"))

    lot = earn(books, terms, 10, madrid(earned))

    assert (lot.starts_at, lot.ends_at) == (starts, ends)


def test_a_late_event_brings_back_what_inactivity_ended() -> None:
    """X20"""
    terms, books = a_wallet(expiry={"inactive": "12 months"}), books_of(now=utc("2025-01-01"))
    lot = earn(books, terms, 90, madrid("2025-01-10 12:00"))
    policy.renew(books, [terms], madrid("2025-01-10 12:00"), madrid("2025-01-10 12:00"))

    policy.settle(books, [terms], madrid("2026-01-11 00:01"))
    gone = list(books.available)
    now, at = madrid("2026-01-12 10:00"), madrid("2025-12-20 17:00")
    policy.settle(books, [terms], now)
    books.loaded = False
    asked = policy.renewal_needs_lots(books, [terms], at), policy.renew(books, [terms], at, now)
    books.loaded = True
    policy.renew(books, [terms], at, now)

    assert gone == [0]
    assert asked == (True, True)
    assert books.available == [90]
    assert policy.end_of(books, books.lots[lot.id]) == madrid("2026-12-21 00:00")
    assert_books_add_up(books)
    policy.settle(books, [terms], madrid("2026-12-21 00:00"))
    assert books.available == [0]


def test_birthday_points_do_not_renew_the_others() -> None:
    """X21"""
    terms, books = a_wallet(expiry={"inactive": "12 months"}), books_of(now=utc("2025-01-01"))
    earn(books, terms, 90, madrid("2025-01-10 12:00"))
    policy.renew(books, [terms], madrid("2025-01-10 12:00"), madrid("2025-01-10 12:00"))

    earn(books, terms, 50, madrid("2025-09-01 00:00"), event="birthday")
    policy.settle(books, [terms], madrid("2026-01-11 00:00"))

    assert books.available == [50]
    assert policy.due_at(books) == madrid("2026-09-02 00:00")


def test_activity_keeps_a_wallet_alive() -> None:
    terms, books = a_wallet(expiry={"inactive": "12 months"}), books_of(now=utc("2025-01-01"))
    earn(books, terms, 90, madrid("2025-01-10 12:00"))
    bought = madrid("2025-12-31 12:00")
    policy.renew(books, [terms], bought, bought)

    policy.settle(books, [terms], madrid("2026-12-31 23:59"))

    assert books.available == [90]


def test_money_paid_in_never_ends_and_cashback_does() -> None:
    """B18"""
    terms = a_wallet(kind="money", currency="EUR", granted_expires={"after": "24 months"})
    books = books_of()
    at = madrid("2026-03-01 12:00")

    granted = earn(books, terms, 99, at, event="cashback")
    paid_in = earn(books, terms, 5000, at, event="load", origin="paid_in")

    assert granted.ends_at == madrid("2028-03-02 00:00")
    assert (granted.origin, paid_in.origin, paid_in.ends_at) == ("granted", "paid_in", None)


def test_pending_waits_for_its_event() -> None:
    terms = a_wallet(available={"on": "order.delivered", "within": "60 days"}, expiry={"after": "12 months"})
    books = books_of()
    at = madrid("2026-03-01 12:00")
    lot = earn(books, terms, 100, at, order="shop:1")
    other = earn(books, terms, 50, at, order="shop:2", event="other")

    delivered = madrid("2026-03-05 09:00")
    policy.settle(books, [terms], delivered)
    policy.activate_awaiting(books, [terms], "order.delivered", "shop:1", delivered, delivered)
    first = (list(books.available), list(books.pending))
    policy.settle(books, [terms], madrid("2026-05-01 00:00"))

    assert first == ([100], [50])
    assert books.available == [150]
    assert books.lots[lot.id].ends_at == madrid("2027-03-06 00:00")
    assert books.lots[other.id].ends_at == madrid("2027-05-02 00:00")
    assert_books_add_up(books)


def test_an_event_that_never_comes_may_cancel() -> None:
    terms, books = a_wallet(available={"on": "order.delivered", "if_never": "cancel", "within": "60 days"}), books_of()
    earn(books, terms, 100, madrid("2026-03-01 12:00"), order="shop:1")

    policy.settle(books, [terms], madrid("2026-06-01 00:00"))

    assert (books.available, books.pending) == ([0], [0])
    assert books.transfers[-1].destination == "cancelled"
    assert_books_add_up(books)
