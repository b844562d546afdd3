"""Every fault a document can have, said to whoever reads Spanish."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from documents import a_document, with_rule, with_wallet
from test_faults import OF_MEANING, OF_SHAPE, POINTS

from puntal.kit.errors import Told
from puntal.programs import policy
from puntal.programs.model import Held
from puntal.programs.policy import check

SOURCES = sorted(Path(policy.__file__).parent.glob("*.py"))


def told(document: dict[str, Any], path: str, **beside: Any) -> Told:
    """What a Spanish reader is told of one place."""
    return next(fault.told("es") for fault in check(document, **beside)[1] if fault.path == path)


@pytest.mark.parametrize(
    ("document", "path", "reason", "suggestion"),
    [
        pytest.param(
            a_document(timezon=1), "/timezon", "aquí no hay ningún 'timezon'", "¿querías decir 'timezone'?", id="key"
        ),
        pytest.param(
            with_rule(award={"points": 1}),
            "/earning/1/award/wallet",
            "aquí hace falta 'wallet'",
            "añade 'wallet'",
            id="missing",
        ),
        pytest.param(
            a_document(currency="eur"),
            "/currency",
            "una moneda son sus tres letras ISO 4217; 'eur' no es así",
            "'EUR'",
            id="pattern",
        ),
        pytest.param(
            a_document(locales={"en": 1}), "/locales", "aquí va una lista, no un grupo de claves", None, id="type"
        ),
        pytest.param(
            with_rule(award={"wallet": "points", "points": -1}),
            "/earning/1/award/points",
            "el número debe ser mayor que 0",
            None,
            id="range",
        ),
        pytest.param(
            with_rule(award=POINTS, **{"from": 20260301}),
            "/earning/1/from",
            "escribe un día como 2026-03-01 o un momento como 2026-03-01T17:00",
            None,
            id="a number for a day",
        ),
        pytest.param(
            with_rule(award={"wallet": "point", "points": 5}),
            "/earning/1/award/wallet",
            "no existe ningún monedero 'point'",
            "¿querías decir 'points'?",
            id="he is unknown",
        ),
        pytest.param(
            with_rule(multiply={"times": 2, "rules": ["xyz"]}),
            "/earning/1/multiply/rules/0",
            "no existe ninguna regla 'xyz'",
            "existen: extra, purchases",
            id="she is unknown",
        ),
        pytest.param(
            with_rule(award=POINTS, audience={"any": ["vip"]}),
            "/earning/1/audience/any/0",
            "no existe ningún segmento 'vip'",
            "el documento aún no tiene ningún segmento",
            id="there are none",
        ),
        pytest.param(
            with_rule(award=POINTS, id="purchases"),
            "/earning/1/id",
            "otra regla tiene el id 'purchases'",
            "'purchases_2'",
            id="twice",
        ),
        pytest.param(
            with_rule(award=POINTS, multiply={"times": 2}),
            "/earning/1",
            "una regla tiene 'award' y 'multiply'; solo puede tener uno de estos: 'award', 'branches', 'multiply'",
            "deja solo 'award'",
            id="two at once",
        ),
        pytest.param(
            with_rule(award=POINTS, limit={"times": 1, "per": {"rolling": "3 hours"}}),
            "/earning/1/limit/per/rolling",
            "una ventana móvil se cuenta en días enteros",
            "7 days",
            id="a window",
        ),
    ],
)
def test_says_in_spanish_what_is_wrong(
    document: dict[str, Any], path: str, reason: str, suggestion: str | None
) -> None:
    assert told(document, path)[2:] == (reason, suggestion)


def test_says_in_spanish_what_cannot_be_dropped() -> None:
    previous, _ = check(with_wallet())

    found = told(a_document(), "/wallets/third", previous=previous, held=Held(wallets=frozenset({"third"})))

    assert found[2:] == ("hay miembros que aún tienen algo en 'third'", "consérvalo con 'retired: true'")


@pytest.mark.parametrize("document", [each.values[0] for each in (*OF_SHAPE, *OF_MEANING)])
def test_no_fault_is_said_in_english_to_a_spanish_reader(document: dict[str, Any]) -> None:
    for fault in check(document)[1]:
        assert fault.told("es").reason != fault.told("en").reason, fault


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_no_reason_is_written_in_one_language(source: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    reasons = [
        node.args[1]
        for node in calls
        if isinstance(node.func, ast.Attribute) and node.func.attr == "fault" and len(node.args) > 1
    ]

    assert [ast.unparse(reason) for reason in reasons if isinstance(reason, (ast.Constant, ast.JoinedStr))] == []
