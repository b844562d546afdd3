"""Values as people write them, and as facts hold them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from babel import Locale
from babel.core import get_global

from puntal.kit.words import Words
from puntal.rules.errors import Fault, fault
from puntal.rules.model import FactValue, Field, Type

Stored = int | str | bool
# A field's value and what is compared with it must both fit a bigint.
LARGEST = 2**63 - 1
# Every event asks this of its facts, and looking a member of an enumeration up is slow.
_A_NUMBER, _AN_AMOUNT, _A_FLAG, _A_LIST = Type.NUMBER, Type.MONEY, Type.FLAG, Type.LIST
_MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ?([A-Z]{3})")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def read_value(  # noqa: PLR0911 - one return per type
    field: Field, written: object, path: str
) -> Stored | Fault:
    """Return the value as facts hold it, or what is wrong with it.

    Money is written `"1000.00 EUR"` and becomes minor units; days are written `2026-03-01`; a number with a scale
    becomes the number times 10^scale.
    """
    match field.type:
        case Type.MONEY:
            return _money(field, written, path)
        case Type.NUMBER:
            return _number(field, written, path)
        case Type.FLAG:
            if isinstance(written, bool):
                return written
            return _wrong_type(field, path, Words("true or false", "true o false"), _flag_hint(written))
        case Type.DATE:
            return _day(field, written, path)
        case Type.CHOICE:
            if isinstance(written, str) and written in field.choices:
                return written
            return fault(
                path,
                "unknown_choice",
                Words(
                    f"{field.name} is one of {', '.join(field.choices)}, not {_shown(written)}",
                    f"{field.name} es uno de estos valores: {', '.join(field.choices)}; no {_shown(written)}",
                ),
                _nearest(str(written), field.choices),
            )
        case Type.TEXT | Type.LIST:
            return _text(field, written, path)


def fact(field: Field, value: object) -> FactValue:
    """Return a stored value if it is of the field's type, else None.

    Attributes outlive the revision that gave them their type. Of another type they are unknown, to the evaluator
    by this function and to the database by the field's SQL; the engine would fail on comparing them.
    """
    kind = field.type
    if kind is _A_NUMBER or kind is _AN_AMOUNT:
        fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST
        return value if fits else None  # type: ignore[return-value] # checked in the line above
    if kind is _A_FLAG:
        return value if isinstance(value, bool) else None
    if kind is _A_LIST:
        return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else None
    return value if isinstance(value, str) else None


def write_value(field: Field, stored: Stored) -> str | int | Decimal | bool:
    """Return the value as a person writes it; the inverse of `read_value`."""
    if field.type is Type.MONEY:
        return f"{_scaled(int(stored), field.scale)} {field.currency}"
    if field.type is Type.NUMBER and field.scale:
        return _scaled(int(stored), field.scale)
    return stored


def _scaled(stored: int, scale: int) -> Decimal:
    # Built from digits, because the decimal context would round what has more than 28 of them.
    return Decimal((int(stored < 0), tuple(int(digit) for digit in str(abs(stored))), -scale))


def _money(field: Field, written: object, path: str) -> Stored | Fault:
    if isinstance(written, (int, Decimal)) and not isinstance(written, bool):
        suggestion = f"{_padded(Decimal(written), field.scale)} {field.currency}"
        return fault(
            path,
            "bare_money",
            Words(f"{field.name} is money: the currency is missing", f"{field.name} es dinero: falta la moneda"),
            suggestion,
        )
    match = _MONEY.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None:
        wanted = Words("an amount with a currency", "un importe con su moneda")
        return _wrong_type(field, path, wanted, field.example or f"100.00 {field.currency}")
    amount, currency = match.groups()
    if currency != field.currency:
        return fault(
            path,
            "currency",
            Words(
                f"{field.name} is in {field.currency}, not {currency}",
                f"{field.name} va en {field.currency}, no en {currency}",
            ),
            f"{amount} {field.currency}",
        )
    return _to_scale(field, Decimal(amount), path)


def _number(field: Field, written: object, path: str) -> Stored | Fault:
    if isinstance(written, (int, Decimal)) and not isinstance(written, bool):
        return _to_scale(field, Decimal(written), path)
    hint = written.strip() if isinstance(written, str) and _NUMBER.fullmatch(written.strip()) else None
    if isinstance(written, str) and (match := _MONEY.fullmatch(written.strip())):
        hint = match[1]
    return _wrong_type(field, path, Words("a number", "un número"), hint)


def _to_scale(field: Field, amount: Decimal, path: str) -> int | Fault:
    if not amount.is_finite():
        return _wrong_type(field, path, Words("a finite number", "un número finito"), None)
    numerator, denominator = amount.as_integer_ratio()
    factor: int = 10**field.scale
    stored, rest = divmod(numerator * factor, denominator)
    if rest:
        return fault(
            path,
            "too_precise",
            Words(
                f"{field.name} has at most {field.scale} decimals",
                f"{field.name} {at_most_decimals(field.scale)}",
            ),
            None,
        )
    if abs(stored) > LARGEST:
        reason = Words(f"{field.name} cannot be that large", f"{field.name} no puede ser tan grande")
        return fault(path, "too_large", reason, None)
    return stored


def at_most_decimals(scale: int) -> str:
    """Return in Spanish, after its name, how many decimals something has."""
    if not scale:
        return "no tiene decimales"
    return f"tiene como máximo {scale} {'decimal' if scale == 1 else 'decimales'}"


def _padded(amount: Decimal, scale: int) -> str:
    try:
        return str(amount.quantize(Decimal(1).scaleb(-scale)))
    except InvalidOperation:
        return str(amount)


def _day(field: Field, written: object, path: str) -> Stored | Fault:
    text = written.isoformat() if type(written) is date else written
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return _wrong_type(field, path, Words("a day of the calendar", "un día del calendario"), None)
    wanted = Words("a day written year-month-day", "un día escrito año-mes-día")
    return _wrong_type(field, path, wanted, "2026-03-01")


def _text(field: Field, written: object, path: str) -> Stored | Fault:
    if not isinstance(written, str):
        hint = str(written) if isinstance(written, (int, Decimal)) and not isinstance(written, bool) else None
        return _wrong_type(field, path, Words("text", "un texto"), hint and f'"{hint}"')
    if not written:
        return fault(path, "empty_text", compared_with_nothing(field), "exists: false")
    if "\x00" in written:
        return fault(path, "bad_text", Words("text holds no NUL character", "un texto no lleva el carácter NUL"), None)
    if field.territory and _COUNTRY.fullmatch(written) is None:
        reason = Words(
            f"{written} is not a two-letter country code", f"{written} no es un código de país de dos letras"
        )
        return fault(path, "country", reason, _country_code(written))
    return written


def _country_code(written: str) -> str | None:
    if _COUNTRY.fullmatch(written.upper()):
        return written.upper()
    wanted = written.casefold()
    for language in ("en", "es", "de", "fr"):
        territories: Mapping[str, str] = Locale(language).territories
        for code, name in territories.items():
            if name.casefold() == wanted and _COUNTRY.fullmatch(code):
                return code
    aliases: Mapping[str, list[str]] = get_global("territory_aliases")
    codes = aliases.get(written.upper(), [])
    return codes[0] if codes else None


def _flag_hint(written: object) -> str | None:
    return {"yes": "true", "no": "false", "true": "true", "false": "false", "1": "true", "0": "false"}.get(
        str(written).casefold()
    )


def _wrong_type(field: Field, path: str, wanted: Words, suggestion: str | None) -> Fault:
    reason = Words(f"{field.name} is compared with {wanted.en}", f"{field.name} se compara con {wanted.es}")
    return fault(path, "wrong_type", reason, suggestion)


def compared_with_nothing(field: Field) -> Words:
    """Return what is wrong where the value is missing."""
    return Words(f"{field.name} is compared with nothing", f"falta el valor con el que se compara {field.name}")


def _shown(written: object) -> str:
    return written if isinstance(written, str) else repr(written)


def _nearest(written: str, choices: tuple[str, ...]) -> str | None:
    folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(written.casefold(), folded, n=1, cutoff=0.5)
    return folded[close[0]] if close else None
