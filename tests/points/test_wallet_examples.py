"""The worked examples that are about wallets alone, on pure books."""

from __future__ import annotations

from typing import Any

import pytest
from books import ANNA, BEN, POOL, a_wallet, assert_books_add_up, books_of, earn, madrid, utc
from msgspec.structs import replace

from puntal.points import policy
from puntal.points.errors import HoldEnded, InsufficientPoints
from puntal.points.model import Books, Cause, Lot, Terms

WHY = Cause(event_id="because")


def refund(books: Books, terms: Terms, lot: Lot, amount: int, at: str) -> int:
    now = madrid(at)
    policy.settle(books, [terms], now)
    taken = policy.take_back(books, terms, lot.id, amount, cause=WHY, at=now, now=now)
    assert_books_add_up(books)
    return taken.from_member


def spend(books: Books, terms: Terms, amount: int, at: str) -> None:
    now = madrid(at)
    policy.settle(books, [terms], now)
    policy.spend(books, terms, amount, kind="points.redeemed", cause=WHY, at=now, now=now)


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


def test_returned_points_go_above_the_cap() -> None:
    """X23"""
    terms, books = a_wallet(limits={"balance": 100_000}), books_of()
    earn(books, terms, 100_000, madrid("2026-03-01 12:00"))
    full = policy.room(books, terms)
    spend(books, terms, 500, "2026-03-02 12:00")
    paid = [(c.lot_id, c.amount) for c in books.consumptions]
    room = policy.room(books, terms)
    earn(books, terms, 500, madrid("2026-03-03 12:00"), event="second")

    now = madrid("2026-03-04 12:00")
    policy.give_back(books, terms, paid, cause=WHY, at=now, now=now)

    assert (full, room) == (0, 500)
    assert books.available == [100_500]
    assert policy.room(books, terms) == 0


@pytest.mark.parametrize(
    ("wanted", "room", "given"),
    [
        pytest.param([80, 80], 5000 - 4900, [80, 20], id="X24"),
        pytest.param([50], 100 - 80, [20], id="X44"),
        pytest.param([19, 19], None, [19, 19], id="without a cap"),
        pytest.param([19], -5, [0], id="above the cap already"),
    ],
)
def test_a_cap_cuts_bonuses_before_the_base(wanted: list[int], room: int | None, given: list[int]) -> None:
    """X24, X44"""
    assert policy.truncate(wanted, room) == given


def test_a_monthly_window_is_the_programs_calendar_month() -> None:
    """X44: 31 January and 1 February are two windows, by Madrid's midnight."""
    terms = a_wallet(limits={"earn": {"points": 100, "per": "month"}})

    windows = [policy.window_start(terms, "month", utc(at)) for at in ("2026-01-31 22:59", "2026-01-31 23:00")]

    assert [str(day) for day in windows] == ["2026-01-01", "2026-02-01"]
    assert terms.earn_caps == ((100, "month"),)


def test_a_card_is_finished_and_comes_apart_again() -> None:
    """X34"""
    terms, books = a_wallet(kind="stamps", card={"size": 9, "reward": "free_coffee"}), books_of()
    at = madrid("2026-03-01 12:00")
    earn(books, terms, 8, at)
    coffees = earn(books, terms, 3, madrid("2026-03-02 12:00"), event="three")
    finished = policy.finish_cards(books, terms, cause=WHY, at=at, now=madrid("2026-03-02 12:00"))
    rest = list(books.available)

    taken = refund(books, terms, coffees, 3, "2026-03-03 12:00")

    assert (finished, rest) == (1, [2])
    (card,) = books.finished_cards.values()
    assert (card.state, card.reward) == ("void", "free_coffee")
    assert books.available == [8]
    assert taken == 3


def test_a_used_card_follows_the_wallets_policy() -> None:
    terms, books = a_wallet(kind="stamps", card={"size": 9}), books_of()
    at = madrid("2026-03-01 12:00")
    stamps = earn(books, terms, 9, at)
    policy.finish_cards(books, terms, cause=WHY, at=at, now=at)
    books.finished_cards = {card.id: replace(card, state="used") for card in books.finished_cards.values()}

    refund(books, terms, stamps, 4, "2026-03-03 12:00")

    assert books.lots[stamps.id].noted == 4


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


def test_only_what_was_credited_is_taken() -> None:
    """X45: a bonus of 19 paid as 10."""
    terms, books = a_wallet(), books_of()
    (credited,) = policy.truncate([19], 500_000 - 499_990)
    lot = earn(books, terms, credited, madrid("2026-03-01 12:00"))

    assert refund(books, terms, lot, 10, "2026-03-02 12:00") == 10
    assert books.available == [0]


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


def test_money_paid_in_never_ends_and_cashback_does() -> None:
    """B18"""
    terms = a_wallet(kind="money", currency="EUR", granted_expires={"after": "24 months"})
    books = books_of()
    at = madrid("2026-03-01 12:00")

    granted = earn(books, terms, 99, at, event="cashback")
    paid_in = earn(books, terms, 5000, at, event="load", origin="paid_in")

    assert granted.ends_at == madrid("2028-03-02 00:00")
    assert (granted.origin, paid_in.origin, paid_in.ends_at) == ("granted", "paid_in", None)


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
