"""`tier.lost`: caused where a tier falls, once per fall, and only where somebody asks for it."""

from __future__ import annotations

from typing import Any

from playing import Player, a_program, lines

SORRY = {"id": "sorry", "on": "tier.lost", "award": {"wallet": "points", "points": 25}}


def a_club(**ladder: Any) -> dict[str, Any]:
    tiers = [{"id": "base"}, {"id": "silver", "from": "100.00 EUR"}]
    return {"id": "club", "measure": {"spend": "order.net"}, "window": "lifetime", "tiers": tiers} | ladder


def test_a_refund_that_takes_the_tier_at_once_is_a_fall() -> None:
    anna = Player(a_program(ladders=[a_club(refund_below_line="at_once")], earning=[SORRY]))
    anna.buy(*lines(10000), day="2026-06-01", id="A")
    anna.refund("A", day="2026-06-02")
    assert [reason for *_, reason in anna.changes] == ["reached", "refund"]
    assert anna.balance() == 25

    anna.refund("A", day="2026-06-03")
    assert anna.balance() == 25

    anna.buy(*lines(10000), day="2026-06-04", id="B")
    anna.refund("B", day="2026-06-05")
    assert anna.balance() == 50


def test_a_night_that_had_not_run_is_met_by_the_next_event_and_tells_the_fall_once() -> None:
    club = a_club(window="calendar_year", keep="end_of_period")
    anna = Player(a_program(ladders=[club], earning=[SORRY]))
    anna.buy(*lines(10000), day="2026-06-01")
    anna.buy(*lines(100), day="2027-02-01")
    anna.buy(*lines(100), day="2027-02-02")
    assert [reason for *_, reason in anna.changes] == ["reached", "fallen"]
    assert anna.balance() == 25


def test_nothing_is_caused_where_nobody_asks() -> None:
    anna = Player(a_program(ladders=[a_club(refund_below_line="at_once")], earning=[]))
    anna.buy(*lines(10000), day="2026-06-01", id="A")
    assert anna.refund("A", day="2026-06-02").caused == []
