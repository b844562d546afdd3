"""The worked examples of caps and cards, on pure books: how much a wallet takes, and what a full card becomes."""

from __future__ import annotations

import pytest
from books import WHY, a_wallet, books_of, earn, madrid, refund, spend, utc
from msgspec.structs import replace

from puntal.points import policy


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
