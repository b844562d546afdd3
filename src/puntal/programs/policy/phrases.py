"""What the validator's complaints are called and how they are said. Pure."""

from __future__ import annotations

from collections.abc import Mapping

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

PLAIN_TYPES: Mapping[str, str] = {
    "dict_type": "a mapping of keys and values belongs here",
    "mapping_type": "a mapping of keys and values belongs here",
    "model_type": "a mapping of keys and values belongs here",
    "model_attributes_type": "a mapping of keys and values belongs here",
    "string_type": "a text belongs here",
    "tuple_type": "a list belongs here",
    "list_type": "a list belongs here",
    "int_type": "a whole number belongs here",
    "int_parsing": "a whole number belongs here",
    "int_from_float": "a whole number belongs here",
    "bool_type": "true or false belongs here",
    "bool_parsing": "true or false belongs here",
    "decimal_type": "a number belongs here",
    "decimal_parsing": "a number belongs here",
    "finite_number": "a number belongs here",
    "date_type": "a day like 2026-03-01 belongs here",
    "date_parsing": "a day like 2026-03-01 belongs here",
    "date_from_datetime_parsing": "a day like 2026-03-01 belongs here",
    "date_from_datetime_inexact": "a day like 2026-03-01 belongs here",
    "datetime_type": "a day like 2026-03-01 or a time like 2026-03-01T17:00 belongs here",
    "datetime_parsing": "a day like 2026-03-01 or a time like 2026-03-01T17:00 belongs here",
    "datetime_from_date_parsing": "a day like 2026-03-01 or a time like 2026-03-01T17:00 belongs here",
}

PATTERNS: Mapping[str, tuple[str, str, str]] = {
    # A pattern of the document's texts: code, what it is, and an example.
    "identifier": (
        "programs.bad_id",
        "an id is small letters, digits and underscores, beginning with a letter",
        "big_spenders",
    ),
    "money": ("programs.bad_money", "money is major units and a currency", "19.99 EUR"),
    "percent": ("programs.bad_percent", "a share is a number and a percent sign", "85%"),
    "span": ("programs.bad_span", "a length of time is a whole number and a unit", "14 days"),
    "event": ("programs.bad_event_name", "an event name is dotted words in small letters", "review.created"),
    "locale": ("programs.bad_locale", "a language is two letters, with a country where needed", "es-MX"),
    "currency": ("programs.bad_currency", "a currency is its three ISO 4217 letters", "EUR"),
    "country": ("programs.bad_country", "a country is its two ISO 3166 letters", "ES"),
    "domain": ("programs.bad_domain", "a domain is what follows the @ of an e-mail address", "example.com"),
    "hours": ("programs.bad_hours", "hours are written from-to", "17:00-19:00"),
}
