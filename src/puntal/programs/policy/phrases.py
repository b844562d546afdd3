"""What the validator's complaints are called and how they are said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from puntal.kit.words import Words, said
from puntal.programs.document.values import MoneyText, Percent, Span

WRONG_SHAPE = frozenset(
    {
        "dict_type",
        "mapping_type",
        "model_type",
        "model_attributes_type",
        "string_type",
        "tuple_type",
        "list_type",
        "int_type",
        "int_parsing",
        "int_from_float",
        "bool_type",
        "bool_parsing",
        "decimal_type",
        "decimal_parsing",
        "date_type",
        "date_parsing",
        "date_from_datetime_parsing",
        "datetime_type",
        "datetime_parsing",
        "datetime_from_date_parsing",
        "literal_error",
        "value_error",
        "string_pattern_mismatch",
    }
)

_MAPPING = Words("a mapping of keys and values belongs here", "aquí va un grupo de claves y valores")
_TEXT = Words("a text belongs here", "aquí va un texto")
_LIST = Words("a list belongs here", "aquí va una lista")
_WHOLE = Words("a whole number belongs here", "aquí va un número entero")
_FLAG = Words("true or false belongs here", "aquí va true o false")
_NUMBER = Words("a number belongs here", "aquí va un número")
_DAY = Words("a day like 2026-03-01 belongs here", "aquí va un día como 2026-03-01")
_TIME = Words(
    "a day like 2026-03-01 or a time like 2026-03-01T17:00 belongs here",
    "aquí va un día como 2026-03-01 o un momento como 2026-03-01T17:00",
)

PLAIN_TYPES: Mapping[str, Words] = {
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "string_type": _TEXT,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
}

PATTERNS: Mapping[str, tuple[str, Words, str]] = {
    # A pattern of the document's texts: code, what it is, and an example.
    "identifier": (
        "programs.bad_id",
        Words(
            "an id is small letters, digits and underscores, beginning with a letter",
            "un id lleva minúsculas sin acento, cifras y guiones bajos, y empieza por una letra",
        ),
        "big_spenders",
    ),
    "money": (
        "programs.bad_money",
        Words("money is major units and a currency", "el dinero se escribe en unidades mayores y con su moneda"),
        "19.99 EUR",
    ),
    "percent": (
        "programs.bad_percent",
        Words("a share is a number and a percent sign", "un porcentaje es un número y el signo %"),
        "85%",
    ),
    "span": (
        "programs.bad_span",
        Words("a length of time is a whole number and a unit", "un plazo es un número entero y una unidad"),
        "14 days",
    ),
    "event": (
        "programs.bad_event_name",
        Words(
            "an event name is dotted words in small letters",
            "el nombre de un evento son palabras en minúsculas separadas por puntos",
        ),
        "review.created",
    ),
    "locale": (
        "programs.bad_locale",
        Words(
            "a language is two letters, with a country where needed",
            "un idioma son dos letras, con un país si hace falta",
        ),
        "es-MX",
    ),
    "currency": (
        "programs.bad_currency",
        Words("a currency is its three ISO 4217 letters", "una moneda son sus tres letras ISO 4217"),
        "EUR",
    ),
    "country": (
        "programs.bad_country",
        Words("a country is its two ISO 3166 letters", "un país son sus dos letras ISO 3166"),
        "ES",
    ),
    "domain": (
        "programs.bad_domain",
        Words(
            "a domain is what follows the @ of an e-mail address",
            "un dominio es lo que sigue a la @ de una dirección de correo",
        ),
        "example.com",
    ),
    "hours": (
        "programs.bad_hours",
        Words("hours are written from-to", "las horas se escriben de principio a fin, con un guion"),
        "17:00-19:00",
    ),
}

NO_PATTERN = (
    "programs.wrong_value",
    Words("the text has not the expected form", "el texto no tiene la forma esperada"),
)

RANGES: Mapping[str, tuple[str, Words]] = {
    # What the validator calls a bound: where it keeps it, and how it is said.
    "greater_than": ("gt", Words("more than", "mayor que")),
    "greater_than_equal": ("ge", Words("at least", "como mínimo")),
    "less_than": ("lt", Words("less than", "menor que")),
    "less_than_equal": ("le", Words("at most", "como máximo")),
}

FORMS: Mapping[Any, Words] = {
    str: Words("a text", "un texto"),
    int: Words("a whole number", "un número entero"),
    Decimal: Words("a number", "un número"),
    bool: Words("true or false", "true o false"),
    MoneyText: Words("money like '19.99 EUR'", "dinero como '19.99 EUR'"),
    Percent: Words("a share like '85%'", "un porcentaje como '85%'"),
    Span: Words("a length of time like '14 days'", "un plazo como '14 days'"),
    date: Words("a day like 2026-03-01", "un día como 2026-03-01"),
    datetime: Words("a time like 2026-03-01T17:00", "un momento como 2026-03-01T17:00"),
}

REFUSED: Mapping[str, str] = {
    # What the structures themselves say, in Spanish.
    "write the number as text or load the document with exact decimals": (
        "escribe el número como texto, o carga el documento con decimales exactos"
    ),
    "write a day as 2026-03-01 or a time as 2026-03-01T17:00": (
        "escribe un día como 2026-03-01 o un momento como 2026-03-01T17:00"
    ),
}
NOT_VALID = "este valor no sirve aquí"

MAPPING = Words("a mapping", "un grupo de claves")
LIST = Words("a list", "una lista")
NOTHING = Words("nothing", "un valor vacío")


def did_you_mean(word: str) -> Words:
    """Return the question; the word is quoted by the caller where it is one."""
    return Words(f"did you mean {word}?", f"¿querías decir {word}?")


def both_said(en: str, es: str, *parts: str | Words) -> Words:
    """Return a sentence with `{}` for each part, in both languages."""
    return Words(en.format(*(said(part, "en") for part in parts)), es.format(*(said(part, "es") for part in parts)))
