"""What pydantic finds wrong reads as a sentence in Spanish too, with its numbers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic_core import core_schema

from puntal.kit import problem
from puntal.kit.reasons import UnfitError, reason_of
from puntal.kit.words import Words, said

_NEVER_SENT = {
    "assertion_error",
    "callable_type",
    "default_factory_not_called",
    "ellipsis_error",
    "get_attribute_error",
    "is_instance_of",
    "is_subclass_of",
    "iteration_error",
    "missing_sentinel_error",
    "needs_python_object",
    "no_such_attribute",
    "set_item_not_hashable",
    "value_error",
}
"""Types that no JSON leads to, or that say nothing without their English words."""

_NUMBERS = (
    "pattern",
    "gt",
    "ge",
    "lt",
    "le",
    "multiple_of",
    "encoding",
    "expected",
    "min_length",
    "max_length",
    "max_digits",
    "decimal_places",
    "whole_digits",
    "tz_expected",
    "tz_actual",
    "expected_schemes",
    "expected_version",
    "tag",
    "expected_tags",
    "discriminator",
)


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=5)]
    amount: Annotated[int, Field(ge=0)] = 0
    of: str | None = None

    @model_validator(mode="after")
    def _with_amount(self) -> Line:
        if self.of is not None and not self.amount:
            raise UnfitError(Words("a line of something has an amount", "una línea de algo tiene un importe"))
        return self


def reason(kind: Any, written: object) -> Words:
    with pytest.raises(ValidationError) as wrong:
        TypeAdapter(kind).validate_python(written)
    return reason_of(wrong.value.errors(include_url=False)[0])


def test_every_type_of_error_has_a_sentence_of_its_own() -> None:
    kinds = get_args(core_schema.ErrorType)
    told = {kind: reason_of({"type": kind, "msg": "No", "ctx": dict.fromkeys(_NUMBERS, 2)}).es for kind in kinds}

    assert {kind for kind in kinds if told[kind] == "Este valor no es válido"} == _NEVER_SENT


@pytest.mark.parametrize(
    ("kind", "written", "english", "spanish"),
    [
        (Line, {}, "Field required", "Falta este campo"),
        (Line, {"id": "a", "x": 1}, "Extra inputs are not permitted", "Este campo no se admite aquí"),
        (Line, {"id": 7}, "Input should be a valid string", "Debe ser un texto"),
        (Line, {"id": ""}, "String should have at least 1 character", "Debe tener al menos 1 carácter"),
        (Line, {"id": "abcdef"}, "String should have at most 5 characters", "Debe tener como máximo 5 caracteres"),
        (
            Line,
            {"id": "a", "amount": -1},
            "Input should be greater than or equal to 0",
            "Debe ser mayor o igual que 0",
        ),
        (
            Line,
            {"id": "a", "of": "b"},
            "Value error, a line of something has an amount",
            "una línea de algo tiene un importe",
        ),
        (
            Annotated[list[int], Field(min_length=2)],
            [1],
            "List should have at least 2 items after validation, not 1",
            "Debe tener al menos 2 elementos",
        ),
        (Literal["once", "over", "pair"], "no", "Input should be 'once', 'over' or 'pair'", "'once', 'over' o 'pair'"),
        (Literal["pair", "order"], "no", "Input should be 'pair' or 'order'", "Debe ser 'pair' u 'order'"),
        (date, "soon", "Input should be a valid date or datetime", "Debe ser un día escrito año-mes-día"),
        (AwareDatetime, "2026-03-02T12:00:00", "Input should have timezone info", "Debe llevar la zona horaria"),
        (UUID, "anna", "Input should be a valid UUID", "Debe ser un UUID"),
        (
            Annotated[Decimal, Field(decimal_places=1)],
            "1.25",
            "Decimal input should have no more than 1 decimal place",
            "Debe tener como máximo 1 decimal",
        ),
        (bool, "perhaps", "Input should be a valid boolean", "Debe ser true o false"),
    ],
)
def test_reasons_are_said_in_both_languages(kind: Any, written: object, english: str, spanish: str) -> None:
    found = reason(kind, written)

    assert found.en.startswith(english)
    assert spanish in found.es
    assert not re.search(r"[{}]| or ", found.es)


@pytest.mark.parametrize(
    "found",
    [
        {"type": "value_error", "msg": "Value error, no", "ctx": {"error": ValueError("no")}},
        {"type": "of_a_newer_version", "msg": "No"},
        {"type": "greater_than", "msg": "Input should be greater than 0"},
    ],
)
def test_what_is_not_known_is_told_in_general(found: dict[str, Any]) -> None:
    assert reason_of(found) == Words(found["msg"], "Este valor no es válido")


def test_a_refused_body_is_told_in_the_language_asked_for() -> None:
    with pytest.raises(ValidationError) as wrong:
        Line.model_validate({"amount": "many"})
    found: list[Any] = [{**each, "loc": ("body", *each["loc"])} for each in wrong.value.errors()]

    told = {locale: problem.of_validation(found, {"amount": "many"}, locale) for locale in problem.LOCALES}

    assert [each["reason"] for each in told["en"]["errors"]] == [each["msg"] for each in found]
    assert [each["reason"] for each in told["es"]["errors"]] == [said(reason_of(each), "es") for each in found]
    assert [each["reason"] for each in told["es"]["errors"]] == ["Falta este campo", "Debe ser un número entero"]
