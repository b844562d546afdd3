"""Room under limits and budgets goes back as awards do."""

from __future__ import annotations

from datetime import date

from playing import Player, a_program, lines

from puntal.kit.calendar import BEGINNING

MARCH = date(2026, 3, 1)


def bonus(**under: object) -> dict[str, object]:
    return {"id": "purchases", "on": "purchase", "award": {"wallet": "points", "points": 1, "per": "1.00 EUR"}, **under}


def used(anna: Player) -> tuple[int, int, int]:
    counter = anna.running.used["rule:purchases"][MARCH]
    return counter.times, counter.points, counter.value


def test_a_limit_of_value_gets_its_share_back_and_gives_it_again() -> None:
    """Of 100.00, 30.00 go back: 70.00 are used, still one time; what is withdrawn is used again."""
    anna = Player(a_program(earning=[bonus(limit={"value": "150.00 EUR", "times": 3, "per": "month"})]))
    anna.buy(*lines(10000), id="O1")
    assert used(anna) == (1, 100, 10000)

    anna.refund("O1", 3000, id="R1")
    assert used(anna) == (1, 70, 7000)

    anna.buy(*lines(10000), id="O2")
    assert (anna.balance(), used(anna)) == (150, (2, 150, 15000))

    anna.withdraw("O1", "R1")
    assert used(anna) == (2, 180, 18000)

    anna.refund("O1")
    anna.refund("O2")
    assert used(anna) == (0, 0, 0)


def test_a_budget_of_value_gets_back_parts_that_add_up() -> None:
    """However it is cut, the parts return what was taken, and never more on the way."""
    budget = {"order_value": "1000.00 EUR", "times": 10, "members": 5}
    anna = Player(a_program(earning=[bonus(budget=budget)]))
    anna.buy(*lines(1999, 999), id="O1")
    key = ("rule:purchases", "value", BEGINNING)
    assert anna.budgets[key] == 2998

    seen = [2998]
    for amount in (700, 700, 700):
        anna.refund("O1", amount)
        seen.append(anna.budgets[key])
        assert anna.budgets["rule:purchases", "times", BEGINNING] == 1
        assert anna.budgets["rule:purchases", "members", BEGINNING] == 1
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] >= 898

    anna.refund("O1")
    assert set(anna.budgets.values()) == {0}
