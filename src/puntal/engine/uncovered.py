"""Why no line of an order counts for a rule: each line with what leaves it out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from puntal.engine.facts import facts_of_event
from puntal.engine.model import Compiled, Event, Trigger
from puntal.engine.phrases import WORDS
from puntal.orders.model import Line
from puntal.orders.policy import amounts
from puntal.programs.catalogue import catalogue_of, of_lines
from puntal.programs.document.earning import Rule
from puntal.programs.document.values import Condition
from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import expand
from puntal.rules.evaluator import compile_condition
from puntal.rules.sentence import explain, sentence

_LINES = 5
"""So many lines are named; the others are counted."""

Say = Callable[..., str]


def uncovered(program: Compiled, event: Event, trigger: Trigger, rule: Rule, locale: str, say: Say) -> str:
    """Return what leaves out each line of the event's order, lines of one reason together; empty of no order.

    Args:
        program: The revision that decided it.
        event: As it was decided.
        trigger: What the rule listens to.
        rule: One whose filters no line passed.
        locale: Of the sentences.
        say: Gives the engine's words: by table, key and values.
    """
    order = event.order
    if order is None or not order.lines:
        return ""
    catalogue = of_lines(catalogue_of(program.document, program.wallets))
    facts: Sequence[Mapping[str, Any]] = facts_of_event(program, event, trigger, amounts(order)).get("lines", ())
    told: dict[str, list[str]] = {}
    only = rule.only_lines if rule.multiply is None else rule.multiply.only_lines or rule.only_lines
    for at, line in enumerate(order.lines[:_LINES]):
        known = {f"line.{name}": value for name, value in (facts[at] if at < len(facts) else {}).items()}
        why = _why(line, known, only, rule.except_lines, catalogue, locale, say)
        if why:
            told.setdefault(why, []).append(line.product or line.category or line.id)
    parts = [f"{', '.join(names)}: {why}" for why, names in told.items()]
    if told and len(order.lines) > _LINES:
        parts.append(say(WORDS, "more_lines", v=len(order.lines) - _LINES))
    return f": {'; '.join(parts)}" if parts else ""


def _why(
    line: Line,
    facts: Mapping[str, Any],
    only: Condition | None,
    but: Condition | None,
    catalogue: Catalogue,
    locale: str,
    say: Say,
) -> str:
    if but is not None:
        logic = expand(but, catalogue, line=True)
        if compile_condition(logic).evaluate(facts):
            met = [each.sentence for each in explain(logic, facts, catalogue, locale) if each.matched]
            left_out = say(WORDS, "and").join(met) or sentence(logic, catalogue, locale)
            return say(WORDS, "left_out", v=left_out)
    if only is not None:
        failing = [
            each.sentence if each.found is None else say(WORDS, "found", needed=each.sentence, found=each.found)
            for each in explain(expand(only, catalogue, line=True), facts, catalogue, locale)
            if not each.matched
        ]
        return say(WORDS, "counts_only", v=say(WORDS, "and").join(failing)) if failing else ""
    return say(WORDS, "is_gift_card") if line.gift_card else ""
