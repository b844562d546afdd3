"""Corners of the wallets' rules that the worked examples do not reach."""

from __future__ import annotations

from books import BEN, a_wallet, assert_books_add_up, books_of, earn, madrid, utc

from puntal.points import policy
from puntal.points.model import Cause

WHY = Cause(event_id="because")
DAY = madrid("2026-03-01 12:00")
NEXT = madrid("2026-03-02 12:00")


def test_what_has_expired_is_no_breakage_once_its_order_is_refunded() -> None:
    """X12: the expired part moves from expired to reversed."""
    terms, books = a_wallet(expiry={"after": "12 months"}), books_of(now=utc("2025-01-01"))
    lot = earn(books, terms, 40, madrid("2025-01-10 12:00"))
    policy.settle(books, [terms], DAY)

    taken = policy.take_back(books, terms, lot.id, 40, cause=WHY, at=DAY, now=DAY)

    after = books.lots[lot.id]
    assert (taken.gone, taken.expired, taken.from_member) == (40, 40, 0)
    assert (after.expired, after.reversed) == (0, 40)
    assert_books_add_up(books)
    policy.give_again(books, terms, lot.id, taken, cause=WHY, at=DAY, now=DAY)
    assert books.lots[lot.id].expired == 40
    assert_books_add_up(books)


def test_what_was_reversed_before_counts_as_taken() -> None:
    terms, books = a_wallet(if_already_spent="debt"), books_of()
    lot = earn(books, terms, 40, DAY)
    policy.take_back(books, terms, lot.id, 40, cause=WHY, at=DAY, now=DAY)

    again = policy.take_back(books, terms, lot.id, 40, cause=WHY, at=DAY, now=DAY)

    assert (again.gone, again.debt, books.debt) == (40, 0, [0])


def test_a_withdrawn_refund_gives_back_what_paid_its_debt() -> None:
    terms, books = a_wallet(if_already_spent="debt"), books_of()
    lot = earn(books, terms, 40, DAY)
    policy.spend(books, terms, 40, kind="points.redeemed", cause=WHY, at=DAY, now=DAY)
    taken = policy.take_back(books, terms, lot.id, 40, cause=WHY, at=DAY, now=DAY)
    earn(books, terms, 30, NEXT, event="pays")
    owed = list(books.debt)

    policy.give_again(books, terms, lot.id, taken, cause=WHY, at=NEXT, now=NEXT)

    assert owed == [10]
    assert (books.available, books.debt) == ([30], [0])
    assert_books_add_up(books)


def test_a_withdrawn_refund_gives_back_what_was_collected_later() -> None:
    terms, books = a_wallet(), books_of()
    lot = earn(books, terms, 40, DAY)
    policy.spend(books, terms, 40, kind="points.redeemed", cause=WHY, at=DAY, now=DAY)
    taken = policy.take_back(books, terms, lot.id, 40, cause=WHY, at=DAY, now=DAY)
    policy.give_back(books, terms, [(lot.id, 25)], cause=WHY, at=NEXT, now=NEXT)
    collected = (list(books.available), books.lots[lot.id].noted)

    policy.give_again(books, terms, lot.id, taken, cause=WHY, at=NEXT, now=NEXT)

    assert collected == ([0], 15)
    assert (books.available, books.lots[lot.id].noted) == ([25], 0)
    assert_books_add_up(books)


def test_another_day_gets_other_dates() -> None:
    terms, books = a_wallet(available={"after": "14 days"}, expiry={"after": "2 months"}), books_of()

    first = earn(books, terms, 1, DAY, event="first")
    second = earn(books, terms, 1, NEXT, event="second")
    late = earn(books, terms, 1, DAY, now=madrid("2026-05-10 12:00"), event="late")

    assert [lot.starts_at for lot in (first, second)] == [madrid("2026-03-16 00:00"), madrid("2026-03-17 00:00")]
    assert (first.ends_at, second.ends_at) == (madrid("2026-05-17 00:00"), madrid("2026-05-18 00:00"))
    assert (late.starts_at, late.ends_at) == (madrid("2026-03-16 00:00"), madrid("2026-06-10 00:00"))
    assert books.available == [3]


def test_pending_and_held_fill_a_cap_and_debt_makes_room() -> None:
    terms, books = a_wallet(limits={"balance": 100}, if_already_spent="debt"), books_of()
    later = (madrid("2026-04-01 00:00"), None, False, None)
    earn(books, terms, 10, DAY, event="pending", dates=later)
    earn(books, terms, 20, DAY, event="held")
    policy.hold(books, terms, 20, id=BEN, reference="gift", lapses_at=NEXT, cause=WHY, at=DAY, now=DAY)
    room = policy.room(books, terms)
    policy.spend(books, terms, 5, kind="points.adjusted", cause=WHY, at=DAY, now=DAY, allow_debt=True)

    assert room == 70
    assert policy.room(books, terms) == 75
    assert policy.room(books, a_wallet()) is None


def test_many_stamps_finish_many_cards() -> None:
    terms, books = a_wallet(kind="stamps", card={"size": 9}), books_of()
    earn(books, terms, 20, DAY)

    assert policy.finish_cards(books, terms, cause=WHY, at=DAY, now=DAY) == 2
    assert books.available == [2]
    assert_books_add_up(books)


def test_an_event_from_after_the_end_brings_nothing_back() -> None:
    terms, books = a_wallet(expiry={"inactive": "3 months"}), books_of(now=utc("2025-01-01"))
    earn(books, terms, 90, madrid("2025-01-10 12:00"), event="first")
    now = madrid("2025-06-01 12:00")
    earn(books, terms, 10, now, event="second")
    later = madrid("2025-09-10 12:00")
    policy.settle(books, [terms], later)

    policy.renew(books, [terms], madrid("2025-08-20 12:00"), later)

    assert books.available == [10]
    assert_books_add_up(books)


def test_a_lot_that_ends_after_its_hold_lapsed_expires_at_its_end() -> None:
    terms, books = a_wallet(), books_of()
    end = madrid("2026-03-05 00:00")
    earn(books, terms, 20, DAY, dates=(DAY, end, False, None))
    policy.hold(books, terms, 20, id=BEN, reference="gift", lapses_at=NEXT, cause=WHY, at=DAY, now=DAY)
    now = madrid("2026-03-06 12:00")
    policy.settle(books, [terms], now)

    policy.release(books, terms, books.holds[BEN], state="lapsed", cause=WHY, at=NEXT, now=now)

    expired = books.transfers[-1]
    assert (expired.destination, expired.effective_at) == ("expired", end)
    assert_books_add_up(books)
