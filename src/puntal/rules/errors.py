"""What this slice refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Fault, Faulty
from puntal.kit.words import Words
from puntal.rules.model import Type

__all__ = ["Fault", "FaultyRule", "a_type", "fault"]

_IN_SPANISH: Mapping[Type, str] = {
    Type.TEXT: "un texto",
    Type.NUMBER: "un número",
    Type.MONEY: "dinero",
    Type.FLAG: "un sí o no",
    Type.DATE: "una fecha",
    Type.CHOICE: "una opción",
    Type.LIST: "una lista",
}


class FaultyRule(Faulty):
    """The condition or formula cannot be used; `faults` lists everything wrong with it."""

    code = "rules.faulty"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The condition or formula is not valid ({count} faults)",
        "es": "La condición o fórmula no es válida ({count} fallos)",
    }


def fault(path: str, reason_code: str, reason: Words, suggestion: str | Words | None = None) -> Fault:
    """Return a fault of this slice; `path` is a JSON pointer relative to the condition or formula."""
    return Fault(path=path, code=f"rules.{reason_code}", reason=reason, suggestion=suggestion)


def a_type(type_: Type) -> Words:
    """Return what a field of the type is, to stand after `is`."""
    return Words(type_.value, _IN_SPANISH[type_])
