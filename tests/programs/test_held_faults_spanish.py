"""What is wrong with wallets, ladders and rewards, said to whoever reads Spanish."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from documents import a_document, with_ladder, with_wallet
from test_rewards_document import COST, a_reward, with_rewards

from puntal.kit.errors import Told
from puntal.programs.policy import check

MONEY: dict[str, Any] = {"kind": "money", "currency": "EUR"}


def told(document: dict[str, Any], path: str) -> Told:
    """What a Spanish reader is told of one place."""
    return next(fault.told("es") for fault in check(document)[1] if fault.path == path)


def with_benefit(**benefit: Any) -> dict[str, Any]:
    """A small program whose second tier gives something."""
    tiers = [{"id": "base"}, {"id": "silver", "from": 300, "benefits": [benefit]}]
    return with_ladder(tiers=tiers)


@pytest.mark.parametrize(
    ("wallet", "path", "reason", "suggestion"),
    [
        ({"currency": "EUR"}, "/currency", "un monedero de puntos no tiene moneda", "quítalo, o usa kind: money"),
        (
            {"kind": "stamps", "currency": "EUR"},
            "/currency",
            "un monedero de sellos no tiene moneda",
            "quítalo, o usa kind: money",
        ),
        ({"kind": "money"}, "", "un monedero de dinero necesita su moneda", "currency: EUR"),
        (
            {"kind": "qualifying", "transferable": True},
            "/transferable",
            "estos puntos solo cuentan para niveles, así que 'transferable' no significa nada",
            "quítalo",
        ),
        (MONEY | {"scale": 1}, "/scale", "EUR tiene 2 decimales", "scale: 2"),
        (MONEY | {"currency": "JPY", "scale": 1}, "/scale", "JPY no tiene decimales", "scale: 0"),
        (
            MONEY | {"expiry": {"after": "1 year"}},
            "/expiry",
            "el dinero pagado se debe para siempre; solo puede acabar el regalado",
            "cambia 'expiry' por 'granted_expires'",
        ),
        (
            MONEY | {"gift_cards": {"min": "9.00 EUR", "max": "8.00 EUR"}},
            "/gift_cards/min",
            "'min' es mayor que 'max'",
            "como máximo 8.00 EUR",
        ),
        (
            {"available": {"on": "order.delivered"}},
            "/available",
            "di cuánto se espera al evento",
            "within: 60 days",
        ),
        ({"expiry": {"on": ["31 Feb"]}}, "/expiry/on/0", "Feb no tiene día 31", "31 Dec"),
        (
            {"expiry": {"after": "3 hours"}},
            "/expiry/after",
            "un final se cuenta en días, semanas, meses o años",
            "1 day",
        ),
    ],
)
def test_what_is_wrong_with_a_wallet(wallet: dict[str, Any], path: str, reason: str, suggestion: str) -> None:
    assert told(with_wallet(**wallet), f"/wallets/third{path}")[2:] == (reason, suggestion)


@pytest.mark.parametrize(
    ("document", "path", "reason", "suggestion"),
    [
        (
            with_ladder(keep={"months": 1}, window="membership_year"),
            "/keep",
            (
                "la medida empieza de nuevo cada año de miembro, así que un nivel que se conserva 1 mes desde "
                "cualquier día se juzgaría a mitad de una cuenta"
            ),
            "keep: end_of_next_period, o window: {rolling: 12 months}",
        ),
        (
            with_ladder(window="lifetime"),
            "/keep",
            "una ventana de por vida no tiene periodos, y sin ellos no hay un final hasta el que conservar un nivel",
            "keep: {months: 12}, o keep: forever",
        ),
        (
            with_ladder(tiers=[{"id": "a", "from": 5}]),
            "/tiers/0/from",
            "todos empiezan en el primer nivel, así que no tiene línea",
            "quítalo",
        ),
        (
            with_ladder(tiers=[{"id": "a"}, {"id": "b", "from": 5}, {"id": "c", "from": 5}]),
            "/tiers/2/from",
            "la línea de cada nivel está por encima de la anterior (5)",
            None,
        ),
        (
            with_ladder(measure={"spend": "order.net"}),
            "/tiers/1/from",
            "la medida es el gasto, así que la línea es dinero",
            '"300 EUR"',
        ),
        (with_benefit(kind="perk"), "/tiers/1/benefits/0/text", "una ventaja se dice con palabras", "añade 'text'"),
        (
            with_benefit(kind="gift"),
            "/tiers/1/benefits/0",
            "un regalo son puntos de un monedero, o una recompensa",
            "añade 'wallet' y 'points'",
        ),
    ],
)
def test_what_is_wrong_with_a_ladder(document: dict[str, Any], path: str, reason: str, suggestion: str | None) -> None:
    assert told(document, f"/ladders/0{path}")[2:] == (reason, suggestion)


@pytest.mark.parametrize(
    ("reward", "path", "reason", "suggestion"),
    [
        (
            {"id": "x", "kind": "amount_off"},
            "value",
            "una recompensa de tipo amount_off necesita 'value'",
            "añade 'value'",
        ),
        (a_reward(value="15%"), "value", "amount_off da un importe de dinero", "5.00 EUR"),
        (a_reward(product={"ids": ["a"]}), "product", "'product' es para product, no para amount_off", "quítalo"),
        (
            {"id": "x", "kind": "credit", "into": "points", "value": "1.00 EUR"},
            "value",
            "'points' es un monedero de puntos",
            "usa 'points'",
        ),
        (
            {"id": "x", "kind": "credit", "into": "purse", "points": 5},
            "points",
            "'purse' es un monedero de dinero",
            "usa 'value'",
        ),
        (a_reward(cost=COST | {"points": Decimal("1.5")}), "cost/points", "'points' no tiene decimales", "1"),
        (
            a_reward(cost={"wallet": "purse", "points": Decimal("1.001")}),
            "cost/points",
            "'purse' tiene como máximo 2 decimales",
            "1",
        ),
        (
            {"id": "x", "kind": "percent_off", "value": "10%", "budget": {"discount": "100.00 EUR"}},
            "max_discount",
            (
                "su presupuesto cuenta dinero, y solo el carrito dice cuánto descuenta esta recompensa; "
                "se reserva el máximo"
            ),
            "max_discount: 10.00 EUR",
        ),
        (
            {"id": "x", "kind": "custom", "type": "treatment", "fields": {"minutes": "long", "day": "2026-05-01"}},
            "fields/minutes",
            "'minutes' es un número",
            None,
        ),
        (a_reward(image="mug.png"), "image", "una imagen se sube, o tiene una dirección que empieza por https://", ...),
    ],
)
def test_what_is_wrong_with_a_reward(reward: dict[str, Any], path: str, reason: str, suggestion: Any) -> None:
    found = told(with_rewards(reward), f"/rewards/0/{path}")

    assert found.reason == reason
    assert suggestion in (..., found.suggestion)


def test_what_cannot_be_given() -> None:
    document = with_rewards({"id": "more", "kind": "credit", "into": "points", "points": 5})
    document["wallets"]["stamps"] = {"kind": "stamps", "card": {"size": 9, "reward": "more"}}

    assert told(document, "/wallets/stamps/card/reward")[2:] == (
        "se da como vale, y una recompensa de tipo credit no lo es",
        "'wallet' y 'points'",
    )


@pytest.mark.parametrize(
    "document",
    [
        with_wallet(worth={"value": "0.00 EUR"}, convert=[{"to": "third", "take": 1, "give": 1}]),
        with_wallet(convert=[{"to": "status", "take": 1, "give": 1}], granted_expires={"after": "1 year"}),
        with_wallet(card={"size": 9}, gift_cards={}, limits={"transfer": "5.00 EUR"}),
        with_wallet(kind="stamps", scale=1, available={"after": "1 day", "on": "order.delivered"}),
        with_wallet(available={"within": "3 days"}, expiry={"never": True, "end_of": "month", "events": ["visit"]}),
        with_wallet(expiry={"on": ["Dec 31", "29 Feb"]}),
        with_wallet(**MONEY, convert=[{"to": "points", "take": 1, "give": 1}], limits={"transfer": "0.00 EUR"}),
        with_wallet(**MONEY, gift_cards={"expiry": {"inactive": "12 months"}, "min": "1.00 USD"}),
        with_wallet(kind="money", currency="USD", gift_cards={"lines": {"line.category": "cards"}}),
        with_ladder(window={"rolling": "30 days"}, downgrade={"grace": "3 hours"}),
        with_ladder(tiers=[{"id": "a", "retired": True}, {"id": "b"}, {"id": "c", "from": "5.00 EUR"}]),
        with_ladder(tiers=[{"id": "a"}, {"id": "b", "from": 0}]),
        with_benefit(kind="perk", text="x", points=5, when="renewed"),
        with_rewards(a_reward(budget={"discount": "0.00 EUR", "alert": ["80%", "80%"]}, channels=["app", "app"])),
        with_rewards(a_reward(valid={"by_tier": {"silver": "9 days"}}), {"id": "y", "kind": "credit", "into": "old"}),
        with_rewards({"id": "x", "kind": "credit", "into": "status", "points": 5}),
        with_rewards({"id": "x", "kind": "percent_off", "value": "0%", "cost": {"wallet": "old", "points": 1}}),
        with_rewards(
            {
                "id": "x",
                "kind": "experience",
                "experience": {"sessions": [{"id": "a", "at": "2026-05-02", "through": "2026-05-01", "capacity": 9}]},
            }
        ),
        a_document(
            stacking={"groups": {"a": {"exclusive": True, "with": ["b"]}, "b": {"with": ["b"]}}, "order": ["a", "a"]}
        ),
    ],
)
def test_no_such_fault_is_said_in_english_to_a_spanish_reader(document: dict[str, Any]) -> None:
    faults = check(document)[1]

    assert faults
    for fault in faults:
        assert fault.told("es").reason != fault.told("en").reason, fault
