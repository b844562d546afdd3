"""The port to the JSONLogic engine: the only module that imports it.

Engine facts that this module makes up for: it compares two texts that both look like durations or instants by
what they mean (`"1d" === "24h"`), so such texts are compared behind a prefix; its `and` of nothing is null.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import datalogic_py
import msgspec

from puntal.rules.model import LINES, Facts, Json, Logic

# Without this a missing number would count as 0 and satisfy `under`.
_ENGINE = datalogic_py.Engine(config={"numeric_coercion": {"null_to_zero": False}})
# Each fails on a text that is not a duration, or not an instant.
_TEMPORAL = [_ENGINE.compile({operator: [{"val": ["text"]}]}) for operator in ("timestamp", "datetime")]
_LOCAL = threading.local()
_TRUE = "true"
_QUANTIFIERS = ("some", "all", "none")
# Any text that is neither a duration nor an instant, and that nothing a person writes begins with.
_PREFIX = "\x01"


class Answers(NamedTuple):
    """What a set of conditions says about one event.

    Attributes:
        conditions: One per condition, in the order given.
        lines: One per line filter, in the order given: one answer per line.
    """

    conditions: list[bool]
    lines: list[Sequence[bool]]


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition; may be shared between threads."""

    source: Logic
    rule: datalogic_py.Rule

    def evaluate(self, facts: Facts) -> bool:
        """Return whether the facts match. For several conditions over the same facts use a `ConditionSet`."""
        return _run([self.rule], facts)[0] == _TRUE


@dataclass(frozen=True, slots=True)
class LineFilter:
    """A condition that is asked of each line; may be shared between threads."""

    source: Logic
    rule: datalogic_py.Rule

    def evaluate(self, facts: Facts) -> list[bool]:
        """Return one answer per line of `facts["lines"]`."""
        return list(_lines(_run([self.rule], facts)[0]))


class ConditionSet:
    """Conditions and line filters that are asked together, so that the facts are converted once."""

    def __init__(self, conditions: Iterable[Condition] = (), line_filters: Iterable[LineFilter] = ()) -> None:
        self.conditions = tuple(conditions)
        self.line_filters = tuple(line_filters)
        self._rules = [*(item.rule for item in self.conditions), *(item.rule for item in self.line_filters)]

    def evaluate(self, facts: Facts) -> Answers:
        """Return every answer; the facts may hold more than is asked for, but each costs its conversion."""
        if not self._rules:
            return Answers([], [])
        answers = _run(self._rules, facts)
        count = len(self.conditions)
        return Answers([answer == _TRUE for answer in answers[:count]], [_lines(text) for text in answers[count:]])


def compile_condition(logic: Logic) -> Condition:
    """Return the condition ready to run; `logic` comes from `dialect.expand`."""
    return Condition(logic, _compile(_translate(logic, line=False)))


def compile_line_filter(logic: Logic) -> LineFilter:
    """Return the filter ready to run; `logic` comes from `dialect.expand(..., line=True)`."""
    return LineFilter(logic, _compile({"map": [{"val": [LINES]}, _translate(logic, line=True)]}))


def _compile(engine_logic: Json) -> datalogic_py.Rule:
    # From text, because the parser bounds the depth; a deep object could exhaust the stack.
    return _ENGINE.compile(msgspec.json.encode(engine_logic).decode())


def _run(rules: list[datalogic_py.Rule], facts: Facts) -> list[str]:
    answers: list[str] = []
    for answer in _session().evaluate_many(rules, datalogic_py.DataHandle(facts)):
        if not isinstance(answer, str):
            raise TypeError(f"a checked condition cannot fail: {answer}")
        answers.append(answer)
    return answers


def _session() -> datalogic_py.Session:
    """Return this thread's session; one may not be shared."""
    session: datalogic_py.Session | None = getattr(_LOCAL, "session", None)
    if session is None:
        session = _LOCAL.session = _ENGINE.session()
    return session


@lru_cache(maxsize=4096)
def _lines(answer: str) -> tuple[bool, ...]:
    inner = answer[1:-1]
    return tuple([text == _TRUE for text in inner.split(",")]) if inner else ()


def _translate(node: Any, *, line: bool) -> Any:  # noqa: ANN401, PLR0911 - any JSON value; one return per kind
    """Return the engine's form: facts are flat, so names are single keys; lines are one scope further in."""
    if isinstance(node, Mapping):
        ((operator, items),) = node.items()
        if operator == "var":
            return _variable(items, line=line)
        if operator in _QUANTIFIERS:
            return {operator: [{"val": [LINES]}, _translate(items[1], line=True)]}
        parts = [_translate(item, line=line) for item in items]
        if operator in ("===", "!=="):
            return _equality(operator, *parts)
        if operator == "in":
            return _membership(*parts)
        return {operator: parts}
    if isinstance(node, Sequence) and not isinstance(node, str):
        return [_translate(item, line=line) for item in node]
    return node


def _variable(name: str, *, line: bool) -> Json:
    if not line:
        return {"val": [name]}
    scope, _, bare = name.partition(".")
    return {"val": [bare]} if scope == "line" else {"val": [[2], name]}


def _equality(operator: str, left: Any, right: Any) -> Json:  # noqa: ANN401 - any JSON value
    if isinstance(right, Mapping):
        same: Json = {
            "and": [
                {"===": [_prefixed(left), _prefixed(right)]},
                {"===": [{"===": [left, None]}, {"===": [right, None]}]},
            ]
        }
        return same if operator == "===" else {"!": [same]}
    if _is_temporal(right):
        return {operator: [_prefixed(left), _PREFIX + right]}
    return {operator: [left, right]}


def _membership(left: Any, right: Any) -> Json:  # noqa: ANN401 - any JSON value
    if isinstance(right, list):
        temporal = [value for value in right if _is_temporal(value)]
        if not temporal:
            return {"in": [left, right]}
        exact: Json = {"in": [_prefixed(left), [_PREFIX + value for value in temporal]]}
        others = [value for value in right if not _is_temporal(value)]
        return {"or": [exact, {"in": [left, others]}]} if others else exact
    if _is_temporal(left):
        among: Json = {"some": [right, {"===": [_prefixed({"val": []}), _PREFIX + left]}]}
        return {"if": [{"===": [{"type": [right]}, "array"]}, among, {"in": [left, right]}]}
    return {"in": [left, right]}


def _prefixed(value: Json) -> Json:
    return {"cat": [_PREFIX, value]}


def _is_temporal(value: object) -> bool:
    """Return whether the engine takes the text for a duration or an instant."""
    if not isinstance(value, str):
        return False
    session = _session()
    handle = datalogic_py.DataHandle({"text": value})
    return any(isinstance(answer, str) for answer in session.evaluate_many(_TEMPORAL, handle))
