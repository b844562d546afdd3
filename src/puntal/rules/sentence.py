"""Conditions in words, for people: the rule in the admin, the reason in an explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from puntal.rules.catalogue import Catalogue
from puntal.rules.evaluator import compile_condition
from puntal.rules.logic import Question, read_question
from puntal.rules.model import Facts, FactValue, Field, Json, Logic, Operator, Type
from puntal.rules.values import write_value

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "is": "is {v}",
        "is_not": "is not {v}",
        "in": "is {v}",
        "not_in": "is not {v}",
        "over": "is more than {v}",
        "at_least": "is at least {v}",
        "under": "is less than {v}",
        "at_most": "is at most {v}",
        "after": "is after {v}",
        "from": "is {v} or later",
        "before": "is before {v}",
        "until": "is {v} or earlier",
        "between": "is between {v}",
        "starts_with": "starts with {v}",
        "ends_with": "ends with {v}",
        "contains": "contains {v}",
        "list_contains": "include {v}",
        "exists": "is known",
        "missing": "is not known",
        "and": " and ",
        "or": " or ",
        "not": "not ({v})",
        "some": "some line has: {v}",
        "all": "every line has: {v}",
        "none": "no line has: {v}",
        "yes": "yes",
        "no": "no",
    },
    "es": {
        "is": "es {v}",
        "is_not": "no es {v}",
        "in": "es {v}",
        "not_in": "no es {v}",
        "over": "es más de {v}",
        "at_least": "es al menos {v}",
        "under": "es menos de {v}",
        "at_most": "es como máximo {v}",
        "after": "es posterior al {v}",
        "from": "es el {v} o posterior",
        "before": "es anterior al {v}",
        "until": "es el {v} o anterior",
        "between": "está entre {v}",
        "starts_with": "empieza por {v}",
        "ends_with": "termina en {v}",
        "contains": "contiene {v}",
        "list_contains": "incluye {v}",
        "exists": "se conoce",
        "missing": "no se conoce",
        "and": " y ",
        "or": " o ",
        "not": "no ({v})",
        "some": "alguna línea cumple: {v}",
        "all": "todas las líneas cumplen: {v}",
        "none": "ninguna línea cumple: {v}",
        "yes": "sí",
        "no": "no",
    },
}
_OF_DATES = {"over": "after", "at_least": "from", "under": "before", "at_most": "until"}


class Reason(NamedTuple):
    """One question of a condition and how it went.

    Attributes:
        sentence: The question in words.
        found: The fact it was asked of, in words; None when there was none.
        matched: Whether the facts answer it with yes.
    """

    sentence: str
    found: str | None
    matched: bool


def sentence(logic: Logic, catalogue: Catalogue, locale: str) -> str:
    """Return the condition in words; languages other than Spanish read English with their own numbers."""
    return _Speaker(catalogue, locale).condition(logic, inside="")


def explain(logic: Logic, facts: Facts, catalogue: Catalogue, locale: str) -> list[Reason]:
    """Return each question of the condition with the value found, in document order.

    A group over order lines is one reason. Negations are not followed inwards: what stands under `not` is answered
    as it is written there.
    """
    speaker = _Speaker(catalogue, locale)
    return [
        Reason(speaker.condition(leaf, inside=""), speaker.found(leaf, facts), compile_condition(leaf).evaluate(facts))
        for leaf in _leaves(logic)
    ]


def _leaves(logic: Logic) -> list[Logic]:
    ((operator, items),) = logic.items()
    if operator in ("and", "or", "!") and read_question(logic) is None:
        assert isinstance(items, Sequence)
        return [leaf for item in items if isinstance(item, Mapping) for leaf in _leaves(item)]
    return [logic]


class _Speaker:
    def __init__(self, catalogue: Catalogue, locale: str) -> None:
        self.catalogue = catalogue
        self.locale = Locale.parse(locale.replace("-", "_"))
        self.tag = locale
        self.words = _WORDS.get(self.locale.language, _WORDS["en"])

    def condition(self, logic: Logic, *, inside: str) -> str:
        question = read_question(logic)
        if question is not None:
            return self._question(question)
        ((operator, items),) = logic.items()
        assert isinstance(items, Sequence)
        assert not isinstance(items, str)
        if operator in ("and", "or"):
            parts = [self.condition(item, inside=operator) for item in items if isinstance(item, Mapping)]
            text = self.words[operator].join(parts)
            return f"({text})" if inside and inside != operator and len(parts) > 1 else text
        last = items[-1]
        assert isinstance(last, Mapping)
        key = "not" if operator == "!" else operator
        text = self.words[key].format(v=self.condition(last, inside=""))
        return f"({text})" if inside and operator != "!" else text

    def found(self, leaf: Logic, facts: Facts) -> str | None:
        question = read_question(leaf)
        if question is None:
            return None
        field = self.catalogue.get(question.field)
        value = facts.get(field.name)
        return None if value is None else self._fact(value, field)

    def _question(self, question: Question) -> str:
        field = self.catalogue.get(question.field)
        label = field.label(self.tag)
        key = question.operator.value
        if question.operator is Operator.EXISTS:
            return f"{label} {self.words['exists' if question.operand else 'missing']}"
        if field.type is Type.DATE:
            key = _OF_DATES.get(key, key)
        if field.type is Type.LIST:
            key = "list_contains"
        return f"{label} {self.words[key].format(v=self._operand(question, field))}"

    def _operand(self, question: Question, field: Field) -> str:
        operand = question.operand
        if isinstance(operand, Mapping):
            return self.catalogue.get(str(operand["var"])).label(self.tag)
        if not isinstance(operand, Sequence) or isinstance(operand, str):
            return self._value(operand, field)
        shown = [self._value(item, field) for item in operand]
        joint = self.words["and" if question.operator is Operator.BETWEEN else "or"]
        return joint.join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else shown[0]

    def _fact(self, value: FactValue, field: Field) -> str:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return ", ".join(field.name_of(str(item), self.tag) for item in value)
        assert not isinstance(value, Mapping)
        return self._value(value, field)

    def _value(self, value: Json, field: Field) -> str:
        assert isinstance(value, (bool, int, str))
        match field.type:
            case Type.MONEY:
                assert field.currency is not None
                amount = Decimal((0, tuple(map(int, str(abs(int(value))))), -field.scale))
                return str(format_currency(-amount if int(value) < 0 else amount, field.currency, locale=self.locale))
            case Type.NUMBER:
                return str(format_decimal(write_value(field, value), locale=self.locale))
            case Type.DATE:
                return str(format_date(date.fromisoformat(str(value)), "long", locale=self.locale))
            case Type.FLAG:
                return self.words["yes" if value else "no"]
            case _ if field.territory:
                return str(self.locale.territories.get(str(value), value))
            case _:
                return field.name_of(str(value), self.tag)
