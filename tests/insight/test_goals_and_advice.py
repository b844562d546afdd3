"""Goals and their pace; alerts and recommendations, by hand-computed numbers. F4, F5."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from puntal.insight import policy_advice, policy_goals
from puntal.insight.model import BurnDown, Incentive
from puntal.insight.model_breakdowns import RewardRank
from puntal.insight.model_home import Goal, Progress, Waiting
from puntal.insight.model_kpis import (
    Ending,
    Figure,
    Flow,
    Influence,
    Kpis,
    People,
    Purchases,
    Share,
    Span,
)
from puntal.insight.naming import Names
from puntal.insight.phrases_home import ADVICE, ALERTS, words_of
from puntal.programs.document.program import Program

FIRST, LAST = date(2026, 4, 1), date(2026, 4, 30)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
DOCUMENT = Program.model_validate(
    {
        "puntal": 1,
        "name": "Aurora",
        "timezone": "Europe/Madrid",
        "currency": "EUR",
        "wallets": {"points": {"kind": "points", "label": {"en": "Stars", "es": "Estrellas"}}},
        "rewards": [
            {"id": "five", "kind": "amount_off", "value": "5.00 EUR", "name": {"en": "Five euros", "es": "Cinco euros"}}
        ],
        "campaigns": [{"id": "spring", "label": {"en": "Spring in the shop", "es": "Primavera en la tienda"}}],
    }
)
CALLED, SPANISH = Names(DOCUMENT, "en"), Names(DOCUMENT, "es")


def a_goal(metric: str = "sales", target: int | Fraction = 3000, **more: Any) -> Goal:
    return Goal(
        id=UUID(int=1),
        name="Spring",
        metric=metric,
        wallet=None,
        target=Fraction(target),
        direction=more.pop("direction", "at_least"),
        since=FIRST,
        through=LAST,
        created_at=NOW,
        created_by="staff:1",
        **more,
    )


def far(goal: Goal, figures: list[Figure], today: date, passed: Fraction = Fraction(0)) -> Progress:
    return policy_goals.progress(goal, figures, today=today, passed=passed)


@pytest.mark.parametrize(
    ("value", "today", "passed", "pace", "expected", "forecast"),
    [
        # A hundred a day would do it. Nine days are over by the morning of the tenth: 900, on the line.
        pytest.param(900, date(2026, 4, 10), 0, "on_track", 900, 3000, id="on the line"),
        pytest.param(899, date(2026, 4, 10), 0, "behind", 900, Fraction(8990, 3), id="one below"),
        pytest.param(945, date(2026, 4, 10), 0, "on_track", 900, 3150, id="five percent more"),
        pytest.param(946, date(2026, 4, 10), 0, "ahead", 900, Fraction(9460, 3), id="more than that"),
        pytest.param(950, date(2026, 4, 10), Fraction(1, 2), "on_track", 900, 3000, id="noon: half a day's sales"),
        pytest.param(949, date(2026, 4, 10), Fraction(1, 2), "behind", 900, Fraction(56940, 19), id="noon, one less"),
        pytest.param(99, FIRST, Fraction(9, 10), "begun", 0, None, id="the first day foretells nothing"),
        pytest.param(0, date(2026, 4, 2), 0, "behind", 100, 0, id="a whole day without any"),
        pytest.param(3000, FIRST, Fraction(1, 4), "reached", 0, None, id="all on the first day"),
        pytest.param(3000, date(2026, 4, 20), 0, "reached", 1900, Fraction(90000, 19), id="there"),
        pytest.param(2999, date(2026, 5, 1), 0, "missed", 3000, 2999, id="over, and one is missing"),
        pytest.param(3000, date(2026, 5, 9), 0, "reached", 3000, 3000, id="over, and there"),
        pytest.param(0, date(2026, 3, 31), 0, "not_begun", 0, None, id="the day before"),
    ],
)
def test_the_pace_of_a_sum_is_its_forecast(
    value: int, today: date, passed: Fraction, pace: str, expected: int, forecast: int | None
) -> None:
    found = far(a_goal(), [Figure("sales", "money", value)], today, Fraction(passed))

    told: tuple[Any, ...] = (found.pace, found.expected, found.forecast)
    assert told == (pace, expected, forecast)
    assert found.share == (0 if pace == "not_begun" else value * 100 // 3000)


def test_a_forecast_far_below_the_target_is_not_on_track() -> None:
    """2,140.77 of 500,000.50 in ninety days, as it stood on a screen."""
    goal = structs.replace(a_goal(target=50_000_050), through=date(2026, 6, 29))
    sold = [Figure("sales", "money", 214_077)]

    assert far(goal, sold, FIRST, Fraction(1, 2)).pace == "begun"
    later = far(goal, sold, date(2026, 4, 2))
    assert later.pace == "behind"
    assert later.forecast == 19_266_930


@given(
    value=st.integers(0, 4000),
    before=st.integers(0, 3000),
    metric=st.sampled_from(["sales", "members"]),
    direction=st.sampled_from(["at_least", "at_most"]),
    target=st.integers(0, 4000),
    day=st.integers(0, 29),
    passed=st.fractions(0, 1),
)
def test_on_track_is_a_forecast_that_meets_its_target(
    value: int, before: int, metric: str, direction: str, target: int, day: int, passed: Fraction
) -> None:
    goal = a_goal(metric, target, direction=direction)
    figures = [Figure(metric, "count", value), Figure("new_members", "count", value - before)]

    found = far(goal, figures, date.fromordinal(FIRST.toordinal() + day), passed)

    if found.forecast is None:
        assert found.pace in {"begun", "reached", "missed"}
    elif found.pace not in {"reached", "missed"}:
        assert (found.pace in {"on_track", "ahead"}) == policy_goals.meets(goal, found.forecast)
    else:
        assert (found.pace == "reached") == policy_goals.meets(goal, found.forecast)


def test_members_begin_at_what_they_were() -> None:
    """From 100 to 160 in thirty days: two a day. Half way, 118 are 30 % of the way."""
    figures = [Figure("members", "count", 118), Figure("new_members", "count", 18)]

    found = far(a_goal("members", 160), figures, date(2026, 4, 16))

    told: tuple[Any, ...] = (found.share, found.expected, found.pace, found.days_left)
    assert told == (30, 130, "behind", 14)


@pytest.mark.parametrize(
    ("value", "direction", "pace"),
    [
        (Fraction(36, 100), "at_least", "on_track"),
        (Fraction(34, 100), "at_least", "behind"),
        (Fraction(34, 100), "at_most", "on_track"),
        (Fraction(36, 100), "at_most", "behind"),
        (None, "at_least", "begun"),
    ],
)
def test_a_rate_meets_its_target_or_not(value: Fraction | None, direction: str, pace: str) -> None:
    goal = a_goal("repeat_purchase_rate", Fraction(35, 100), direction=direction)

    found = far(goal, [Figure("repeat_purchase_rate", "rate", value)], date(2026, 4, 10))

    assert (found.pace, found.forecast) == (pace, None)


def test_what_is_not_to_grow_is_missed_once_it_has() -> None:
    goal = a_goal("incentive_cost", 3000, direction="at_most")
    paces = [
        far(goal, [Figure("incentive_cost", "money", spent)], date(2026, 4, 10)).pace for spent in (800, 900, 901, 3001)
    ]

    assert paces == ["ahead", "on_track", "behind", "missed"]


def test_each_alert_is_told_once() -> None:
    today = date(2026, 4, 16)
    found = far(a_goal(), [Figure("sales", "money", 2500)], today)
    assert policy_goals.untold(found, today=today) == [("goal.progressed", "mark:80")]
    told = a_goal(told=("mark:80",))
    assert policy_goals.untold(far(told, [Figure("sales", "money", 2500)], today), today=today) == []

    behind = far(a_goal(), [Figure("sales", "money", 100)], today)
    assert policy_goals.untold(behind, today=today) == [("goal.behind", "behind:2026-04-13")]


@given(value=st.integers(0, 10**6), target=st.integers(1, 10**6), day=st.integers(0, 40))
def test_more_is_never_worse(value: int, target: int, day: int) -> None:
    order = ("missed", "behind", "begun", "on_track", "ahead", "reached")
    today = date.fromordinal(FIRST.toordinal() + day)

    less, more = (far(a_goal(target=target), [Figure("sales", "money", each)], today) for each in (value, value + 1))

    assert order.index(more.pace) >= order.index(less.pace)
    assert more.share >= less.share


def a_month(**more: Any) -> Kpis:
    flow = Flow("points", "points", 0, 1000, 300, 50, 0, 4000, 1000, 200)
    parts: dict[str, Any] = {
        "people": People(100, 10, 60, 50),
        "purchases": Purchases(200, 500_000, 150, 420_000, 180, 90, 80, 60, 30),
        "influence": Influence(40, 120_000, []),
        "flows": [flow],
        "ending": [Ending("points", "points", 100, 2000)],
        "liability": [],
    }
    return Kpis(span=Span(FIRST, LAST, NOW, NOW), **parts | more)


def test_golden_rates() -> None:
    """By hand: 420000 / 150 = 2800 and 80000 / 50 = 1600, so members' orders are 75 % larger."""
    month = a_month(influence=Influence(40, 120_000, [a_cost(30_000)]))
    bought, flow = month.purchases, month.flows[0]

    assert bought.average_order_uplift.value == Fraction(3, 4)
    assert bought.purchase_frequency.value == Fraction(180, 80)
    # (1200 - 300) by 300.
    assert month.influence.return_on_cost.value == 3
    assert flow.redemption_rate_period.value == Fraction(3, 10)
    assert flow.redemption_rate_lifetime.value == Fraction(1, 4)
    assert flow.breakage_rate.value == Fraction(1, 20)
    assert month.people.participation_rate.value == Fraction(1, 2)
    assert Ending("points", "points", 72, 100).rate == Share(72, 100)


def a_cost(cost: int, sales: int = 120_000, id: str = "five") -> Incentive:
    return Incentive("reward", id, None, 40, sales, cost, 0, cost)


def test_nothing_is_recommended_where_nothing_is_the_matter() -> None:
    rewards = [RewardRank("mug", 3, 2, "points", 90, 0, 0)]

    assert policy_advice.advice(a_month(), a_month(), rewards, [a_cost(100)], reminds=True) == []
    assert policy_advice.alerts(a_month(), [], [], Waiting(0, 0, 0, 0)) == []


def test_each_recommendation_says_its_numbers() -> None:
    """F4: "72 % of points expire within 30 days: send a reminder"."""
    bad = a_month(
        people=People(100, 10, 15, 10),
        purchases=Purchases(200, 500_000, 60, 420_000, 180, 40, 80, 30, 30),
        flows=[Flow("points", "points", 0, 1000, 30, 50, 0, 4000, 400, 200)],
        ending=[Ending("points", "points", 720, 1000)],
    )
    rewards = [RewardRank("mug", 3, 2, "points", 90, 0, 0), RewardRank("tea", 0, 0, None, 0, 0, 0)]

    found = policy_advice.advice(bad, a_month(), rewards, [a_cost(900, sales=500)], reminds=False)

    assert {one.kind for one in found} == set(ADVICE)
    said = {one.kind: words_of(one, CALLED, "en", "EUR") for one in found}
    assert said["remind_of_ending"] == (
        "Send a reminder",
        "72 % of what is available in Stars ends within thirty days: 720",
    )
    # 40 of 180 orders, 90 of 180 before.
    assert said["bring_buyers_back"][1].startswith("22 % of orders came from returning customers, 50 %")
    assert said["review_costly_incentive"][1] == "“Five euros” cost €9.00 and led to sales of €5.00"
    assert said["retire_unused_rewards"][1] == "Not taken once in the period: “Tea”"
    assert {one.kind: one.target for one in found}["remind_of_ending"] == "wallets"
    for one in found:
        assert all(words_of(one, SPANISH, "es", "EUR"))


def test_alerts_come_worst_first_and_are_told_in_both_languages() -> None:
    def burn(used: int, on: date | None) -> BurnDown:
        return BurnDown("campaign:spring", "points", FIRST, LAST, used, 1000, 1000 - used, used // 10, FIRST, on)

    late = far(a_goal(), [Figure("sales", "money", 100)], date(2026, 4, 16))
    over = far(a_goal(), [Figure("sales", "money", 100)], date(2026, 5, 1))
    month = a_month(ending=[Ending("points", "points", 500, 1000)])

    found = policy_advice.alerts(
        month, [burn(850, LAST), burn(1000, None), burn(10, None)], [late, over], Waiting(2, 3, 4, 1)
    )

    assert {one.kind for one in found} == set(ALERTS)
    assert [one.severity for one in found] == sorted(
        (one.severity for one in found), key=["critical", "warning", "info"].index
    )
    said = {one.kind: words_of(one, CALLED, "en", "EUR")[1] for one in found}
    assert said["budget_ending"] == (
        "85 % of the points budget of “Spring in the shop” is used; 150 left; at this pace it ends on Apr 30, 2026"
    )
    assert all(words_of(one, SPANISH, "es", "EUR")[1] for one in found)
