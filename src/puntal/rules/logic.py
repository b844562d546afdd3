"""One question of a condition, and its spelling in JSONLogic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from puntal.rules.model import Json, Logic, Operator

QUANTIFIERS: Mapping[str, str] = {"some_line": "some", "every_line": "all", "no_line": "none"}
OF_QUANTIFIER: Mapping[str, str] = {operator: word for word, operator in QUANTIFIERS.items()}
_COMPARISONS: Mapping[Operator, str] = {
    Operator.IS: "===",
    Operator.IS_NOT: "!==",
    Operator.OVER: ">",
    Operator.AT_LEAST: ">=",
    Operator.UNDER: "<",
    Operator.AT_MOST: "<=",
    Operator.STARTS_WITH: "starts_with",
    Operator.ENDS_WITH: "ends_with",
}
_OF_COMPARISON: Mapping[str, Operator] = {text: operator for operator, text in _COMPARISONS.items()}
_PAIR, _TRIPLE = 2, 3


@dataclass(frozen=True, slots=True)
class Question:
    """A field, what is asked of it, and what it is compared with: a value, a list of values, or `{"var": field}`."""

    field: str
    operator: Operator
    operand: Json


def write_question(field: str, operator: Operator, operand: Any) -> Logic:  # noqa: ANN401 - any JSON value
    """Return the question as JSONLogic."""
    var = {"var": field}
    match operator:
        case Operator.IN:
            return {"in": [var, list(operand)]}
        case Operator.NOT_IN:
            return {"!": [{"in": [var, list(operand)]}]}
        case Operator.BETWEEN:
            return {"<=": [operand[0], var, operand[1]]}
        case Operator.CONTAINS:
            return {"in": [operand, var]}
        case Operator.EXISTS:
            return {"!==" if operand else "===": [var, None]}
        case _:
            return {_COMPARISONS[operator]: [var, operand]}


def read_question(logic: Mapping[str, Any]) -> Question | None:  # noqa: PLR0911 - one per shape
    """Return the question a JSONLogic node asks, or None when it is a group or nothing we know."""
    if len(logic) != 1:
        return None
    ((operator, items),) = logic.items()
    if not isinstance(items, Sequence) or isinstance(items, str):
        return None
    if operator == "!":
        inner = read_question(items[0]) if len(items) == 1 and isinstance(items[0], Mapping) else None
        if inner is not None and inner.operator is Operator.IN:
            return Question(inner.field, Operator.NOT_IN, inner.operand)
        return None
    if operator == "<=" and len(items) == _TRIPLE:
        middle = _var(items[1])
        return Question(middle, Operator.BETWEEN, [items[0], items[2]]) if middle is not None else None
    if len(items) != _PAIR:
        return None
    return _pair(operator, items[0], items[1])


def _pair(operator: str, left: Any, right: Any) -> Question | None:  # noqa: ANN401 - any JSON value
    field, other = _var(left), _var(right)
    if operator == "in":
        if field is not None and isinstance(right, Sequence) and not isinstance(right, str):
            return Question(field, Operator.IN, list(right))
        return Question(other, Operator.CONTAINS, left) if other is not None and field is None else None
    if field is None or operator not in _OF_COMPARISON:
        return None
    if right is None:
        exists = {"===": False, "!==": True}.get(operator)
        return None if exists is None else Question(field, Operator.EXISTS, exists)
    return Question(field, _OF_COMPARISON[operator], right)


def _var(node: object) -> str | None:
    name = node.get("var") if isinstance(node, Mapping) and len(node) == 1 else None
    if isinstance(name, list) and len(name) == 1:
        name = name[0]
    return name if isinstance(name, str) else None
