"""Award history: what a rule would have given for orders of the past, given now. Portions; the caller commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from puntal.engine.history import HISTORY
from puntal.engine.model import Compiled
from puntal.intake.model import Answer, Item, Said
from puntal.intake.policy import caused_id, item
from puntal.kit.calendar import local_day, midnight
from puntal.kit.db import Transaction
from puntal.kit.errors import Invalid, NotFound
from puntal.programs.document.builtin import PURCHASE

PORTION = 250

EARNED_ORDERS = """
-- Orders of a stretch of a day that earned, in the order of time, with the words of the event they earned on or, where
-- that only named them, the last words before it that had their lines; those along the index on a member's events.
-- Orders of people who were erased have lost their words.
SELECT o.occurred_at, o.source, o.order_id, coalesce(o.channel, ''), coalesce(o.store, ''), coalesce(
  CASE WHEN e.body->'order' IS NOT NULL THEN e.body END,
  (
    SELECT b.body FROM event b
    WHERE b.program_id = %(program_id)s AND b.member_id = e.member_id AND b.occurred_at <= e.occurred_at
      AND b.source = e.source AND b.type IN ('order.created', 'order.paid', 'order.updated')
      AND b.body->'order'->>'id' = o.order_id
    ORDER BY b.occurred_at DESC, b.id DESC
    LIMIT 1
  ))::text
FROM shop_order o
JOIN event e ON e.program_id = %(program_id)s AND e.id = o.event_id
WHERE o.program_id = %(program_id)s AND o.state = 'earned' AND o.source <> 'referral'
  AND o.occurred_at >= %(since)s AND o.occurred_at < %(until)s
  AND (o.occurred_at, o.source, o.order_id) > (%(after_at)s, %(after_source)s, %(after_id)s)
  AND e.body->'erased' IS NULL
ORDER BY o.occurred_at, o.source, o.order_id
LIMIT %(limit)s
"""

Place = tuple[Annotated[datetime, Meta(tz=True)], str, str]
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
        "es": "La regla {rule} multiplica lo que dan otras; elige una regla que dé puntos por sí misma",
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
    limit: int = PORTION,
) -> tuple[list[Item], Place | None]:
    """Return the next orders of `[since, until)` as events to decide, and where to go on; None at the end.

    The id of each event is made of rule and order: deciding it twice is a retry.
    """
    place = (since, "", "") if after is None or after[0] < since else after
    items: list[Item] = []
    found, days = 0, 1
    while place[0] < until:
        # Day by day, so that no look at the index brings more than a day's orders to be sorted; longer where none are.
        end = min(midnight(program.zone, local_day(program.zone, place[0]) + timedelta(days=days)), until)
        cursor = await tx.execute(
            EARNED_ORDERS,
            {
                "program_id": program.program_id,
                "since": place[0],
                "until": end,
                "after_at": place[0],
                "after_source": place[1],
                "after_id": place[2],
                "limit": limit - found,
            },
        )
        rows = await cursor.fetchall()
        items += [_item(program, rule, row, now) for row in rows if row[5] is not None]
        found += len(rows)
        if found == limit:
            return items, (rows[-1][0], rows[-1][1], rows[-1][2])
        place = (end, "", "")
        days = 1 if rows else 2 * days
    return items, None


def _item(program: Compiled, rule: str, row: Sequence[Any], now: datetime) -> Item:
    at, source, order_id, channel, store, words = row
    said = _said(words)
    later = replace(
        said,
        id=caused_id(f"{source}:{order_id}", f"{HISTORY}:{rule}"),
        type=HISTORY,
        # Of the order as it earned, whichever event has its lines.
        occurred_at=at,
        channel=channel or None,
        store=store or None,
        data={"rule": rule},
    )
    return item(later, program.document, now, trusted=True)


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
