"""Ready-made programs, each a complete document in Spanish and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from babel.numbers import format_currency

from puntal.kit.money import digits
from puntal.programs import source
from puntal.programs.errors import TemplateNotFound

Kind = Literal["points", "stamps", "tiers", "cashback", "business"]
_MONEY = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})")
_SAID = re.compile(r"€(\d+)|(\d+) €")
"""Whole amounts within names and texts; templates are written in euro."""
_PATTERNS: Mapping[str, str] = {"es": "#,##0 ¤", "en": "¤#,##0"}
"""Of whole amounts, by the languages templates are written in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One ready-made program, as a person choosing one sees it.

    Attributes:
        kinds: What sort of program it is; several at once mostly.
    """

    id: str
    name: Mapping[str, str]
    summary: Mapping[str, str]
    kinds: tuple[Kind, ...]


_SUMMARIES: Mapping[str, tuple[str, str]] = {
    # Spanish, then English.
    "shop": (
        "Lo más sencillo que funciona: un punto por euro y dinero de descuento",
        "The plainest that works: a point per euro, and money off",
    ),
    "supermarket": (
        "Puntos por cada compra, tres niveles, productos frescos y marca propia, hogares que suman juntos",
        "Points on every shop, three tiers, fresh food and own brands, households that save together",
    ),
    "cafe": (
        "Tarjeta de sellos para el café y puntos para lo demás",
        "A stamp card for coffee and points for the rest",
    ),
    "fashion": (
        "Niveles por gasto, multiplicadores de temporada, puntos tras el plazo de devolución",
        "Tiers by spend, season multipliers, points after the return window",
    ),
    "cashback": (
        "Un monedero en euros: un porcentaje de cada pedido vuelve al cliente",
        "A wallet of money: a percentage of each order comes back",
    ),
    "b2b": (
        "Para clientes profesionales: volumen anual, líneas estratégicas, formación",
        "For trade customers: yearly volume, strategic lines, training",
    ),
    "beauty": (
        "Cosmética y cabina: niveles por gasto, reseñas, recargas y envases que vuelven",
        "Cosmetics and treatments: tiers by spend, reviews, refills and containers that come back",
    ),
    "restaurant": (
        "Puntos en la mesa, tarjeta de sellos del menú, niveles por visitas, horas tranquilas",
        "Points at the table, a stamp card for the lunch menu, tiers by visits, quiet hours",
    ),
    "pharmacy": (
        "Parafarmacia y servicios, sin medicamentos ni datos de salud; hogares que suman juntos",
        "Everything but medicines, services too, no health data; households that save together",
    ),
    "hotel": (
        "Niveles por noches, más puntos al reservar directamente, en temporada tranquila y en la casa",
        "Tiers by nights, more points for direct bookings, in the quiet season and in the house",
    ),
}


_BUSINESS = frozenset({"b2b"})
"""Templates whose members are firms."""
_OF_WALLETS: Mapping[str, Kind] = {"points": "points", "stamps": "stamps", "money": "cashback"}


def list_templates() -> list[Template]:
    """Return every template, the most general first."""
    return [
        Template(id=name, name=_document(name)["name"], summary={"es": spanish, "en": english}, kinds=_kinds(name))
        for name, (spanish, english) in _SUMMARIES.items()
    ]


@cache
def _kinds(name: str) -> tuple[Kind, ...]:
    document = _document(name)
    kept = [wallet["kind"] for wallet in document["wallets"].values()]
    found = [kind for of, kind in _OF_WALLETS.items() if of in kept]
    if document.get("ladders"):
        found.append("tiers")
    if name in _BUSINESS:
        found.append("business")
    return tuple(found)


def load_template(
    id: str, *, currency: str | None = None, timezone: str | None = None, name: str | None = None
) -> dict[str, Any]:
    """Return a template's document as plain data, in the merchant's currency and zone; amounts are not converted.

    Names and texts that say an amount say it in that currency too.

    Raises:
        TemplateNotFound: There is none of this name.
    """
    if id not in _SUMMARIES:
        raise TemplateNotFound(template=id)
    document = _document(id)
    written = document["currency"]
    changed: dict[str, Any] = _in_currency(document, written, currency or written)
    if timezone is not None:
        changed["timezone"] = timezone
    if name is not None:
        changed["name"] = name
    return changed


@cache
def _text(name: str) -> str:
    return (resources.files("puntal.programs") / "templates" / f"{name}.yaml").read_text(encoding="utf-8")


@cache
def _document(name: str) -> dict[str, Any]:
    """Return a template as it is written; whoever changes it works on a copy."""
    return source.load_yaml(_text(name))


def _in_currency(value: Any, written: str, wanted: str, language: str | None = None) -> Any:  # noqa: ANN401 - plain data is any JSON value
    if isinstance(value, dict):
        # What stands under a language is read by members.
        return {
            key: _in_currency(inner, written, wanted, key if key in _PATTERNS else language)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_in_currency(inner, written, wanted, language) for inner in value]
    if value == written:
        return wanted
    if isinstance(value, str) and language is not None and written != wanted:
        return _SAID.sub(lambda amount: _spoken(int(amount[1] or amount[2]), wanted, language), value)
    found = _MONEY.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[2] != written:
        return value
    amount = Decimal(found[1])
    # 1.00 EUR is 1 JPY, and 0.008 of either is still a price of one point.
    text = f"{amount:.{digits(wanted)}f}" if amount == amount.to_integral_value() else found[1]
    return f"{text} {wanted}"


def _spoken(amount: int, currency: str, language: str) -> str:
    """Return a whole amount as people of a language write it, without decimals: £2, 2 GBP."""
    return str(format_currency(amount, currency, format=_PATTERNS[language], locale=language, currency_digits=False))
