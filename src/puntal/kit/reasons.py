"""What pydantic finds wrong with a value: its own English, and Spanish by the type of error. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from puntal.kit.words import Words


class UnfitError(ValueError):
    """What a validator of our own says of a value, in both languages."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


_GENERAL = "Este valor no es válido"
_TEXT = "Debe ser un texto"
_LIST = "Debe ser una lista"
_OBJECT = "Debe ser un objeto"
_FLAG = "Debe ser true o false"
_WHOLE = "Debe ser un número entero"
_NUMBER = "Debe ser un número"
_DAY = "Debe ser un día escrito año-mes-día, como 2026-03-02"
_TIME = "Debe ser una hora, como 17:00"
_INSTANT = "Debe ser una fecha con su hora, como 2026-03-02T12:00:00Z"
_DURATION = "Debe ser una duración"
_ADDRESS = "Debe ser una dirección web"
_UUID = "Debe ser un UUID"

# Words of pydantic's own inside a sentence (`{error}`) are English: the Spanish does without them.
_SENTENCES: Mapping[str, str] = {
    "missing": "Falta este campo",
    "missing_argument": "Falta este campo",
    "missing_keyword_only_argument": "Falta este campo",
    "missing_positional_only_argument": "Falta este campo",
    "extra_forbidden": "Este campo no se admite aquí",
    "unexpected_keyword_argument": "Este campo no se admite aquí",
    "unexpected_positional_argument": "Este campo no se admite aquí",
    "multiple_argument_values": "Este campo está varias veces",
    "frozen_field": "Este campo no se puede cambiar",
    "frozen_instance": "Esto no se puede cambiar",
    "invalid_key": "Los nombres de los campos deben ser textos",
    "none_required": "Debe ser null",
    "recursion_loop": "El valor se contiene a sí mismo",
    "recursion_depth_exceeded": "El valor tiene demasiados niveles",
    "json_invalid": "Esto no es JSON válido",
    "json_type": "Debe ser un texto en JSON",
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "dataclass_exact_type": _OBJECT,
    "dict_type": _OBJECT,
    "frozen_dict_type": _OBJECT,
    "ordered_dict_type": _OBJECT,
    "counter_type": _OBJECT,
    "mapping_type": _OBJECT,
    "arguments_type": "Debe ser una lista o un objeto",
    "named_tuple_type": "Debe ser una lista o un objeto",
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "deque_type": _LIST,
    "iterable_type": _LIST,
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_pattern_mismatch": "Debe seguir el patrón '{pattern}'",
    "string_not_ascii": "Solo puede tener caracteres ASCII",
    "bool_type": _FLAG,
    "bool_parsing": _FLAG,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": "Este número es demasiado grande",
    "int_from_float": "Debe ser un número entero, sin decimales",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "fraction_type": _NUMBER,
    "fraction_parsing": _NUMBER,
    "complex_type": _NUMBER,
    "complex_str_parsing": _NUMBER,
    "finite_number": "Debe ser un número finito",
    "greater_than": "Debe ser mayor que {gt}",
    "greater_than_equal": "Debe ser mayor o igual que {ge}",
    "less_than": "Debe ser menor que {lt}",
    "less_than_equal": "Debe ser menor o igual que {le}",
    "multiple_of": "Debe ser un múltiplo de {multiple_of}",
    "bytes_type": "Deben ser bytes",
    "bytes_invalid_encoding": "Deben ser bytes en {encoding}",
    "enum": "Debe ser {expected}",
    "literal_error": "Debe ser {expected}",
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": "Debe ser un día, sin hora",
    "date_past": "Debe ser un día pasado",
    "date_future": "Debe ser un día futuro",
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_past": "Debe estar en el pasado",
    "datetime_future": "Debe estar en el futuro",
    "timezone_naive": "Debe ir sin zona horaria",
    "timezone_aware": "Debe llevar la zona horaria, como en 2026-03-02T12:00:00Z",
    "timezone_offset": "El desfase horario debe ser {tz_expected}, no {tz_actual}",
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
    "url_syntax_violation": _ADDRESS,
    "url_scheme": "La dirección debe empezar por {expected_schemes}",
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "uuid_version": "Debe ser un UUID de versión {expected_version}",
    "union_tag_invalid": "'{tag}' no es ninguno de {expected_tags}",
    "union_tag_not_found": "Falta {discriminator}, que dice de qué clase es",
}

_COUNTED: Mapping[str, tuple[str, str, str]] = {
    "too_short": ("min_length", "Debe tener al menos {n} elemento", "Debe tener al menos {n} elementos"),
    "too_long": ("max_length", "Debe tener como máximo {n} elemento", "Debe tener como máximo {n} elementos"),
    "string_too_short": ("min_length", "Debe tener al menos {n} carácter", "Debe tener al menos {n} caracteres"),
    "string_too_long": ("max_length", "Debe tener como máximo {n} carácter", "Debe tener como máximo {n} caracteres"),
    "bytes_too_short": ("min_length", "Debe tener al menos {n} byte", "Debe tener al menos {n} bytes"),
    "bytes_too_long": ("max_length", "Debe tener como máximo {n} byte", "Debe tener como máximo {n} bytes"),
    "url_too_long": ("max_length", "Debe tener como máximo {n} carácter", "Debe tener como máximo {n} caracteres"),
    "decimal_max_digits": ("max_digits", "Debe tener como máximo {n} cifra", "Debe tener como máximo {n} cifras"),
    "decimal_max_places": (
        "decimal_places",
        "Debe tener como máximo {n} decimal",
        "Debe tener como máximo {n} decimales",
    ),
    "decimal_whole_digits": (
        "whole_digits",
        "Debe tener como máximo {n} cifra antes de los decimales",
        "Debe tener como máximo {n} cifras antes de los decimales",
    ),
}
"""The number each is about, and the sentence of one and of more."""

_LAST_OR = re.compile(r" or (?!.* or )(['\"]?)(\w{0,2})")


def reason_of(found: Mapping[str, Any]) -> Words:
    """Return the reason of one of `ValidationError.errors()`, which must hold its context."""
    return Words(str(found["msg"]), _spanish(str(found["type"]), found.get("ctx") or {}))


def _spanish(kind: str, numbers: Mapping[str, Any]) -> str:
    said = numbers.get("error")
    if isinstance(said, UnfitError):
        return said.words.es
    try:
        if kind in _COUNTED:
            number, one, more = _COUNTED[kind]
            return (one if numbers[number] == 1 else more).format(n=numbers[number])
        sentence = _SENTENCES.get(kind, _GENERAL)
        return sentence.format_map({**numbers, "expected": _either(str(numbers.get("expected", "")))})
    except KeyError:
        return _GENERAL


def _either(listed: str) -> str:
    """Return `'a', 'b' or 'c'` with the Spanish word; it is `u` before a word that sounds of `o`."""

    def joined(found: re.Match[str]) -> str:
        after = found[2].lower()
        return f" {'u' if after.startswith('o') or after == 'ho' else 'o'} {found[1]}{found[2]}"

    return _LAST_OR.sub(joined, listed)
