"""Which discounts of a cart go together (B6), and that the best combination is the best."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from puntal.rewards.model_carts import (
    EXCLUDED,
    NOT_OFFERED,
    NOT_WORTH_IT,
    NOTHING_LEFT,
    TOO_FEW_POINTS,
    TOO_MANY,
    Applied,
    Candidate,
    Combination,
    Cost,
    Discount,
    Group,
    Parts,
    Purse,
    Stacking,
)
from puntal.rewards.policy.discounts import take
from puntal.rewards.policy.stacking import combine
from puntal.rewards.policy.standing import together

NOBODY = Purse({}, {})
CENT = Fraction(1)


def forever() -> bool:
    return True


def off(id: str, percent: int, *parts: int, group: str = "", cost: int = 0, chosen: bool = False) -> Candidate:
    return Candidate(
        id,
        Discount("percent", parts or (0,), share=Fraction(percent, 100)),
        group=group,
        cost=Cost(0, cost, CENT) if cost else None,
        chosen=chosen,
    )


def less(id: str, value: int, *parts: int, group: str = "", chosen: bool = False) -> Candidate:
    return Candidate(id, Discount("amount", parts or (0,), value=value), group=group, chosen=chosen)


def cart(*amounts: int) -> Parts:
    return Parts(amounts, (1,) * len(amounts))


def names(found: Combination) -> list[str]:
    return [one.id for one in found.used]


def why(found: Combination) -> dict[str, str]:
    return {one.id: one.code for one in found.refused}


def test_of_fifteen_and_twenty_percent_the_better_one_counts() -> None:
    """B6: both codes on one cart: only the allowed one, with a reason for the other."""
    both = [off("fifteen", 15, chosen=True), off("twenty", 20, chosen=True)]

    found = combine(both, cart(10_000), Stacking(), NOBODY, forever)

    assert names(found) == ["twenty"]
    assert found.total == 2000
    assert [(one.id, one.code, one.by) for one in found.refused] == [("fifteen", EXCLUDED, "twenty")]
    assert found.exact


def test_a_hierarchy_decides_where_the_program_has_one() -> None:
    """B6: the merchant's order of groups, not the size of the discount."""
    both = [off("fifteen", 15, group="loyalty"), off("twenty", 20, group="seasonal")]
    ranked = Stacking(order=("loyalty", "seasonal"), conflict="priority")

    assert names(combine(both, cart(10_000), ranked, NOBODY, forever)) == ["fifteen"]
    assert names(combine(both[::-1], cart(10_000), ranked, NOBODY, forever)) == ["fifteen"]
    assert names(combine(both[::-1], cart(10_000), Stacking(conflict="first"), NOBODY, forever)) == ["twenty"]
    assert names(combine(both, cart(10_000), Stacking(conflict="first"), NOBODY, forever)) == ["fifteen"]


def test_points_are_only_spent_where_they_gain() -> None:
    """X48: free 15 % or 20 % for 500 points on a cart of 30.00: 15 %, unless she picks the other."""
    free, paid = off("fifteen", 15), off("twenty", 20, cost=500)
    purse = Purse({0: 900}, {0: 500})

    found = combine([free, paid], cart(3000), Stacking(), purse, forever)

    assert names(found) == ["fifteen"]
    assert (found.total, found.gain) == (450, 450)
    assert why(found) == {"twenty": EXCLUDED}

    picked = combine([free, off("twenty", 20, cost=500, chosen=True)], cart(3000), Stacking(), purse, forever)

    assert picked.used == (Applied("twenty", (600,), 600, 0, 500, 500),)


def test_points_not_offered_are_not_spent() -> None:
    paid = off("half", 50, cost=500)

    assert why(combine([paid], cart(3000), Stacking(), Purse({0: 900}, {}), forever)) == {"half": NOT_OFFERED}
    assert why(combine([paid], cart(3000), Stacking(), Purse({0: 400}, {0: 400}), forever)) == {"half": TOO_FEW_POINTS}
    assert names(combine([paid], cart(3000), Stacking(), Purse({0: 900}, {0: 500}), forever)) == ["half"]
    assert why(combine([paid], cart(900), Stacking(), Purse({0: 900}, {0: 500}), forever)) == {"half": NOT_WORTH_IT}


def test_what_she_picked_costs_beside_what_she_offers() -> None:
    stacking = Stacking({"a": Group(joint=frozenset({"b"}))})
    offers = [off("auto", 50, group="a", cost=500), off("mine", 50, group="b", cost=500, chosen=True)]

    assert names(combine(offers, cart(9000), stacking, Purse({0: 900}, {0: 500}), forever)) == ["mine"]
    assert names(combine(offers, cart(9000), stacking, Purse({0: 1000}, {0: 500}), forever)) == ["auto", "mine"]


def test_groups_go_together_where_one_names_the_other() -> None:
    stacking = Stacking(
        {"seasonal": Group(exclusive=True), "loyalty": Group(joint=frozenset({"gift", "seasonal"}))},
        order=("seasonal", "loyalty", "gift"),
    )

    assert together(stacking, "loyalty", "gift")
    assert together(stacking, "gift", "loyalty")
    assert not together(stacking, "seasonal", "loyalty")
    assert not together(stacking, "seasonal", "gift")
    assert not together(stacking, "gift", "")

    found = combine(
        [less("gift", 200, group="gift"), less("ten", 1000, group="seasonal"), off("five", 5, group="loyalty")],
        cart(10_000),
        stacking,
        NOBODY,
        forever,
    )
    assert names(found) == ["ten"]
    assert why(found) == {"gift": EXCLUDED, "five": EXCLUDED}


def test_discounts_are_taken_in_the_order_of_groups() -> None:
    groups = {"amount": Group(joint=frozenset({"percent"}))}
    both = [off("tenth", 10, group="percent"), less("five", 500, group="amount")]

    first = combine(both, cart(5000), Stacking(groups, ("amount", "percent")), NOBODY, forever)
    last = combine(both, cart(5000), Stacking(groups, ("percent", "amount")), NOBODY, forever)

    assert [(one.id, one.total) for one in first.used] == [("five", 500), ("tenth", 450)]
    assert [(one.id, one.total) for one in last.used] == [("tenth", 500), ("five", 500)]


def test_a_group_may_allow_several_and_the_order_a_limit() -> None:
    three = [less(id, 100, group="coupons", chosen=True) for id in "abc"]

    assert names(combine(three, cart(900), Stacking({"coupons": Group(limit=2)}), NOBODY, forever)) == ["a", "b"]
    found = combine(three, cart(900), Stacking({"coupons": Group(limit=9)}, limit=2), NOBODY, forever)
    assert why(found) == {"c": TOO_MANY}


def test_different_lines_may_have_discounts_of_their_own() -> None:
    apart = [off("left", 10, 0), off("right", 20, 1), off("both", 12, 0, 1)]

    assert names(combine(apart, cart(1000, 1000), Stacking(), NOBODY, forever)) == ["both"]
    found = combine(apart, cart(1000, 1000), Stacking(by_line=True), NOBODY, forever)
    assert names(found) == ["left", "right"]
    assert [one.parts for one in found.used] == [(100, 0), (0, 200)]


def test_no_discount_is_more_than_the_cart_holds() -> None:
    stacking = Stacking({"a": Group(joint=frozenset({"b"}))}, order=("a", "b"))

    found = combine(
        [less("fifty", 5000, group="a", chosen=True), less("ten", 1000, group="b", chosen=True)],
        cart(3000),
        stacking,
        NOBODY,
        forever,
    )

    assert found.left == (0,)
    assert [(one.id, one.total) for one in found.used] == [("fifty", 3000)]
    assert why(found) == {"ten": NOTHING_LEFT}


def test_points_as_payment_go_beside_every_discount() -> None:
    """B8: she offers 1,500 points; the cart after its discount has room for 1,200."""
    pay = Candidate(
        "pay",
        Discount("portions", (0,), share=Fraction(100), steps=15, least_steps=5),
        cost=Cost(0, 100, CENT),
        chosen=True,
        payment=True,
    )

    found = combine([pay, less("ten", 1000)], cart(2250), Stacking(), Purse({0: 1500}, {}), forever)

    assert [(one.id, one.total, one.units) for one in found.used] == [("ten", 1000, 0), ("pay", 1200, 1200)]
    assert found.left == (50,)


def test_without_time_something_good_is_found() -> None:
    group = Stacking({"a": Group(limit=20)}, limit=20)
    many = [off(f"r{n}", 3 + n, group="a") for n in range(18)]

    found = combine(many, cart(100_000), group, NOBODY, lambda: False)

    assert not found.exact
    assert found.total > 80_000


def test_of_two_hundred_that_exclude_each_other_the_best_is_sure() -> None:
    many = [off(f"r{n}", 1 + n % 40) for n in range(200)]
    asked = []

    found = combine(many, cart(10_000, 500), Stacking(), NOBODY, lambda: not asked.append(1))  # type: ignore[func-returns-value]

    assert found.exact
    assert names(found) == ["r39"]
    assert len(asked) < 20


# -- against trying everything


def allowed(chosen: Sequence[Candidate], stacking: Stacking) -> bool:
    """Say it as the guide does, without the search's shortcuts."""
    counted = [one for one in chosen if not one.payment]
    if len(counted) > stacking.limit:
        return False
    for one, other in combinations(counted, 2):
        meet = not stacking.by_line or set(one.discount.covers) & set(other.discount.covers)
        if meet and one.group != other.group and not together(stacking, one.group, other.group):
            return False
    for group in {one.group for one in counted}:
        same = [one for one in counted if one.group == group]
        limit = stacking.groups.get(group, Group()).limit
        if not stacking.by_line and len(same) > limit:
            return False
        parts = {part for one in same for part in one.discount.covers}
        if any(sum(part in one.discount.covers for one in same) > limit for part in parts):
            return False
    return True


def played(chosen: Sequence[Candidate], whole: Parts, purse: Purse) -> tuple[int, int] | None:
    """Return what a combination gains and spends on what was picked; None where points do not suffice."""
    left, gain, picked, other = list(whole.amounts), 0, 0, 0
    for one in chosen:
        parts, count = take(one.discount, whole, left)
        if count and one.cost is not None:
            if one.chosen:
                picked += one.cost.units
            else:
                other += one.cost.units
            gain -= one.cost.units
        if picked + other > purse.has.get(0, 0) or other > purse.offers.get(0, 0):
            return None
        left = [had - part for had, part in zip(left, parts, strict=True)]
        gain += sum(parts)
    return gain, picked


def best_of_all(candidates: Sequence[Candidate], whole: Parts, stacking: Stacking, purse: Purse) -> int:
    order = stacking.order
    ranked = sorted(candidates, key=lambda one: order.index(one.group) if one.group in order else len(order))
    alone = [one for one in ranked if take(one.discount, whole, whole.amounts)[1] and played([one], whole, purse)]
    while True:
        best: tuple[int, list[Candidate]] | None = None
        for size in range(len(alone) + 1):
            for some in combinations(alone, size):
                found = played(some, whole, purse) if allowed(some, stacking) else None
                if found is None or (best is not None and found[0] <= best[0]):
                    continue
                picked = [one for one in some if one.chosen]
                if not any(
                    one.chosen
                    and one not in some
                    and allowed([*picked, one], stacking)
                    and found[1] + (one.cost.units if one.cost else 0) <= purse.has.get(0, 0)
                    for one in alone
                ):
                    best = found[0], list(some)
        assert best is not None
        left, idle = list(whole.amounts), []
        for one in best[1]:
            parts, count = take(one.discount, whole, left)
            left = [had - part for had, part in zip(left, parts, strict=True)]
            if not count:
                idle.append(one)
        if not idle:
            return best[0]
        alone = [one for one in alone if one not in idle]


GROUPS = ("", "a", "b", "c")
discounts = st.builds(
    Discount,
    st.sampled_from(("amount", "percent", "product")),
    st.sets(st.integers(0, 3), min_size=1).map(lambda at: tuple(sorted(at))),
    value=st.integers(0, 3000),
    share=st.fractions(0, 1, max_denominator=20),
    most=st.none() | st.integers(1, 2000),
    initial=st.booleans(),
    items=st.integers(1, 3),
)
groups = st.dictionaries(
    st.sampled_from(GROUPS[1:]),
    st.builds(Group, st.booleans(), st.frozensets(st.sampled_from(GROUPS[1:])), st.integers(1, 3)),
)
stackings = st.builds(
    Stacking,
    groups,
    st.permutations(GROUPS[1:]).map(tuple),
    limit=st.integers(1, 5),
    by_line=st.booleans(),
)


@st.composite
def settings_of(draw: st.DrawFn, most: int) -> tuple[list[Candidate], Parts, Stacking, Purse]:
    candidates = [
        Candidate(
            f"r{n}",
            draw(discounts),
            draw(st.sampled_from(GROUPS)),
            cost=draw(st.none() | st.builds(Cost, st.just(0), st.integers(1, 900), st.just(CENT))),
            chosen=draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, most)))
    ]
    amounts = draw(st.lists(st.integers(0, 4000), min_size=4, max_size=4))
    whole = Parts(amounts, draw(st.lists(st.integers(1, 3), min_size=4, max_size=4)))
    has = draw(st.integers(0, 2000))
    return candidates, whole, draw(stackings), Purse({0: has}, {0: draw(st.integers(0, 1500))})


def check(case: tuple[list[Candidate], Parts, Stacking, Purse]) -> None:
    candidates, whole, stacking, purse = case

    found = combine(candidates, whole, stacking, purse, lambda: False)

    by_id = {one.id: one for one in candidates}
    assert found.exact
    assert found.gain == best_of_all(candidates, whole, stacking, purse)
    assert allowed([by_id[one.id] for one in found.used], stacking)
    assert {one.id for one in found.used} | {one.id for one in found.refused} == set(by_id)
    assert [sum(parts) for parts in zip(found.left, *(one.parts for one in found.used), strict=True)] == list(
        whole.amounts
    )


@settings(max_examples=150, deadline=None)
@given(settings_of(6))
def test_the_best_is_the_best_of_all(case: tuple[list[Candidate], Parts, Stacking, Purse]) -> None:
    """Exhaustive search finds nothing better, however little time there is."""
    check(case)


@settings(max_examples=8, deadline=None)
@given(settings_of(12).filter(lambda case: len(case[0]) >= 11))
def test_the_best_is_the_best_of_all_for_twelve(case: tuple[list[Candidate], Parts, Stacking, Purse]) -> None:
    check(case)
