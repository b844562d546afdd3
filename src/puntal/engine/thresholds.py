"""How much more a cart needs before a reward's condition holds: "8.50 more for free shipping". Pure.

What is missing is never guessed from a condition's words alone: they say which amounts to try, and the condition, asked
again with that much more in the cart, says whether it would do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from puntal.rules.evaluator import ConditionSet
from puntal.rules.model import Facts, Logic

MONEY = ("order.net", "order.subtotal", "order.net_cash", "order.total")
ITEMS = "order.items"
_MOST_TRIED = 16
"""Amounts, the smallest first; what is further away than so many others is no help at a checkout."""


class Missing(Struct, frozen=True):
    """What more in the cart would make a condition hold: money in minor units, or items."""

    of: str
    amount: int


def missing(conditions: ConditionSet, facts: Facts, unmet: Sequence[int]) -> dict[int, Missing]:
    """Return what is missing for those of the unmet conditions (by position) that more in the cart would meet."""
    wanted: dict[int, set[tuple[str, int]]] = {}
    for at in unmet:
        steps = {
            (ITEMS if name == ITEMS else "order.net", least - value)
            for name, least in _lines_of(conditions.conditions[at].source)
            if isinstance(value := facts.get(name), int) and value < least
        }
        if steps:
            wanted[at] = steps
    out: dict[int, Missing] = {}
    for of, more in sorted({step for steps in wanted.values() for step in steps}, key=lambda step: step[1])[
        :_MOST_TRIED
    ]:
        waiting = [at for at, steps in wanted.items() if at not in out and (of, more) in steps]
        if not waiting:
            continue
        answers = ConditionSet([conditions.conditions[at] for at in waiting]).evaluate(_with_more(facts, of, more))
        out |= {at: Missing(of, more) for at, holds in zip(waiting, answers.conditions, strict=True) if holds}
    return out


def _with_more(facts: Facts, of: str, more: int) -> Facts:
    raised = (ITEMS,) if of == ITEMS else MONEY
    known = ((name, facts.get(name)) for name in raised)
    return {**facts, **{name: value + more for name, value in known if isinstance(value, int)}}


def _lines_of(logic: Logic | Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401 - any JSON value
    """Yield the least amounts that a condition compares the cart with."""
    if isinstance(logic, Mapping):
        for operator, items in logic.items():
            if operator in (">=", ">") and isinstance(items, Sequence):
                yield from _comparison(operator, items)
            if operator == "<=" and isinstance(items, Sequence) and len(items) == 3:  # noqa: PLR2004 - between
                yield from _comparison(">=", (items[1], items[0]))
            yield from _lines_of(items)
    elif isinstance(logic, Sequence) and not isinstance(logic, str):
        for item in logic:
            yield from _lines_of(item)


def _comparison(operator: str, items: Sequence[Any]) -> Iterator[tuple[str, int]]:
    left, right = items[0], items[1]
    if isinstance(left, Mapping) and left.get("var") in (*MONEY, ITEMS) and isinstance(right, int):
        yield left["var"], right + (operator == ">")
