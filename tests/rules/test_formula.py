from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from puntal.rules.catalogue import Catalogue
from puntal.rules.errors import FaultyRule
from puntal.rules.formula import compile_formula
from puntal.rules.model import CustomField, Type

CATALOGUE = Catalogue.build(
    currency="EUR",
    custom={"member.weight": CustomField(type=Type.NUMBER, scale=3)},
    ladders={"club": ["base", "gold"]},
)
NET: Any = {"var": "order.net"}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        pytest.param({"*": [100, "0.29"]}, Fraction(29), id="a float gives 28.999"),
        pytest.param({"*": [NET, Decimal("0.1")]}, Fraction("1.999"), id="money counts in major units"),
        pytest.param({"-": [NET, "5.00 EUR"]}, Fraction("14.99"), id="constants have currencies"),
        pytest.param({"/": [1, 3]}, Fraction(1, 3), id="exact thirds"),
        pytest.param({"min": [NET, 5, 7]}, Fraction(5), id="min"),
        pytest.param({"max": [{"-": [NET]}, 5]}, Fraction(5), id="minus sign"),
        pytest.param({"if": [{">": [NET, "19.98 EUR"]}, 2, 1]}, Fraction(2), id="if"),
        pytest.param({"if": [{"===": [{"var": "member.tier"}, "gold"]}, 2, 1]}, Fraction(2), id="if of a word"),
        pytest.param(
            {"if": [{"!": [{"or": [{"<": [NET, "1 EUR"]}]}]}, {"var": "member.weight"}, {"/": [1, 0]}]},
            Fraction("1.5"),
            id="the branch not taken is not computed",
        ),
        pytest.param({"if": [{">": [{"var": "member.age"}, 18]}, 2, 1]}, Fraction(1), id="the unknown is not over 18"),
        pytest.param({"+": [{"var": "member.age"}, 1]}, None, id="a missing field has no value"),
        pytest.param({"/": [NET, {"-": [1, 1]}]}, None, id="nothing is divided by zero"),
    ],
)
def test_a_formula_is_exact(formula: Any, expected: Fraction | None) -> None:
    facts: dict[str, Any] = {"order.net": 1999, "member.tier": "gold", "member.weight": 1500}

    assert compile_formula(formula, CATALOGUE).value(facts) == expected


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**9), st.integers(0, 10**6))
def test_a_formula_equals_its_fraction(net: int, divisor: int, times: int) -> None:
    formula = compile_formula({"+": [{"*": [NET, times]}, {"/": [NET, divisor]}]}, CATALOGUE)

    assert formula.value({"order.net": net}) == Fraction(net, 100) * times + Fraction(net, 100 * divisor)


@pytest.mark.parametrize(
    ("formula", "path", "code"),
    [
        ({"**": [NET, 2]}, "/**", "unknown_operator"),
        ({"*": [{"var": "order.nett"}, 2]}, "/*/0", "unknown_field"),
        ({"*": [{"var": "member.country"}, 2]}, "/*/0", "wrong_type"),
        ({"*": [NET, 0.29]}, "/*/1", "wrong_type"),
        ({"*": [NET, "5.00 USD"]}, "/*/1", "currency"),
        ({"if": [{">": [NET, 50]}, 2, 1]}, "/if/0/>/1", "bare_money"),
        ({"if": [{">": [NET, "50 EUR"]}, 2]}, "/if", "shape"),
        ({"if": [NET, 2, 1]}, "/if/0/var", "unknown_operator"),
        ({"/": [1, 2, 3]}, "/~1", "shape"),
        ({"+": []}, "/+", "shape"),
        ({"+": [1], "-": [2]}, "", "shape"),
        ({"*": [{"var": "line.net"}, 2]}, "/*/0", "line_field"),
        ({"*": [True, 2]}, "/*/0", "wrong_type"),
        ({"*": ["1e9", 2]}, "/*/0", "wrong_type"),
    ],
)
def test_a_fault_of_a_formula_is_named(formula: Any, path: str, code: str) -> None:
    with pytest.raises(FaultyRule) as refusal:
        compile_formula(formula, CATALOGUE)

    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [(path, f"rules.{code}")]
    assert all(fault.told("es").reason != fault.told("en").reason for fault in refusal.value.faults)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ({"**": [NET, 2]}, "las fórmulas no conocen **"),
        ({"*": [{"var": "member.country"}, 2]}, "member.country es un texto, no un número"),
        ({"*": [NET, "5.00 USD"]}, "este programa cuenta en EUR, no en USD"),
        ({"/": [1]}, "/ no admite 1 valor"),
        ({"/": [1, 2, 3]}, "/ no admite 3 valores"),
        ({"if": [NET, 2, 1]}, "var no compara nada"),
    ],
)
def test_a_fault_of_a_formula_is_told_in_spanish(formula: Any, reason: str) -> None:
    with pytest.raises(FaultyRule) as refusal:
        compile_formula(formula, CATALOGUE)

    assert [fault.told("es").reason for fault in refusal.value.faults] == [reason]


def test_all_faults_of_a_formula_come_at_once() -> None:
    with pytest.raises(FaultyRule) as refusal:
        compile_formula({"+": [{"var": "order.nett"}, {"if": [{">": [NET, 5]}, "x", "1 USD"]}]}, CATALOGUE)

    assert len(refusal.value.faults) == 4


def test_a_formula_is_bounded() -> None:
    deep: Any = 1
    for _ in range(100):
        deep = {"+": [deep]}

    with pytest.raises(FaultyRule):
        compile_formula(deep, CATALOGUE)
    with pytest.raises(FaultyRule):
        compile_formula({"*": [NET] * 600}, CATALOGUE)


def test_a_formula_says_what_it_reads() -> None:
    formula = compile_formula(
        {"if": [{"===": [{"var": "member.tier"}, "gold"]}, {"var": "line.net"}, 1]}, CATALOGUE, line=True
    )

    assert formula.reads == {"member.tier", "line.net"}
    assert formula.value({"member.tier": "gold", "line.net": 250}) == Fraction("2.5")
