"""Reaching, keeping and losing tiers, by example."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from climbing import Anna
from ladders import MADRID, a_ladder, noon

from puntal.kit.calendar import midnight
from puntal.tiers import policy
from puntal.tiers.model import Change, Floor

GRACE = {"grace": "30 days"}


def test_a_refund_of_the_deciding_order_ends_the_tier_after_a_grace() -> None:
    """X28."""
    anna = Anna(a_ladder(downgrade=GRACE))
    anna.earns(300, date(2026, 12, 29))

    anna.refunds(10, of=date(2026, 12, 29), on=date(2027, 1, 10))

    assert anna.standing.counts == {"2026": 290}
    assert anna.tier(date(2027, 2, 10)) == "silver"
    assert anna.measure(date(2027, 2, 10)) == 0
    assert anna.tier(date(2027, 2, 11)) == "base"
    assert anna.changes[-1].reason == "refund"


def test_what_is_earned_in_the_grace_saves_the_tier() -> None:
    """X28, B4: it counts for the closed period and for the new one."""
    anna = Anna(a_ladder(downgrade=GRACE))
    anna.earns(300, date(2026, 12, 29))
    anna.refunds(10, of=date(2026, 12, 29), on=date(2027, 1, 10))

    anna.earns(10, date(2027, 2, 1))

    assert anna.standing.counts == {"2026": 300, "2027": 10}
    assert anna.standing.until == date(2028, 1, 1)
    assert anna.tier(date(2027, 12, 31)) == "silver"


def test_a_refund_that_is_withdrawn_before_the_night_leaves_no_trace() -> None:
    """X28."""
    anna = Anna(a_ladder(downgrade=GRACE))
    anna.earns(300, date(2026, 12, 29))
    before = anna.standing
    anna.refunds(10, of=date(2026, 12, 29), on=date(2027, 1, 10))

    anna.earns(10, date(2026, 12, 29), arrives=date(2027, 1, 10))

    assert anna.standing == before
    assert [change.reason for change in anna.changes] == ["reached"]


@pytest.mark.parametrize(("policy_name", "tier"), [("next_night", "silver"), ("keep", "silver"), ("at_once", "base")])
def test_a_refund_below_the_line_does_what_the_ladder_says(policy_name: str, tier: str) -> None:
    anna = Anna(a_ladder(refund_below_line=policy_name))
    anna.earns(300, date(2026, 12, 29))
    anna.refunds(10, of=date(2026, 12, 29), on=date(2027, 1, 10))

    assert policy.held(anna.climb, anna.standing, noon(date(2027, 1, 10))) == tier
    assert anna.tier(date(2027, 1, 11)) == ("silver" if policy_name == "keep" else "base")
    assert anna.tier(date(2028, 1, 1)) == "base"


def test_a_refund_in_one_year_leaves_a_tier_that_another_year_keeps() -> None:
    anna = Anna(a_ladder())
    anna.earns(300, date(2026, 6, 1))
    anna.earns(300, date(2027, 6, 1))
    assert anna.standing.until == date(2029, 1, 1)

    anna.refunds(10, of=date(2027, 6, 1), on=date(2027, 7, 1))

    assert anna.standing.until == date(2028, 1, 1)
    assert anna.tier(date(2027, 12, 31)) == "silver"
    assert anna.tier(date(2028, 1, 1)) == "base"


def test_gold_falls_one_tier_after_its_grace_and_silver_lasts_to_the_end_of_the_year() -> None:
    """X29."""
    anna = Anna(a_ladder(downgrade=GRACE))
    anna.earns(1000, date(2025, 5, 1))
    anna.earns(250, date(2026, 5, 1))

    assert anna.tier(date(2027, 1, 30)) == "gold"
    assert anna.tier(date(2027, 1, 31)) == "silver"
    assert anna.tier(date(2027, 12, 31)) == "silver"
    assert anna.standing.until == date(2028, 1, 1)
    assert anna.tier(date(2028, 1, 31)) == "base"


def test_gold_falls_to_the_measure_where_the_ladder_says_so() -> None:
    """B4: a hard downgrade across the year's end."""
    anna = Anna(a_ladder(downgrade={"to": "measure"}))
    anna.earns(1000, date(2025, 5, 1))
    anna.earns(250, date(2026, 5, 1))

    assert anna.tier(date(2026, 12, 31)) == "gold"
    assert anna.tier(date(2027, 1, 1)) == "base"


def test_a_tier_given_by_hand_ends_and_the_earned_one_stands() -> None:
    """X32."""
    anna = Anna(a_ladder())
    anna.earns(300, date(2026, 3, 1))
    floor = Floor("gold", date(2026, 7, 1), "goodwill")
    anna.standing, change = policy.set_floor(anna.climb, anna.standing, floor, at=noon(date(2026, 4, 1)))
    assert change == Change("club", "silver", "gold", "floor", noon(date(2026, 4, 1)))

    last, first = midnight(MADRID, date(2026, 7, 1)) - timedelta(seconds=1), midnight(MADRID, date(2026, 7, 1))
    assert policy.held(anna.climb, anna.standing, last) == "gold"
    assert policy.held(anna.climb, anna.standing, first) == "silver"
    assert anna.tier(date(2026, 7, 1)) == "silver"
    assert anna.changes[-1] == Change("club", "gold", "silver", "floor_ended", first)
    assert policy.held(anna.climb, anna.standing, noon(date(2026, 3, 31))) == "silver"
    assert policy.held(anna.climb, anna.standing, noon(date(2026, 6, 30))) == "gold"


def test_the_event_that_crosses_the_line_changes_the_tier_from_its_own_instant() -> None:
    """X25: an order of an earlier moment still gets the rate of that moment."""
    anna = Anna(a_ladder(downgrade=GRACE))
    anna.earns(299, date(2026, 3, 1))
    assert policy.held(anna.climb, anna.standing, noon(date(2026, 3, 1))) == "base"

    anna.earns(1, date(2026, 3, 2))

    assert policy.held(anna.climb, anna.standing, noon(date(2026, 3, 2))) == "silver"
    assert policy.held(anna.climb, anna.standing, noon(date(2026, 3, 2)) - timedelta(seconds=1)) == "base"
    assert [(change.from_tier, change.to_tier, change.reason) for change in anna.changes] == [
        ("base", "silver", "reached")
    ]


def test_a_late_order_of_last_year_still_reaches_last_years_line() -> None:
    anna = Anna(a_ladder())
    anna.earns(290, date(2026, 12, 20))

    anna.earns(10, date(2026, 12, 29), arrives=date(2027, 1, 5))

    assert anna.tier(date(2027, 1, 5)) == "silver"
    assert anna.standing.until == date(2028, 1, 1)


def test_reaching_the_line_again_renews_once_a_period() -> None:
    anna = Anna(a_ladder())
    anna.earns(300, date(2026, 6, 1))
    anna.earns(300, date(2027, 6, 1))
    anna.earns(300, date(2027, 7, 1))

    assert [change.reason for change in anna.changes] == ["reached", "renewed"]
    assert anna.standing.until == date(2029, 1, 1)


def test_the_end_is_announced_once_and_says_what_is_missing() -> None:
    """B4: notice."""
    anna = Anna(a_ladder(downgrade={"notice": "45 days", "grace": "30 days"}))
    anna.earns(1000, date(2025, 5, 1))
    anna.earns(250, date(2026, 5, 1))
    assert not anna.wakes(date(2026, 11, 16))

    (notice,) = anna.wakes(date(2026, 11, 17))

    assert (notice.tier, notice.to_tier, notice.missing, notice.until) == ("gold", "silver", 750, date(2027, 1, 1))
    assert not anna.wakes(date(2026, 12, 31))


def test_an_edit_takes_nobodys_tier_before_its_end_and_lifts_at_once() -> None:
    anna, ben = Anna(a_ladder()), Anna(a_ladder())
    anna.earns(1000, date(2026, 6, 1))
    ben.earns(400, date(2026, 6, 1))
    edited = a_ladder(
        tiers=[{"id": "base"}, {"id": "silver", "from": 100}, {"id": "vip", "from": 350}, {"id": "gold", "from": 2000}]
    )

    placed = [
        policy.place(edited, one.standing.counts, today=date(2026, 7, 1), enrolled=one.enrolled, before=one.standing)
        for one in (anna, ben)
    ]

    assert [one.tier for one in placed] == ["gold", "vip"]
    assert placed[0].counts == {"2026": 1000}
    fallen, _, _ = policy.nightly(edited, placed[0], day=date(2028, 1, 1), enrolled=anna.enrolled)
    assert fallen.tier == "vip"


def test_a_first_publication_places_by_history() -> None:
    climb = a_ladder(window={"rolling": "12 months"}, keep={"months": 6})
    days = [(date(2025, 3, 1), 400), (date(2026, 2, 1), 650)]

    placed = policy.place(
        climb, policy.folded(climb, days, date(2025, 1, 1)), today=date(2026, 6, 1), enrolled=date(2025, 1, 1)
    )

    assert (placed.tier, placed.until) == ("gold", date(2026, 8, 29))


def test_two_members_become_one_with_the_sum_of_both() -> None:
    """X38: gold with 1,050 and silver with 320."""
    climb = a_ladder(window="lifetime", keep="forever")
    anna, ben = Anna(climb), Anna(climb)
    anna.earns(1050, date(2026, 1, 5))
    ben.earns(320, date(2026, 1, 6))

    both, change = policy.merge(
        climb,
        ben.standing,
        anna.standing,
        at=noon(date(2026, 2, 1)),
        today=date(2026, 2, 1),
        enrolled=anna.enrolled,
        merged_enrolled=anna.enrolled,
    )

    assert (both.tier, both.counts) == ("gold", {"": 1370})
    assert change is not None
    assert (change.from_tier, change.to_tier) == ("silver", "gold")
