"""Conditions in words, for people: the rule in the admin, the reason in an explanation."""

from __future__ import annotations

import re
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
from puntal.rules.phrases import WORDS
from puntal.rules.values import write_value

_OF_DATES = {"over": "after", "at_least": "from", "under": "before", "at_most": "until"}
_OPPOSITES = {
    "is": "is_not",
    "is_not": "is",
    "in": "not_in",
    "not_in": "in",
    "contains": "lacks",
    "exists": "missing",
    "missing": "exists",
}
"""What says that another is not so, also of what is not known."""
_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
"""Words that somebody joined for a machine: they are read apart."""
_COUNTING = frozenset({"is", "over", "at_least", "under", "at_most"})


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
        self.words = WORDS.get(self.locale.language, WORDS["en"])

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
        asked = read_question(last) if operator == "!" else None
        opposite = None if asked is None else _OPPOSITES.get(self._key(asked))
        if asked is not None and opposite is not None:
            return self._question(asked, key=opposite)
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

    def _key(self, question: Question) -> str:
        if question.operator is Operator.EXISTS:
            return "exists" if question.operand else "missing"
        return question.operator.value

    def _question(self, question: Question, *, key: str | None = None) -> str:
        field = self.catalogue.get(question.field)
        key = key or self._key(question)
        if field.type is Type.FLAG and key in ("is", "is_not") and isinstance(question.operand, bool):
            answer = field.answer(yes=question.operand is (key == "is"), locale=self.tag)
            if answer is not None:
                return answer
        if key in _COUNTING and isinstance(question.operand, int):
            counted = self._counted(field, key, question.operand)
            if counted is not None:
                return counted
        if field.type is Type.DATE:
            key = _OF_DATES.get(key, key)
        predicate = self.words[f"many {key}" if field.plural and f"many {key}" in self.words else key]
        # Whether something is known is asked without a value.
        value = "" if question.operator is Operator.EXISTS else self._operand(question, field)
        return f"{field.subject_of(self.tag)} {predicate.format(v=value)}"

    def _counted(self, field: Field, key: str, number: int) -> str | None:
        """Return a sentence that begins with how many there are, where the field counts."""
        word = field.counted(number, self.tag)
        if word is None:
            return None
        if field.elapsed:
            return self.words[f"elapsed {key}"].format(v=f"{self._value(number, field)} {word}")
        if number == 0 and key == "is":
            return self.words["there none"].format(v=word)
        one = f"there {key} one"
        predicate = self.words[one if number == 1 and one in self.words else f"there {key}"]
        return predicate.format(v=f"{self._value(number, field)} {word}")

    def _operand(self, question: Question, field: Field) -> str:
        operand = question.operand
        if isinstance(operand, Mapping):
            return self.catalogue.get(str(operand["var"])).subject_of(self.tag)
        if not isinstance(operand, Sequence) or isinstance(operand, str):
            return self._value(operand, field)
        shown = [self._value(item, field) for item in operand]
        joint = self.words["and" if question.operator is Operator.BETWEEN else "or"]
        if joint == " o " and shown[-1].casefold().startswith(("o", "ho", "ó", "hó")):
            joint = " u "
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
                return self._named(int(value), field) or str(
                    format_decimal(write_value(field, value), locale=self.locale)
                )
            case Type.DATE:
                return str(format_date(date.fromisoformat(str(value)), "long", locale=self.locale))
            case Type.FLAG:
                return self.words["yes" if value else "no"]
            case _ if field.territory:
                return str(self.locale.territories.get(str(value), value))
            case _:
                called = field.name_of(str(value), self.tag)
                return called.replace("_", " ") if _CODE.fullmatch(called) else called

    def _named(self, number: int, field: Field) -> str | None:
        """Return the month or the day of the week of that number."""
        if field.calendar == "month":
            found = self.locale.months["format"]["wide"].get(number)
        elif field.calendar == "weekday":
            found = self.locale.days["format"]["wide"].get(number - 1)
        else:
            found = None
        return None if found is None else str(found)
