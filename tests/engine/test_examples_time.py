"""Worked examples X12 to X32, X34, X37, X39 as far as orders, refunds and the clock show them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from playing import BASE_RULE, Player, a_program, at, given, lines

from puntal.kit.ids import family
from puntal.orders.model import OrderRecord
from puntal.points import policy as points
from puntal.points.model import Cause
from puntal.tiers.model import Floor
from puntal.tiers.policy import held, nightly, set_floor

BEN = UUID(int=2)
WHY = Cause()


def wallet(**terms: Any) -> dict[str, Any]:
    return {"points": {"kind": "points", **terms}}


def spend(player: Player, amount: int, day: str) -> list[tuple[Any, int]]:
    """Spend, and say which lots paid."""
    player.settle(day)
    before = len(player.books.consumptions)
    player.books.next_id = family(f"spend {day}", at(day))
    points.spend(player.books, player.program.terms[0], amount, kind="points.spent", cause=WHY, at=at(day), now=at(day))
    return [(each.lot_id, each.amount) for each in player.books.consumptions[before:]]


def give_back(player: Player, shares: list[tuple[Any, int]], day: str) -> None:
    player.settle(day)
    player.books.next_id = family(f"back {day}", at(day))
    points.give_back(player.books, player.program.terms[0], shares, cause=WHY, at=at(day), now=at(day))


def nights(player: Player, first: str, through: str) -> None:
    """Let the midnights of these days pass for her tiers."""
    day, last = at(first).date(), at(through).date()
    assert player.profile.enrolled_at is not None
    enrolled = player.profile.enrolled_at.date()
    while day <= last:
        for climb in player.program.climbs:
            standing, _, _ = nightly(climb, player.running.tiers[climb.id], day=day, enrolled=enrolled)
            player.running.tiers[climb.id] = standing
        day += timedelta(days=1)


def tier(player: Player, when: str) -> str:
    climb = player.program.climbs[0]
    return held(climb, player.running.tiers[climb.id], at(when))


def test_x12_what_expired_counts_as_taken() -> None:
    """X12."""
    anna = Player(a_program(wallets=wallet(expiry={"after": "12 months", "end_of": "month"})))
    anna.buy(*lines(10000), id="A", day="2025-01-10")
    spend(anna, 60, "2025-03-01")
    anna.buy(*lines(20000), id="B", day="2025-06-01")

    anna.refund("A", day="2026-02-10")

    assert anna.balance() == 140


@pytest.mark.parametrize("policy", [pytest.param("stop_at_zero", id="X13"), pytest.param("debt", id="X14")])
def test_x13_x14_a_voucher_is_cancelled_after_the_refund(policy: str) -> None:
    """X13, X14: 500 points for a voucher, the order refunded, the voucher cancelled."""
    anna = Player(a_program(wallets=wallet(if_already_spent=policy)))
    anna.buy(*lines(50000), id="A")
    paid = spend(anna, 500, "2026-03-03 13:00")
    anna.refund("A", day="2026-03-04")
    owed = anna.balance()

    give_back(anna, paid, "2026-03-05")

    assert owed == (-500 if policy == "debt" else 0)
    assert (anna.books.available, anna.books.debt) == ([0], [0])


def test_x15_what_is_refunded_while_pending_does_not_activate() -> None:
    """X15."""
    anna = Player(a_program(wallets=wallet(available={"after": "14 days"})))
    anna.buy(*lines(10000), id="A", day="2026-03-01")
    anna.refund("A", 3000, day="2026-03-05")

    assert (anna.balance(), anna.pending()) == (0, 70)
    anna.settle("2026-03-16 00:00")
    assert (anna.balance(), anna.pending()) == (70, 0)


def test_x16_debt_is_paid_when_pending_activates() -> None:
    """X16."""
    anna = Player(a_program(wallets=wallet(available={"after": "14 days"}, if_already_spent="debt")))
    anna.buy(*lines(5000), id="A", day="2026-03-01")
    spend(anna, 50, "2026-03-20")
    anna.refund("A", day="2026-03-21")
    assert anna.balance() == -50

    anna.buy(*lines(8000), id="B", day="2026-03-22")
    assert (anna.balance(), anna.pending()) == (-50, 80)
    anna.settle("2026-04-10")
    assert anna.balance() == 30

    assert given(anna.refund("B", day="2026-04-11")) == {"purchases": -80}
    assert (anna.books.available, anna.books.debt) == ([0], [50])


def test_x17_points_returned_to_an_ended_lot_live_thirty_days() -> None:
    """X17."""
    anna = Player(a_program(wallets=wallet(expiry={"after": "12 months", "end_of": "month"})))
    anna.buy(*lines(60000), day="2025-01-10")
    paid = spend(anna, 600, "2026-01-20")

    give_back(anna, paid, "2026-02-10")

    assert anna.balance() == 600
    anna.settle("2026-03-12 23:59")
    assert anna.balance() == 600
    anna.settle("2026-03-13 00:00")
    assert anna.balance() == 0


@pytest.mark.parametrize(
    ("available", "earned", "gone"),
    [
        pytest.param({"after": "14 days"}, "2025-03-25", "2026-05-01 00:00", id="X18"),
        pytest.param({}, "2024-02-29", "2025-03-01 00:00", id="X19"),
    ],
)
def test_x18_x19_life_begins_when_available_and_ends_with_the_month(
    available: dict[str, str], earned: str, gone: str
) -> None:
    """X18, X19, B10."""
    terms = wallet(available=available, expiry={"after": "12 months", "end_of": "month"})
    anna = Player(a_program(wallets=terms))
    anna.buy(*lines(10000), day=earned)

    (lot,) = anna.books.lots.values()

    assert lot.ends_at == at(gone)


def test_x20_a_late_order_brings_points_back() -> None:
    """X20."""
    anna = Player(a_program(wallets=wallet(expiry={"inactive": "12 months"})))
    anna.buy(*lines(10000), day="2025-01-10")
    anna.settle("2026-01-11 00:00")
    assert anna.balance() == 0

    anna.buy(*lines(1000), day="2025-12-20", now="2026-01-12")

    assert anna.balance() == 110
    anna.settle("2026-12-20 23:59")
    assert anna.balance() == 110
    anna.settle("2026-12-21 00:00")
    assert anna.balance() == 0


def test_x21_birthday_points_do_not_renew_the_others() -> None:
    """X21, B13."""
    birthday = {"id": "birthday", "on": "member.birthday", "award": {"wallet": "points", "points": 50}}
    anna = Player(a_program(wallets=wallet(expiry={"inactive": "12 months"}), earning=[BASE_RULE, birthday]))
    anna.buy(*lines(10000), day="2025-01-10")
    anna.happen("member.birthday", day="2025-12-01")

    anna.settle("2026-01-11 00:00")

    assert anna.balance() == 50


def test_x22_a_hold_outlives_the_end_of_its_lot() -> None:
    """X22: held 23:50, the lot ends 00:00, committed 00:05."""
    anna = Player(a_program(wallets=wallet(expiry={"after": "12 months"})))
    anna.buy(*lines(10000), day="2025-01-10")
    anna.settle("2026-01-10 23:50")
    terms = anna.program.terms[0]
    held_now = points.hold(
        anna.books, terms, 100, id=BEN, reference="r", lapses_at=at("2026-01-11 00:20"), cause=WHY,
        at=at("2026-01-10 23:50"), now=at("2026-01-10 23:50"),
    )  # fmt: skip

    assert given(anna.buy(*lines(500), day="2026-01-11 00:04")) == {"purchases": 5}
    points.commit(anna.books, held_now, cause=WHY, at=at("2026-01-11 00:05"), now=at("2026-01-11 00:05"))

    assert (anna.books.available, anna.books.held) == ([5], [0])


def test_x23_returned_points_go_above_the_balance_cap() -> None:
    """X23."""
    anna = Player(a_program(wallets=wallet(limits={"balance": 100000})))
    decision = anna.buy(*lines(10000500), day="2026-03-01")
    assert [(reason.code, reason.by) for reason in decision.reasons] == [("cut", "balance")]
    paid = spend(anna, 500, "2026-03-02")
    assert given(anna.buy(*lines(50000), day="2026-03-03")) == {"purchases": 500}

    give_back(anna, paid, "2026-03-04")

    assert anna.balance() == 100500


def test_x27_the_revision_of_the_day_decides() -> None:
    """X27."""
    double = BASE_RULE | {"award": {"wallet": "points", "points": 2, "per": "1.00 EUR"}}
    anna = Player(a_program(earning=[double]))
    newest = a_program()
    anna.buy(*lines(5000), day="2026-03-01", now="2026-03-06")
    assert anna.balance() == 100

    anna.program = newest
    anna.buy(*lines(5000), day="2026-03-06")

    assert anna.balance() == 150


YEARLY = {
    "id": "club",
    "measure": {"earned": "points"},
    "window": "calendar_year",
    "keep": "end_of_next_period",
    "downgrade": {"to": "one_below", "grace": "30 days"},
    "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
}


def test_x28_a_refund_below_the_line_ends_the_tier_after_its_grace() -> None:
    """X28, B4."""
    anna = Player(a_program(ladders=[YEARLY]))
    anna.buy(*lines(30000), id="A", day="2026-12-29")
    assert tier(anna, "2026-12-30") == "silver"

    anna.refund("A", 1000, day="2027-01-10")
    nights(anna, "2027-01-11", "2027-02-10")

    assert anna.running.tiers["club"].counts == {"2026": 290}
    assert tier(anna, "2027-02-10") == "silver"
    nights(anna, "2027-02-11", "2027-02-11")
    assert tier(anna, "2027-02-11") == "base"


def test_x29_one_tier_down_after_the_grace() -> None:
    """X29."""
    anna = Player(a_program(ladders=[YEARLY]))
    anna.buy(*lines(100000), day="2025-06-01")
    anna.buy(*lines(25000), day="2026-06-01")

    nights(anna, "2026-12-31", "2027-01-30")
    assert tier(anna, "2027-01-30") == "gold"
    nights(anna, "2027-01-31", "2027-01-31")

    assert tier(anna, "2027-01-31") == "silver"
    nights(anna, "2027-02-01", "2027-12-31")
    assert tier(anna, "2027-12-31") == "silver"


def test_x30_a_leap_day_counts_through_the_next_28_february() -> None:
    """X30."""
    rolling = YEARLY | {"window": {"rolling": "12 months"}, "keep": "end_of_period", "downgrade": {"to": "measure"}}
    anna = Player(a_program(ladders=[rolling]))
    anna.buy(*lines(30000), day="2024-02-29")

    nights(anna, "2024-03-01", "2025-02-28")
    assert tier(anna, "2025-02-28") == "silver"
    nights(anna, "2025-03-01", "2025-03-01")

    assert tier(anna, "2025-03-01") == "base"


def test_x31_a_yearly_window_keeps_no_tier_for_months() -> None:
    """X31."""
    with pytest.raises(ValueError, match="begins again each year"):
        a_program(ladders=[YEARLY | {"keep": {"months": 12}}])


def test_x32_the_earned_tier_stands_when_the_floor_ends() -> None:
    """X32."""
    rule = BASE_RULE | {"by_tier": {"silver": {"times": 2}, "gold": {"times": 3}}}
    anna = Player(a_program(ladders=[YEARLY], earning=[rule]))
    anna.buy(*lines(30000), day="2026-03-01")
    climb = anna.program.climbs[0]
    until = at("2026-07-01").date()
    anna.running.tiers["club"], _ = set_floor(
        climb, anna.running.tiers["club"], Floor("gold", until), at=at("2026-04-01")
    )

    before = anna.buy(*lines(1000), day="2026-06-30")
    after = anna.buy(*lines(1000), day="2026-07-01")

    assert (given(before), given(after)) == ({"purchases": 30}, {"purchases": 20})


def test_x34_a_refund_takes_a_finished_card_apart() -> None:
    """X34."""
    coffees = {"id": "coffee", "on": "purchase", "award": {"wallet": "card", "points": 1, "per": "item"}}
    anna = Player(a_program(wallets={"card": {"kind": "stamps", "card": {"size": 9}}}, earning=[coffees]))
    anna.buy(*lines(1600, quantity=[8]), id="A")
    finishing = anna.buy(*lines(600, quantity=[3]), id="B")
    assert [caused.data["count"] for caused in finishing.caused if caused.type == "card.finished"] == [1]
    assert anna.balance("card") == 2

    anna.refund("B")

    assert [card.state for card in anna.books.finished_cards.values()] == ["void"]
    assert anna.balance("card") == 8


def test_x39_the_referrer_keeps_it_until_everything_is_refunded() -> None:
    """X39, B14: and gets it again when the refund is withdrawn."""
    invited = {"id": "invite", "on": "referral.completed", "award": {"wallet": "points", "points": 500}}
    program = a_program(earning=[BASE_RULE, invited])
    referee, referrer = Player(program, referrer_id=BEN), Player(program)

    def pass_on() -> None:
        for caused in referee.elsewhere:
            referrer.happen(caused.type, about=caused.data["order"], source="referral", **dict(caused.data))
        referee.elsewhere.clear()

    referee.buy(*lines(4000), id="A")
    pass_on()
    assert referrer.balance() == 500
    assert referrer.running.totals.orders == 0
    referee.refund("A", 1000)
    pass_on()
    assert referrer.balance() == 500

    referee.refund("A", id="R")
    pass_on()
    assert referrer.balance() == 0
    assert referrer.running.totals.spend == 0

    referee.withdraw("A", "R")
    pass_on()
    assert referrer.balance() == 500


def test_only_the_first_order_completes_a_referral() -> None:
    """B14."""
    referee = Player(a_program(), referrer_id=BEN)
    referee.buy(*lines(4000))
    referee.buy(*lines(4000))

    assert [caused.type for caused in referee.elsewhere] == ["referral.completed"]


def test_the_record_of_an_order_survives_its_storing() -> None:
    """X9: a record goes through JSON between its events."""
    anna = Player(a_program())
    anna.buy(*lines(1999), id="A")
    for amount in (666, 666, 667):
        stored = msgspec.json.encode(anna.orders["A"])
        anna.orders["A"] = msgspec.json.decode(stored, type=OrderRecord)
        anna.refund("A", amount)

    assert anna.balance() == 0
