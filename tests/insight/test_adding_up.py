"""Any period can be read from the sums of days, different people too. F1, F3."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from puntal.insight.policy_rollups import NEVER, Subject, Sums, sums_of, together, totals_of

FIRST = date(2026, 1, 1).toordinal()
days = st.integers(FIRST, FIRST + 40)
subjects = st.builds(
    Subject,
    joined=st.none() | days,
    member=st.booleans(),
    orders=st.lists(st.tuples(days, st.integers(-5, 100), st.integers(0, 1)), max_size=8).map(
        lambda found: sorted(found, key=lambda one: one[0])
    ),
    parts=st.sets(days, max_size=8).map(sorted),
)


def test_anna_bought_on_three_days_and_is_one_buyer_of_any_period_that_holds_one_of_them() -> None:
    anna = Subject(orders=[(FIRST, 10, 1), (FIRST + 4, 20, 1), (FIRST + 4, 5, 1), (FIRST + 9, 40, 1)])

    sums = sums_of(anna, known=True)

    assert sums.gaps["buyers", FIRST + 4, FIRST] == 1
    assert sums.gaps["buyers", FIRST + 4, FIRST + 4] == 1
    assert sums.gaps["buyers", FIRST, NEVER] == 1
    whole = totals_of(sums, date.fromordinal(FIRST), date.fromordinal(FIRST + 9))
    later = totals_of(sums, date.fromordinal(FIRST + 1), date.fromordinal(FIRST + 3))
    assert (whole.distinct["buyers"], whole.first["buyers"], whole.of("orders")) == (1, 1, (4, 75))
    assert later.distinct == {}


@given(people=st.lists(subjects, max_size=6), since=days, length=st.integers(0, 40))
def test_the_sums_of_a_period_are_what_loops_over_everybody_count(
    people: list[Subject], since: int, length: int
) -> None:
    through = since + length
    sums = Sums()
    for one in people:
        sums.add(sums_of(one, known=True))

    found = totals_of(sums, date.fromordinal(since), date.fromordinal(through))

    inside = [
        [(day, value) for day, value, purchase in one.orders if purchase and since <= day <= through] for one in people
    ]
    assert found.distinct.get("buyers", 0) == sum(bool(mine) for mine in inside)
    twice = found.distinct.get("buyers_2", 0) - found.distinct.get("buyers", 0)
    assert twice == sum(len(mine) > 1 for mine in inside)
    assert found.of("orders") == (sum(map(len, inside)), sum(max(value, 0) for mine in inside for _, value in mine))
    new = sum(
        bool(mine) and not any(purchase and day < since for day, _, purchase in one.orders)
        for one, mine in zip(people, inside, strict=True)
    )
    assert found.first.get("buyers", 0) == new
    members = [one for one in people if one.member and one.joined is not None]
    assert found.members == sum(one.joined <= through for one in members if one.joined is not None)
    took_part = [
        any(since <= day <= through and day >= one.joined for day in one.parts)
        for one in members
        if one.joined is not None
    ]
    assert found.distinct.get("part", 0) == sum(took_part)


@given(one=subjects, other=subjects, since=days, length=st.integers(0, 40))
def test_totals_are_added_as_sums_are_and_what_is_taken_out_is_gone(
    one: Subject, other: Subject, since: int, length: int
) -> None:
    period = (date.fromordinal(since), date.fromordinal(since + length))
    mine, theirs, both = sums_of(one, known=True), sums_of(other, known=False), Sums()
    both.add(mine)
    both.add(theirs)

    apart = together(totals_of(mine, *period), totals_of(theirs, *period))

    assert _filled(apart.days) == _filled(totals_of(both, *period).days)
    both.add(theirs, times=-1)
    both.add(mine, times=-1)
    assert not any((*both.counts.values(), *both.amounts.values(), *both.gaps.values()))


def _filled(found: dict[tuple[str, str], tuple[int, int]]) -> dict[tuple[str, str], tuple[int, int]]:
    return {name: value for name, value in found.items() if any(value)}
