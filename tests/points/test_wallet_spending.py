"""The worked examples of units that leave, on pure books: spent, held, sent, converted, taken along."""

from __future__ import annotations

import pytest
from books import ANNA, BEN, POOL, WHY, a_wallet, assert_books_add_up, books_of, earn, madrid, spend, utc

from puntal.points import policy
from puntal.points.errors import HoldEnded, InsufficientPoints
from puntal.points.model import Books, Lot, Terms


def a_hold_over_the_end(lapses: str) -> tuple[Terms, Books, Lot]:
    terms, books = a_wallet(expiry={"after": "12 months", "end_of": "month"}), books_of(now=utc("2025-01-01"))
    lot = earn(books, terms, 600, madrid("2025-01-10 12:00"))
    at = madrid("2026-01-31 23:50")
    policy.settle(books, [terms], at)
    policy.hold(books, terms, 500, id=BEN, reference="gift", lapses_at=madrid(lapses), cause=WHY, at=at, now=at)
    return terms, books, lot


def test_a_hold_commits_after_its_lot_has_ended() -> None:
    """X22"""
    terms, books, lot = a_hold_over_the_end("2026-02-01 00:20")
    now = madrid("2026-02-01 00:05")
    policy.settle(books, [terms], now)

    policy.commit(books, books.holds[BEN], cause=WHY, at=now, now=now)

    after = books.lots[lot.id]
    assert (after.expired, after.consumed, books.held) == (100, 500, [0])
    assert_books_add_up(books)
    with pytest.raises(HoldEnded):
        policy.commit(books, books.holds[BEN], cause=WHY, at=now, now=now)


def test_a_lapsed_hold_lets_its_ended_lot_expire() -> None:
    """X22"""
    terms, books, lot = a_hold_over_the_end("2026-02-01 00:02")
    now = madrid("2026-02-01 00:05")
    policy.settle(books, [terms], now)

    with pytest.raises(HoldEnded):
        policy.commit(books, books.holds[BEN], cause=WHY, at=now, now=now)
    policy.release(books, terms, books.holds[BEN], state="lapsed", cause=WHY, at=now, now=now)

    assert (books.available, books.held, books.lots[lot.id].expired) == ([0], [0], 600)
    assert books.holds[BEN].state == "lapsed"
    assert_books_add_up(books)


def test_a_leaver_takes_her_unspent_lots_and_a_refund_follows_them() -> None:
    """X37"""
    terms, pool, ben = a_wallet(), books_of(POOL), books_of(BEN)
    at = madrid("2026-03-01 12:00")
    june = (at, madrid("2026-07-01 00:00"), False, None)
    july = (at, madrid("2026-08-01 00:00"), False, None)
    earn(pool, terms, 300, at, event="a", earner_id=ANNA, dates=june)
    of_ben = earn(pool, terms, 200, at, event="b", earner_id=BEN, dates=july, order="shop:1")
    spend(pool, terms, 400, "2026-03-02 12:00")

    now = madrid("2026-03-03 12:00")
    policy.settle(ben, [terms], now)
    policy.settle(pool, [terms], now)
    leaving = [lot for lot in pool.lots.values() if lot.earner_id == BEN]
    policy.move_lots(pool, ben, leaving, cause=WHY, at=now, now=now)
    took = list(ben.available)
    taken = policy.take_back(ben, terms, of_ben.id, 200, cause=WHY, at=now, now=now)

    assert took == [100]
    assert pool.available == [0]
    assert (taken.own, taken.other, taken.noted) == (100, 0, 100)
    assert [lot.id for lot in policy.lots_of_order(ben, 0, "shop:1")] == [of_ben.id]


def test_spending_takes_what_ends_soonest_and_refuses_what_is_not_there() -> None:
    terms, books = a_wallet(), books_of()
    at = madrid("2026-03-01 12:00")
    never = earn(books, terms, 10, at, event="never")
    late = earn(books, terms, 10, at, event="late", dates=(at, madrid("2026-09-01 00:00"), False, None))
    soon = earn(books, terms, 10, at, event="soon", dates=(at, madrid("2026-06-01 00:00"), False, None))

    with pytest.raises(InsufficientPoints) as refusal:
        spend(books, terms, 31, "2026-03-02 12:00")
    spend(books, terms, 15, "2026-03-02 12:00")

    assert refusal.value.short_by == 1
    assert [(c.lot_id, c.amount) for c in books.consumptions] == [(soon.id, 10), (late.id, 5)]
    assert books.lots[never.id].remaining == 10
    assert_books_add_up(books)


def test_sent_and_converted_units_keep_their_ends() -> None:
    terms, books, ben = a_wallet(transferable=True), books_of(wallets=2), books_of(BEN, wallets=2)
    miles = a_wallet(1, "miles", expiry={"after": "1 months"})
    source = a_wallet(convert=[{"to": "miles", "take": 3, "give": 2}], transferable=True)
    at = madrid("2026-03-01 12:00")
    end = madrid("2026-09-01 00:00")
    earn(books, terms, 40, at, dates=(at, end, False, None))
    earn(books, terms, 60, at, event="never")

    policy.settle(ben, [terms, miles], at)
    (received,) = policy.send(books, ben, terms, 10, cause=WHY, at=at, now=at)
    made = policy.convert(books, source, miles, 60, cause=WHY, at=at, now=at)

    assert (received.ends_at, ben.available) == (end, [10, 0])
    assert [(lot.wallet, lot.amount, lot.ends_at) for lot in made] == [(1, 20, end), (1, 20, None)]
    assert books.available == [30, 40]
    assert_books_add_up(books)
    assert_books_add_up(ben)
