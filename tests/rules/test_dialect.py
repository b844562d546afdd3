from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import contract, expand, faults_of, to_builder
from puntal.rules.errors import FaultyRule
from puntal.rules.model import CustomField, Scope, Type, WalletField
from puntal.rules.sql import compile_sql
from puntal.rules.values import fact

CATALOGUE = Catalogue.build(
    currency="EUR",
    custom={
        "member.shop": CustomField(type=Type.TEXT),
        "member.weight": CustomField(type=Type.NUMBER, scale=2),
        "member.vegan": CustomField(type=Type.FLAG),
        "member.moved_on": CustomField(type=Type.DATE),
    },
    events={
        "review.created": {"photos": CustomField(type=Type.NUMBER), "rating": CustomField(type=Type.NUMBER)},
        "survey.answered": {"rating": CustomField(type=Type.TEXT)},
    },
    wallets={"points": WalletField(ordinal=0)},
    ladders={"club": ["base", "silver", "gold"]},
)


@pytest.mark.parametrize(
    ("written", "logic"),
    [
        ({"member.country": "DE"}, {"===": [{"var": "member.country"}, "DE"]}),
        (
            {"member.spend.last_calendar_year": {"over": "1000.00 EUR"}},
            {">": [{"var": "member.spend.last_calendar_year"}, 100000]},
        ),
        ({"member.spend": {"between": ["1 EUR", "2.5 EUR"]}}, {"<=": [100, {"var": "member.spend"}, 250]}),
        ({"member.weight": {"at_most": Decimal("4.5")}}, {"<=": [{"var": "member.weight"}, 450]}),
        ({"member.tier": ["silver", "gold"]}, {"in": [{"var": "member.tier"}, ["silver", "gold"]]}),
        ({"member.tier": {"not_in": ["base"]}}, {"!": [{"in": [{"var": "member.tier"}, ["base"]]}]}),
        ({"member.segments": {"contains": "vip"}}, {"in": ["vip", {"var": "member.segments"}]}),
        ({"member.shop": {"exists": False}}, {"===": [{"var": "member.shop"}, None]}),
        (
            {"order.net": {"over": {"field": "member.average_order"}}},
            {">": [{"var": "order.net"}, {"var": "member.average_order"}]},
        ),
        (
            {"member.orders": {"over": 1, "under": 5}, "member.vegan": True},
            {
                "and": [
                    {"and": [{">": [{"var": "member.orders"}, 1]}, {"<": [{"var": "member.orders"}, 5]}]},
                    {"===": [{"var": "member.vegan"}, True]},
                ]
            },
        ),
        (
            {"any": [{"member.country": "DE"}, {"not": {"member.country": "ES"}}]},
            {
                "or": [
                    {"===": [{"var": "member.country"}, "DE"]},
                    {"!": [{"===": [{"var": "member.country"}, "ES"]}]},
                ]
            },
        ),
        (
            {"some_line": {"line.category": "dairy"}},
            {"some": [{"var": "lines"}, {"===": [{"var": "line.category"}, "dairy"]}]},
        ),
        ({"event.photos": {"at_least": 1}}, {">=": [{"var": "event.photos"}, 1]}),
    ],
)
def test_the_short_form_becomes_json_logic_and_back(written: Any, logic: Any) -> None:
    assert expand(written, CATALOGUE) == logic
    assert expand(contract(logic, CATALOGUE), CATALOGUE) == logic
    assert expand(to_builder(logic, CATALOGUE), CATALOGUE) == logic


def test_the_builder_sees_money_as_people_write_it() -> None:
    logic = expand({"member.spend": {"in": ["1 EUR", "2.50 EUR"]}}, CATALOGUE)

    assert to_builder(logic, CATALOGUE) == {"in": [{"var": "member.spend"}, ["1.00 EUR", "2.50 EUR"]]}
    assert contract(logic, CATALOGUE) == {"member.spend": {"in": ["1.00 EUR", "2.50 EUR"]}}


@pytest.mark.parametrize(
    ("written", "path", "code", "suggestion"),
    [
        ({"member.contry": "DE"}, "/member.contry", "unknown_field", "member.country"),
        ({"country": "DE"}, "/country", "unknown_operator", "member.country"),
        ({"member.spend.last_5000_days": "1 EUR"}, "/member.spend.last_5000_days", "unknown_field", None),
        ({"member.spend": {"over": 1000}}, "/member.spend/over", "bare_money", "1000.00 EUR"),
        ({"member.spend": {"over": Decimal("9.5")}}, "/member.spend/over", "bare_money", "9.50 EUR"),
        ({"member.spend": {"over": "10 USD"}}, "/member.spend/over", "currency", "10 EUR"),
        ({"member.spend": {"over": "10%"}}, "/member.spend/over", "wrong_type", "100.00 EUR"),
        ({"member.spend": {"over": "1.001 EUR"}}, "/member.spend/over", "too_precise", None),
        ({"member.orders": {"over": "3"}}, "/member.orders/over", "wrong_type", "3"),
        ({"member.orders": True}, "/member.orders", "wrong_type", None),
        ({"member.orders": Decimal("1.5")}, "/member.orders", "too_precise", None),
        ({"member.orders": 2**70}, "/member.orders", "too_large", None),
        ({"member.orders": {"starts_with": 1}}, "/member.orders/starts_with", "operator_for_type", ...),
        ({"member.orders": {"above": 1}}, "/member.orders/above", "unknown_operator", ...),
        ({"member.tier": "golden"}, "/member.tier", "unknown_choice", "gold"),
        ({"member.tier": {"in": ["gold", "Silver"]}}, "/member.tier/in/1", "unknown_choice", "silver"),
        ({"member.country": "Germany"}, "/member.country", "country", "DE"),
        ({"member.country": "de"}, "/member.country", "country", "DE"),
        ({"member.country": None}, "/member.country", "wrong_type", "exists: false"),
        ({"member.vegan": "yes"}, "/member.vegan", "wrong_type", "true"),
        ({"member.moved_on": {"over": "2026-02-30"}}, "/member.moved_on/over", "wrong_type", None),
        ({"member.moved_on": "01.03.2026"}, "/member.moved_on", "wrong_type", "2026-03-01"),
        ({"member.shop": ""}, "/member.shop", "empty_text", "exists: false"),
        ({"member.orders": {"between": [5, 1]}}, "/member.orders/between", "empty_range", None),
        ({"member.orders": {"over": {"field": "member.spend"}}}, "/member.orders/over/field", "wrong_type", None),
        ({"line.category": "dairy"}, "/line.category", "line_field", ...),
        ({"some_line": {"some_line": {"line.net": "1 EUR"}}}, "/some_line/some_line", "nested_lines", None),
        ({"event.rating": 5}, "/event.rating", "unknown_field", ...),
        ({}, "", "empty", ...),
        ({"any": []}, "/any", "empty_group", None),
        ("member.country", "", "not_a_condition", ...),
        ({"==": [{"var": "member.country"}, "DE"]}, "/==", "unknown_operator", "==="),
        ({"startsWith": [{"var": "member.shop"}, "a"]}, "/startsWith", "unknown_operator", "starts_with"),
        ({"+": [{"var": "member.orders"}, 1]}, "/+", "unknown_operator", ...),
        ({"<": [5, {"var": "member.orders"}]}, "/<", "shape", ...),
        ({">": [{"var": "member.spend"}, 1000]}, "/>", "bare_money", "1000.00 EUR"),
        ({">": [{"var": "member.password"}, 1000]}, "/>", "unknown_field", ...),
        ({"some": [{"var": "member.segments"}, {"member.orders": 1}]}, "/some/0", "wrong_type", ...),
    ],
)
def test_a_fault_names_the_place_and_what_to_write_instead(written: Any, path: str, code: str, suggestion: Any) -> None:
    (fault,) = faults_of(written, CATALOGUE)

    assert (fault.path, fault.code) == (path, f"rules.{code}")
    assert suggestion in (..., fault.suggestion) or code == "unknown_field"
    assert fault.told("es").reason != fault.told("en").reason


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"member.spend": {"over": 1000}}, "member.spend es dinero: falta la moneda"),
        ({"member.orders": {"over": "3"}}, "member.orders se compara con un número"),
        ({"member.orders": Decimal("1.5")}, "member.orders no tiene decimales"),
        ({"member.spend": {"over": "1.001 EUR"}}, "member.spend tiene como máximo 2 decimales"),
        ({"member.moved_on": {"contains": 1}}, "member.moved_on es una fecha y no admite contains"),
        ({"member.shop": {"over": "a"}}, "member.shop es un texto y no admite over"),
        ({"member.contry": "DE"}, "no existe el campo member.contry"),
        ({"line.category": "dairy"}, "por line.category se le pregunta a una línea"),
    ],
)
def test_a_fault_is_told_in_spanish(written: Any, reason: str) -> None:
    (fault,) = faults_of(written, CATALOGUE)

    assert fault.told("es-ES").reason == reason


def test_what_to_do_is_told_in_spanish_and_what_to_write_as_it_is_written() -> None:
    (empty,), (typo,) = faults_of({}, CATALOGUE), faults_of({"member.contry": "DE"}, CATALOGUE)

    assert (empty.told("es").suggestion, empty.told("en").suggestion) == ("quítala", "leave it out")
    assert typo.told("es").suggestion == typo.told("en").suggestion == "member.country"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"order.channel": "web"}, "order.channel se conoce de un evento, no de un miembro"),
        ({"some_line": {"line.category": "dairy"}}, "some pregunta por líneas de pedido"),
    ],
)
def test_what_only_an_event_knows_is_not_asked_of_members(written: Any, reason: str) -> None:
    with pytest.raises(FaultyRule) as refusal:
        compile_sql(expand(written, CATALOGUE), CATALOGUE, today=date(2026, 3, 1), zone=ZoneInfo("Europe/Madrid"))

    assert [fault.told("es").reason for fault in refusal.value.faults] == [reason]


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(FaultyRule) as refusal:
        expand({"member.contry": "DE", "any": [{"member.spend": 5}, {"not": {"member.tier": "x"}}]}, CATALOGUE)

    assert [fault.path for fault in refusal.value.faults] == [
        "/member.contry",
        "/any/0/member.spend",
        "/any/1/not/member.tier",
    ]
    assert refusal.value.title("es") == "La condición o fórmula no es válida (3 fallos)"


def test_conditions_nest_at_most_32_deep() -> None:
    def nested(levels: int) -> Any:
        return {"member.orders": 1} if levels == 0 else {"not": nested(levels - 1)}

    assert not faults_of(nested(31), CATALOGUE)
    (deep,) = faults_of(nested(5000 // 10), CATALOGUE)
    assert (deep.code, deep.told("es").reason) == (
        "rules.too_deep",
        "las condiciones se anidan en 32 capas como máximo",
    )


def test_a_segment_may_ask_about_members_only() -> None:
    (fault,) = faults_of({"order.net": {"over": "5 EUR"}}, CATALOGUE.at(scopes=[Scope.MEMBER]))

    assert (fault.code, fault.told("en").reason) == ("rules.scope", "order.net is not known here, only member.*")
    assert fault.told("es").reason == "order.net no se conoce aquí, solo member.*"


def test_an_event_brings_its_own_fields() -> None:
    review = CATALOGUE.at(event="review.created")

    assert not faults_of({"event.rating": 5}, review)
    assert faults_of({"event.rating": "good"}, review)
    assert not faults_of({"event.rating": "good"}, CATALOGUE.at(event="survey.answered"))


def test_a_line_filter_asks_about_lines_and_their_order() -> None:
    assert not faults_of({"line.category": "dairy", "order.channel": "online"}, CATALOGUE, line=True)


def test_the_listing_for_the_builder_holds_only_what_can_be_found() -> None:
    listed = CATALOGUE.listing()

    assert [field.name for field in listed] == CATALOGUE.names()
    assert all(field.label("es") and field.label("en") and field.operators for field in listed)


def test_an_attribute_of_another_type_is_unknown() -> None:
    values = [1, "x", True, None, 2**64, ["a", 1], 1.5]

    facts = {name: [fact(CATALOGUE.get(name), value) for value in values] for name in ("member.shop", "member.vegan")}
    facts["member.weight"] = [fact(CATALOGUE.get("member.weight"), value) for value in values]
    facts["order.tags"] = [fact(CATALOGUE.get("order.tags"), value) for value in values]

    assert facts == {
        "member.shop": [None, "x", None, None, None, None, None],
        "member.vegan": [None, None, True, None, None, None, None],
        "member.weight": [1, None, None, None, None, None, None],
        "order.tags": [None, None, None, None, None, ["a"], None],
    }
