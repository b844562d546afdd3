from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import expand
from puntal.rules.evaluator import ConditionSet, compile_condition, compile_line_filter
from puntal.rules.model import CustomField, Type
from puntal.rules.sentence import explain, sentence

CATALOGUE = Catalogue.build(
    currency="EUR",
    custom={"member.shop": CustomField(type=Type.TEXT), "member.limit": CustomField(type=Type.NUMBER)},
    ladders={"club": ["base", "silver", "gold"]},
)
BASKET: dict[str, Any] = {
    "order.net": 1999,
    "member.orders": 3,
    "lines": [{"category": "dairy", "net": 999}, {"category": "24h", "net": 1000}, {"net": 0, "tags": ["1d"]}],
}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"member.limit": {"under": 5}}, False),
        ({"member.limit": {"at_most": 0}}, False),
        ({"not": {"member.limit": {"under": 5}}}, True),
        ({"member.shop": {"is_not": "Madrid"}}, True),
        ({"member.shop": {"not_in": ["Madrid"]}}, True),
        ({"member.shop": {"exists": False}}, True),
        ({"member.shop": {"contains": "a"}}, False),
        ({"member.segments": {"contains": "a"}}, False),
    ],
)
def test_what_is_unknown_matches_nothing_but_its_absence(written: Any, expected: bool) -> None:  # noqa: FBT001
    assert compile_condition(expand(written, CATALOGUE)).evaluate({}) is expected


@pytest.mark.parametrize("operator", ["is", "contains", "starts_with", "ends_with"])
@pytest.mark.parametrize(("a", "b"), [("1d", "24h"), ("2026-01-05T00:00:00Z", "2026-01-05T01:00:00+01:00")])
def test_texts_that_look_like_times_are_texts(operator: str, a: str, b: str) -> None:
    asked = compile_condition(expand({"member.shop": {operator: a}}, CATALOGUE))

    assert asked.evaluate({"member.shop": a})
    assert not asked.evaluate({"member.shop": b})


def test_a_line_filter_answers_per_line_with_the_conditions() -> None:
    dairy = compile_line_filter(expand({"line.category": {"in": ["dairy", "1d"]}}, CATALOGUE, line=True))
    big = compile_line_filter(expand({"line.net": {"at_least": "9.99 EUR"}, "member.orders": 3}, CATALOGUE, line=True))
    some = compile_condition(expand({"some_line": {"line.tags": {"contains": "1d"}, "member.orders": 3}}, CATALOGUE))

    answers = ConditionSet([some], [dairy, big]).evaluate(BASKET)

    assert answers == ([True], [(True, False, False), (True, True, False)])
    assert ConditionSet([some], [dairy]).evaluate({"lines": []}) == ([False], [()])
    assert ConditionSet().evaluate(BASKET) == ([], [])


def test_compiled_conditions_serve_every_thread() -> None:
    asked = compile_condition(expand({"member.orders": {"over": 5}}, CATALOGUE))
    wrong: list[int] = []

    def ask(parity: int) -> None:
        asked_for = [4 + parity, 5 + parity] * 1000
        wrong.extend(n for n in asked_for if asked.evaluate({"member.orders": n}) is not (n > 5))

    threads = [threading.Thread(target=ask, args=(parity,)) for parity in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


def test_ten_rules_of_a_real_event_take_microseconds() -> None:
    """The floor is far below what is measured, so that a busy machine does not fail it."""
    written = {
        "member.country": {"in": ["DE", "FR"]},
        "order.net": {"over": "10 EUR"},
        "order.channel": "online",
        "member.orders": {"at_least": 1},
    }
    rules = ConditionSet([compile_condition(expand(written, CATALOGUE)) for _ in range(10)])
    facts: dict[str, Any] = {f"member.fact_{n}": n for n in range(15)} | {
        "member.country": "DE",
        "member.orders": 3,
        "order.net": 1999,
        "order.channel": "online",
        "lines": [{"category": "dairy", "product": "p1", "quantity": 2, "net": 400, "tags": ["a"]} for _ in range(5)],
    }
    rounds, best = 500, 0.0
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(rounds):
            rules.evaluate(facts)
        best = max(best, 10 * rounds / (time.perf_counter() - began))

    assert all(rules.evaluate(facts).conditions)
    assert best > 100_000


def test_a_condition_reads_as_a_sentence() -> None:
    logic = expand(
        {
            "member.spend.last_calendar_year": {"over": "1000.00 EUR"},
            "member.country": "DE",
            "any": [{"member.tier": {"in": ["silver", "gold"]}}, {"not": {"member.shop": "Sol"}}],
        },
        CATALOGUE,
    )

    assert sentence(logic, CATALOGUE, "en") == (
        "the spend in the last calendar year is more than €1,000.00 and the country is Germany"
        " and (the tier is silver or gold or “shop” is not Sol)"
    )
    assert sentence(logic, CATALOGUE, "es") == (
        "el gasto en el último año natural es más de 1.000,00\N{NO-BREAK SPACE}€ y el país es Alemania"
        " y (el nivel es silver o gold o «shop» no es Sol)"
    )


@pytest.mark.parametrize(
    ("condition", "en", "es"),
    [
        ({"member.orders": 0}, "there are no orders", "no hay pedidos"),
        ({"member.orders": 1}, "there is 1 order", "hay 1 pedido"),
        ({"member.orders": {"at_least": 2}}, "there are at least 2 orders", "hay al menos 2 pedidos"),
        ({"member.orders": {"between": [2, 5]}}, "the orders are between 2 and 5", "los pedidos están entre 2 y 5"),
        (
            {"member.days_since_last_order": {"at_least": 35}},
            "it has been at least 35 days since the last order",
            "han pasado al menos 35 días desde el último pedido",
        ),
        ({"member.email_verified": False}, "the e-mail is not verified", "el correo no está verificado"),
        ({"not": {"member.email_verified": True}}, "the e-mail is not verified", "el correo no está verificado"),
        ({"not": {"member.tier": {"in": ["silver"]}}}, "the tier is not silver", "el nivel no es silver"),
        ({"member.birthday_month": 5}, "the birthday month is May", "el mes de cumpleaños es mayo"),
        ({"order.weekday": 7}, "the weekday of the order is Sunday", "el día de la semana del pedido es domingo"),
        ({"order.tags": {"contains": "gift"}}, "the order tags include gift", "las etiquetas del pedido incluyen gift"),
        ({"member.age": {"exists": False}}, "the age is not known", "la edad no se conoce"),
        ({"member.country": {"in": ["ES", "OM"]}}, "the country is Spain or Oman", "el país es España u Omán"),
        (
            {"not": {"member.age": {"at_least": 18}}},
            "not (the age is at least 18)",
            "no (la edad es al menos 18)",
        ),
    ],
)
def test_each_kind_of_question_has_its_own_words(condition: dict[str, object], en: str, es: str) -> None:
    logic = expand(condition, CATALOGUE)

    assert sentence(logic, CATALOGUE, "en") == en
    assert sentence(logic, CATALOGUE, "es") == es


def test_an_explanation_shows_what_was_found() -> None:
    logic = expand({"order.net": {"over": "20 EUR"}, "member.orders": {"at_least": 1}, "member.shop": "Sol"}, CATALOGUE)

    assert explain(logic, BASKET, CATALOGUE, "en") == [
        ("the order net amount is more than €20.00", "€19.99", False),
        ("there is at least 1 order", "3", True),
        ("“shop” is Sol", None, False),
    ]
