"""Award history: what a rule would have given for orders of the past, given now. Portions; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from puntal.engine.history import HISTORY
from puntal.engine.model import Compiled
from puntal.intake.model import Answer, Item, Said
from puntal.intake.policy import caused_id, item
from puntal.kit.db import Transaction
from puntal.kit.errors import Invalid, NotFound
from puntal.programs.document.builtin import PURCHASE

PORTION = 250

EARNED_ORDERS = """
-- Orders of a stretch of time that earned, with the words of the event they earned on, in the order of time.
SELECT e.body::text
FROM shop_order o
JOIN event e ON e.program_id = o.program_id AND e.id = o.event_id
WHERE o.program_id = %(program_id)s AND o.state = 'earned' AND o.source <> 'referral'
  AND o.occurred_at >= %(since)s AND o.occurred_at < %(until)s
  AND (o.occurred_at, o.source, o.order_id) > (%(after_at)s, %(after_source)s, %(after_id)s)
ORDER BY o.occurred_at, o.source, o.order_id
LIMIT %(limit)s
"""

Place = tuple[datetime, str, str]
"""Time, source and id of the last order done."""

_said = msgspec.json.Decoder(Said).decode


class RuleUnknown(NotFound):
    """The published program has no such rule on purchases."""

    code = "history.rule_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has no rule {rule} on purchases",
        "es": "El programa no tiene ninguna regla {rule} sobre compras",
    }


class RuleMultiplies(Invalid):
    """A multiplier gives nothing by itself, so it cannot be awarded alone."""

    code = "history.multiplier"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Rule {rule} multiplies what others give; award history takes a rule that gives points itself",
        "es": "La regla {rule} multiplica lo que dan otras; elija una regla que dé puntos por sí misma",
    }


class Totals(Struct):
    """What a run of award history did, or would do."""

    orders: int = 0
    awarded: int = 0
    members: int = 0
    points: dict[str, int] = {}
    """By wallet."""


def check(program: Compiled, rule: str) -> None:
    """Refuse what cannot be awarded.

    Raises:
        RuleUnknown: No rule of this id listens to purchases.
        RuleMultiplies: It only multiplies.
    """
    trigger = program.triggers.get(PURCHASE)
    found = next((one for one in trigger.rules if one.id == rule), None) if trigger is not None else None
    if found is None:
        raise RuleUnknown(rule=rule)
    if found.multiplier is not None:
        raise RuleMultiplies(rule=rule)


async def portion(
    tx: Transaction,
    program: Compiled,
    *,
    rule: str,
    since: datetime,
    until: datetime,
    after: Place | None,
    now: datetime,
    dry_run: bool,
) -> tuple[list[Item], Place | None]:
    """Return the next orders as events to decide, and where to go on; None when there are no more.

    The id of each event is made of rule and order: deciding it twice is a retry.
    """
    at, source, order_id = after or (since, "", "")
    cursor = await tx.execute(
        EARNED_ORDERS,
        {
            "program_id": program.program_id,
            "since": since,
            "until": until,
            "after_at": at,
            "after_source": source,
            "after_id": order_id,
            "limit": PORTION,
        },
    )
    bodies = [_said(row[0]) for row in await cursor.fetchall()]
    items = [_item(program, rule, said, now, dry_run=dry_run) for said in bodies if said.order is not None]
    if len(bodies) < PORTION:
        return items, None
    last = bodies[-1]
    return items, (last.occurred_at, last.source, "" if last.order is None else last.order.id)


def _item(program: Compiled, rule: str, said: Said, now: datetime, *, dry_run: bool) -> Item:
    assert said.order is not None
    later = replace(
        said,
        id=caused_id(f"{said.source}:{said.order.id}", f"{HISTORY}:{rule}"),
        type=HISTORY,
        data={"rule": rule},
    )
    return item(later, program.document, now, trusted=True, dry_run=dry_run)


def add(totals: Totals, program: Compiled, answers: list[Answer], seen: set[str]) -> None:
    """Add what a portion's answers gave to the totals; `seen` are the members met so far."""
    for answer in answers:
        totals.orders += 1
        gained = False
        for reason in answer.outcome.reasons if not answer.replayed else ():
            if len(reason) > 3 and reason[2] > 0:  # noqa: PLR2004 - rule, code, points, wallet
                wallet = program.terms[reason[3]].id
                totals.points[wallet] = totals.points.get(wallet, 0) + reason[2]
                gained = True
        totals.awarded += gained
        if gained and answer.member_id is not None:
            seen.add(str(answer.member_id))
    totals.members = len(seen)
