# ruff: noqa: ANN401 - plain data is any JSON value
"""Reading and writing documents: YAML 1.2 and JSON, every number exactly as it was written. Pure.

Plain data is what JSON can say, with `Decimal` where a number has a fraction: dates stay the text they are
written as, so a document says the same whichever format it came in.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter
from ruamel.yaml.resolver import VersionedResolver

from puntal.programs.document.program import Program
from puntal.programs.errors import DocumentUnreadable

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 40
MAX_VALUES = 200_000
_MAX_DIGITS = 30
_INTEGER_BITS = 63
_TIMESTAMP = "tag:yaml.org,2002:timestamp"

_encoder = msgspec.json.Encoder(decimal_format="number")


class _Resolver(VersionedResolver):
    """YAML 1.2 without timestamps: a date is the text it is written as."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)
        return self.DEFAULT_SCALAR_TAG if tag == _TIMESTAMP else tag


class _Constructor(SafeConstructor):
    """Numbers with a fraction become `Decimal`, from their text."""

    def exact_number(self, node: ScalarNode) -> Decimal:
        return _decimal(str(self.construct_scalar(node)).replace("_", ""))


_Constructor.add_constructor("tag:yaml.org,2002:float", _Constructor.exact_number)


class _Representer(SafeRepresenter):
    """Writes `Decimal` as a plain number, never with an exponent."""

    def represent_decimal(self, value: Decimal) -> Any:
        return self.represent_scalar("tag:yaml.org,2002:float", _digits(value))

    def represent_text(self, value: str) -> Any:
        # Left bare, what YAML counts as a line break or cannot print would come back as something else.
        style = None if value.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Representer.add_representer(Decimal, _Representer.represent_decimal)
_Representer.add_representer(str, _Representer.represent_text)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.Representer = _Representer
    yaml.Resolver = _Resolver
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # the declared type is only its default
    yaml.allow_unicode = True
    yaml.width = 110
    return yaml


def load_yaml(text: str) -> dict[str, Any]:
    """Read a YAML 1.2 document (JSON is one too).

    Raises:
        DocumentUnreadable: Not YAML, a key twice, too deep or too large, or not a mapping at the top.
    """
    _within_size(text)
    try:
        data = _yaml().load(text)
    except YAMLError as error:
        raise DocumentUnreadable(detail=_one_line(error)) from error
    except RecursionError as error:
        raise DocumentUnreadable(detail=f"nested deeper than {MAX_DEPTH}") from error
    except (ValueError, InvalidOperation) as error:
        raise DocumentUnreadable(detail=str(error)) from error
    return _checked(data)


def load_json(text: str | bytes) -> dict[str, Any]:
    """Read a JSON document.

    Raises:
        DocumentUnreadable: Not JSON, a key twice, too deep or too large, or not an object at the top.
    """
    _within_size(text)
    try:
        data = json.loads(
            text, parse_float=_decimal, parse_constant=_no_constant, object_pairs_hook=_without_duplicates
        )
    except RecursionError as error:
        raise DocumentUnreadable(detail=f"nested deeper than {MAX_DEPTH}") from error
    except ValueError as error:
        raise DocumentUnreadable(detail=str(error)) from error
    return _checked(data)


def plain(program: Program) -> dict[str, Any]:
    """Return what its author wrote, without defaults: `Program.model_validate(plain(p)) == p`."""
    dumped = program.model_dump(mode="python", by_alias=True, exclude_unset=True)
    return {key: _plain(value) for key, value in dumped.items()}


def dump_yaml(document: Program | Mapping[str, Any]) -> str:
    """Write the document as YAML 1.2."""
    stream = io.StringIO()
    _yaml().dump(_data(document), stream)
    return stream.getvalue()


def dump_json(document: Program | Mapping[str, Any], *, indent: int = 0) -> str:
    """Write the document as JSON, on one line unless `indent` is given."""
    text = _encoder.encode(_data(document))
    return (msgspec.json.format(text, indent=indent) if indent else text).decode()


def digest(document: Program | Mapping[str, Any]) -> str:
    """Return the fingerprint of what the document says; the order of keys is part of it."""
    return hashlib.sha256(dump_json(document).encode()).hexdigest()


def _data(document: Program | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(document, Program):
        return plain(document)
    return {key: _plain(value) for key, value in document.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        # 2.50 and 2.5 say the same; one digest for both.
        return int(value) if value == value.to_integral_value() else value.normalize()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _digits(value: Decimal) -> str:
    text = format(value, "f")
    return text if "." in text else text + ".0"


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise DocumentUnreadable(detail=f"'{text}' is not a number") from error
    if not number.is_finite() or len(number.as_tuple().digits) > _MAX_DIGITS or abs(number.adjusted()) > _MAX_DIGITS:
        raise DocumentUnreadable(detail=f"the number {text[:40]} has too many digits")
    return number


def _no_constant(text: str) -> NoReturn:
    raise DocumentUnreadable(detail=f"'{text}' is not a number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DocumentUnreadable(detail=f"the key '{key}' stands twice in one object")
        found[key] = value
    return found


def _within_size(text: str | bytes) -> None:
    if len(text) > MAX_CHARACTERS:
        raise DocumentUnreadable(detail=f"longer than {MAX_CHARACTERS} characters")


def _one_line(error: YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", None) or error).split())
    return f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark is not None else problem


def _checked(data: Any) -> dict[str, Any]:
    """Refuse what JSON and the database could not hold; counts aliases as often as they are used."""
    if not isinstance(data, dict):
        raise DocumentUnreadable(detail="a program is a mapping of sections, beginning with 'puntal: 1'")
    count = 0
    waiting: list[tuple[Any, int]] = [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if depth > MAX_DEPTH:
            raise DocumentUnreadable(detail=f"nested deeper than {MAX_DEPTH}")
        if count > MAX_VALUES:
            raise DocumentUnreadable(detail=f"more than {MAX_VALUES} values")
        if isinstance(value, dict):
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise DocumentUnreadable(detail=f"the key {key!r} is not text; put it in quotes")
                _check_text(key)
                waiting.append((inner, depth + 1))
        elif isinstance(value, list):
            waiting.extend((inner, depth + 1) for inner in value)
        else:
            _check_scalar(value)
    return data


def _check_scalar(value: Any) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and value.bit_length() > _INTEGER_BITS:
        raise DocumentUnreadable(detail="a whole number is larger than anything that can be counted")
    elif not isinstance(value, (int, Decimal, bool, type(None))):
        raise DocumentUnreadable(detail=f"{type(value).__name__} values have no place in a document")


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise DocumentUnreadable(detail="a text contains a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise DocumentUnreadable(detail="a text is not valid Unicode") from error
