"""The outlook of a program in a shop, and of every template in the typical shop of its trade. Pure but for one file."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

from puntal.engine.compile import compile as compile_program
from puntal.engine.model import Compiled, Event
from puntal.insight.outlook import year
from puntal.insight.outlook.living import Life, for_a_sample
from puntal.insight.outlook.model import Outlook, Shop, Sums, Trade
from puntal.insight.outlook.reckoning import reckon
from puntal.insight.outlook.trades import TRADES
from puntal.kit.calendar import midnight
from puntal.limits.model import BudgetKey
from puntal.programs.document.program import Program
from puntal.programs.errors import TemplateNotFound
from puntal.programs.templates import list_templates, load_template

REMEMBERED = 256
"""Outlooks kept at hand; the same question has the same answer for ever."""
TYPICAL = "typical.json"


def live(document: Program, trade: Trade, shop: Shop) -> Outlook:
    """Return the first year of a program in a shop. Takes a second or two of a processor.

    Everybody's events are decided in one order, for shared budgets bind members together; what a budget or stock has
    for all members is made as small as the sample is.
    """
    whole = compiled(document)
    members = year.sample_of(shop)
    program = for_a_sample(whole, members / shop.members if shop.members else Fraction(1))
    sums, budgets = Sums(members=members), dict[BudgetKey, int]()
    lives = [Life(program, shop, person, sums, budgets) for person in year.people(program, trade, shop)]
    # Sorting keeps what comes at one instant in the order of members and of what each did.
    steps: list[tuple[Event, Life]] = list(
        heapq.merge(
            *([(event, life) for event in life.person.events] for life in lives),
            key=lambda step: step[0].occurred_at,
        )
    )
    for event, life in steps:
        life.step(event)
    ends = midnight(program.zone, date(year.YEAR + 1, 1, 1))
    for life in lives:
        life.close(ends)
    return reckon(whole, shop, sums)


def compiled(document: Program) -> Compiled:
    """Return a document ready to decide, its wallets in the order in which they are written."""
    ordinals = {id: at for at, id in enumerate(document.wallets)}
    return compile_program(document, program_id=0, revision=1, ordinals=ordinals)


def typical(template: str, currency: str | None = None) -> Shop:
    """Return the typical shop of a template's trade.

    Raises:
        TemplateNotFound: There is none of this name.
    """
    return year.typical(trade_of(template), currency or load_template(template)["currency"])


def trade_of(template: str) -> Trade:
    """Return what is assumed of a template's trade.

    Raises:
        TemplateNotFound: There is none of this name.
    """
    if template not in TRADES:
        raise TemplateNotFound(template=template)
    return TRADES[template]


@lru_cache(maxsize=REMEMBERED)
def of_template(template: str, currency: str, shop: Shop) -> Outlook:
    """Return a template's first year in a shop; the typical one is known already.

    Raises:
        TemplateNotFound: There is none of this name.
    """
    known = stored().get(template)
    if known is not None and (known.currency, known.shop) == (currency, shop):
        return known
    document = Program.model_validate(load_template(template, currency=currency))
    return live(document, trade_of(template), shop)


@cache
def stored() -> Mapping[str, Outlook]:
    """Return the outlook of every template in its typical shop, as `python -m puntal.insight.outlook` computed it."""
    text = (resources.files("puntal.insight.outlook") / TYPICAL).read_bytes()
    found = msgspec.json.decode(text, type=dict[str, Outlook], dec_hook=_fraction)
    return {template.id: found[template.id] for template in list_templates()}


def computed() -> bytes:
    """Return what `stored` is to say: every template lived in its typical shop."""
    outlooks = {}
    for template in list_templates():
        document = Program.model_validate(load_template(template.id))
        outlooks[template.id] = live(document, trade_of(template.id), typical(template.id))
    text = msgspec.json.encode(outlooks, enc_hook=str)
    return msgspec.json.format(text, indent=2) + b"\n"


def _fraction(wanted: type, value: Any) -> object:  # noqa: ANN401 - what JSON has
    assert wanted is Fraction, "an outlook has nothing else that JSON has not"
    return Fraction(value)
