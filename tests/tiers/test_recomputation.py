"""What we say about members equals what the whole history says, recomputed another way."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from ladders import Slow, a_ladder, noon

from puntal.tiers import policy
from puntal.tiers.model import Climb, Standing

WINDOWS: list[Any] = ["lifetime", {"rolling": "12 months"}, {"rolling": "3 months"}, "calendar_year", "membership_year"]
KEEPS: list[Any] = ["end_of_period", "end_of_next_period", {"months": 6}, "forever"]
CHOICES = [
    (window, keep)
    for window, keep in product(WINDOWS, KEEPS)
    if not (isinstance(keep, dict) and window in ("calendar_year", "membership_year"))
]
HISTORIES = 10_000 // len(CHOICES) + 1


def _a_ladder(dice: random.Random, window: Any, keep: Any) -> Climb:
    downgrade: dict[str, Any] = {"to": dice.choice(["one_below", "measure"])}
    if dice.random() < 0.6:
        downgrade["grace"] = dice.choice(["30 days", "2 months", "1 day"])
    return a_ladder(window=window, keep=keep, downgrade=downgrade)


def _check(climb: Climb, standing: Standing, slow: Slow) -> None:
    today, enrolled = slow.today, slow.enrolled
    outlook = policy.progress(climb, standing, today=today, enrolled=enrolled)
    assert outlook.tier == climb.tiers[slow.rank]
    assert outlook.measure == slow.measure(today)
    if slow.rank + 1 == len(climb.tiers):
        assert outlook.missing_to_upgrade is None
    else:
        missing = outlook.missing_to_upgrade
        assert missing is not None
        enough, short = slow.on(today), slow.on(today)
        enough.earn(missing)
        short.earn(missing - 1)
        assert enough.rank > slow.rank >= short.rank
    far = today + timedelta(days=365 * 3)
    lost = slow.lost(far) if slow.rank else None
    assert outlook.kept_until == lost
    years = climb.window in {"calendar_year", "membership_year"}
    assert outlook.forecast_if_nothing_more == slow.settled(slow.year(today)[1] if years else lost or today)
    if slow.rank and lost is not None and outlook.missing_to_keep > 0:
        rolling = climb.window == "rolling" and climb.keep == "end_of_period"
        # What is earned today may roll off on the very day the tier ends; tomorrow's does not.
        day = today + timedelta(days=1) if rolling and slow.measure_lasts(today) <= (standing.until or today) else today
        enough, short = slow.on(day), slow.on(day)
        enough.earn(outlook.missing_to_keep)
        short.earn(outlook.missing_to_keep - 1)
        kept, not_kept = enough.lost(far, slow.rank), short.lost(far, slow.rank)
        assert not_kept is not None
        if rolling or climb.keep != "end_of_period":
            assert kept is None or kept > lost
        else:
            # The line of a running period reached again ends no later than the period.
            assert kept is None or kept >= lost
    if years:
        first, end = slow.year(today)
        elapsed = (today - max(first, enrolled)).days + 1
        extra = slow.measure(today) * (end - today - timedelta(days=1)).days // elapsed
        paced = slow.on(end - timedelta(days=1))
        if extra:
            paced.earn(extra)
        assert outlook.forecast_at_pace == paced.settled(end)


@pytest.mark.parametrize(("window", "keep"), CHOICES, ids=str)
def test_progress_equals_a_recomputation_from_the_whole_history(window: Any, keep: Any) -> None:
    """B5: to-next, to-keep, kept until and both forecasts on 10,000 histories, and B4: the tier on every day."""
    dice = random.Random(f"{window} {keep}")
    for _ in range(HISTORIES):
        climb = _a_ladder(dice, window, keep)
        enrolled = dice.choice([date(2023, 3, 1), date(2024, 2, 29), date(2023, 12, 31), date(2024, 1, 1)])
        slow, standing = Slow(climb, enrolled), policy.start(climb, enrolled)
        slow.look()
        for _ in range(dice.randrange(1, 9)):
            day = slow.today + timedelta(days=int(dice.expovariate(1 / 70)))
            while slow.today < day:
                slow.night()
            standing, _, _ = policy.nightly(climb, standing, day=day, enrolled=enrolled)
            assert standing.tier == climb.tiers[slow.rank]
            amount = dice.choice([10, 150, 290, 300, 500, 1000])
            slow.earn(amount)
            standing = policy.count(climb, standing, amount, day, enrolled=enrolled)
            standing, change = policy.climb_up(climb, standing, at=noon(day), today=day, enrolled=enrolled)
            assert standing.tier == climb.tiers[slow.rank]
            assert change is None or change.to_tier == standing.tier
        rest = slow.today + timedelta(days=dice.randrange(500))
        while slow.today < rest:
            slow.night()
        standing, _, _ = policy.nightly(climb, standing, day=rest, enrolled=enrolled)
        _check(climb, standing, slow)
