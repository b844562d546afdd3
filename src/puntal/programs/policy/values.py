"""Faults of the small texts, wherever they stand: money, spans, shares, local days. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel, RootModel

from puntal.kit.money import digits
from puntal.kit.words import Words
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText, Percent, Span
from puntal.programs.policy.collector import Place

_RATES = frozenset({"cost_per_point", "worth"})
"""Prices of one unit, which may be finer than the currency's smallest coin."""
_MINUTES_OF_UNIT: Mapping[str, int] = {
    "minutes": 1,
    "hours": 60,
    "days": 1440,
    "weeks": 10_080,
    "months": 44_640,
    "years": 527_040,
}
MOST_MINUTES: int = 100 * 527_040
MOST_AMOUNT: Decimal = Decimal(10**12)
_WHOLE = Fraction(1)


def check_values(program: Program, root: Place) -> None:
    """Collect the faults of every small text of the document."""
    for place, value in _leaves(program, root):
        if isinstance(value, MoneyText):
            _money(value, program.currency, place)
        elif isinstance(value, Span):
            if value.count * _MINUTES_OF_UNIT[value.unit] > MOST_MINUTES:
                place.fault(
                    "span_too_long",
                    Words("nothing lasts longer than 100 years", "nada dura más de 100 años"),
                    "100 years",
                )
        elif isinstance(value, Percent):
            if value.fraction > _WHOLE and place.steps[-1] != "rate":
                place.fault(
                    "share_too_large", Words("a share is at most 100%", "un porcentaje es como máximo 100%"), "100%"
                )
        elif isinstance(value, datetime):
            if value.tzinfo is not None:
                place.fault(
                    "time_with_offset",
                    Words(
                        "times are those of clocks in the program's time zone, without an offset",
                        "las horas son las de los relojes de la zona horaria del programa, sin desfase",
                    ),
                    value.replace(tzinfo=None).isoformat(timespec="minutes"),
                )
        elif isinstance(value, (int, Decimal)) and abs(Decimal(value)) > MOST_AMOUNT:
            reason = Words(
                "the number is larger than anything that can be counted",
                "el número es mayor que todo lo que se puede contar",
            )
            place.fault("number_too_large", reason, None)


def _money(value: MoneyText, currency: str, place: Place) -> None:
    if value.currency != currency:
        place.fault(
            "wrong_currency",
            Words(
                f"the program counts in {currency}, not in {value.currency}",
                f"el programa cuenta en {currency}, no en {value.currency}",
            ),
            f"{value.root.split()[0]} {currency}",
        )
        return
    exponent = value.amount.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if place.steps[-1] not in _RATES and place.steps[-2:] != ("worth", "value") and decimals > digits(currency):
        place.fault(
            "too_precise",
            Words(f"{currency} has {digits(currency)} decimals", f"{currency} tiene {digits(currency)} decimales"),
            f"{value.amount:.{digits(currency)}f} {currency}",
        )


def _leaves(value: object, place: Place) -> Iterator[tuple[Place, object]]:
    if isinstance(value, RootModel) or not isinstance(value, (BaseModel, Mapping, tuple, list)):
        yield place, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            if name in value.model_fields_set:
                yield from _leaves(getattr(value, name), place / (field.alias or name))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, place / key)
    else:
        for index, inner in enumerate(value):
            yield from _leaves(inner, place / index)
