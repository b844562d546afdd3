"""Crediting what a rule or a tier gives: as far as there is room, with the reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from puntal.earning.model import Given
from puntal.earning.policy import truncate
from puntal.engine import room
from puntal.engine.model import Reason
from puntal.engine.work import Work
from puntal.kit.shares import share
from puntal.orders.model import SHIPPING, OrderAward, Use
from puntal.points import policy as points
from puntal.points.model import UNTIL_CLAIMED, Starting

_CODES = {(True, False): "awarded", (True, True): "cut", (False, True): "limit", (False, False): "nothing"}
"""By whether something is given, and whether something cut it."""


def credit(work: Work, given: Given, position: Sequence[int] | None) -> int:
    """Post one award as far as there is room and say why; `position` maps its lines to the order's.

    Returns what was credited.
    """
    rule = given.rule
    amount, by = room.payable(work, given)
    if amount < given.points:
        given = truncate(given, amount, by or "limit")
    cut = given.cut_by is not None
    code = _CODES[bool(given.points), cut]
    work.reasons.append(Reason(rule.id, code, given.points, given.wallet, given.base, given.uncut, given.cut_by))
    if given.carry is not None and given.award is not None:
        work.running.carry[given.award.key] = given.carry
    if not given.points:
        return 0
    lot = _earn(work, given)
    uses = room.take(work, given)
    for cooldown in work.program.cooldowns.get(rule.id, ()):
        work.running.last[cooldown.key] = work.event.occurred_at
    work.times.add(rule.id)
    for climb in work.program.climbs:
        if climb.measure == "earned" and climb.wallet == given.wallet:
            work.count_tier(climb, given.points, work.day)
    if work.order is not None:
        _remember(work, given, lot, uses, position)
    work.awarded = True
    return given.points


def _earn(work: Work, given: Given) -> UUID:
    terms = work.program.terms[given.wallet]
    award = given.award
    available = None if award is None else award.available
    if work.state.profile.status == "guest":
        available = Starting(on=UNTIL_CLAIMED, cancel=True, within=work.program.claim_within)
    lot = points.earn(
        work.books,
        terms,
        given.points,
        cause=work.cause(given.rule.id),
        at=work.earned_at,
        now=work.now,
        expiry=None if award is None else award.expiry,
        available=available,
        origin="granted" if terms.kind == "money" else None,
    )
    earned = work.running.totals.earned
    earned[terms.id] = earned.get(terms.id, 0) + given.points
    return lot.id


def gift(work: Work, key: str, wallet: int, amount: int) -> None:
    """Post what a tier gives: no rule, no limits, no measure."""
    terms = work.program.terms[wallet]
    lot = points.earn(
        work.books,
        terms,
        amount,
        cause=work.cause(key),
        at=work.event.occurred_at,
        now=work.now,
        origin="granted" if terms.kind == "money" else None,
    )
    earned = work.running.totals.earned
    earned[terms.id] = earned.get(terms.id, 0) + amount
    work.reasons.append(Reason(key, "awarded", amount, wallet, 0, amount))
    work.awarded = True
    if work.order is not None:
        lines = _over(work, amount)
        work.order.awards.append(
            OrderAward(key, wallet, lot.id, lines, [0] * len(lines), "other", day=work.day, counted=False)
        )


def _over(work: Work, amount: int) -> list[int]:
    """Return an amount that was not earned on lines, over the lines of the order it belongs to."""
    assert work.order is not None
    return share(amount, [0 if line.id == SHIPPING else line.net for line in work.order.lines])


def _remember(work: Work, given: Given, lot: UUID, uses: list[Use], position: Sequence[int] | None) -> None:
    order = work.order
    assert order is not None
    if not given.lines:
        lines = _over(work, given.points)
    else:
        lines = [0] * len(order.lines)
        if position is None:
            lines[: len(given.lines)] = given.lines
        else:
            for index, part in zip(position, given.lines, strict=False):
                lines[index] += part
    order.awards.append(
        OrderAward(
            given.rule.id,
            given.wallet,
            lot,
            lines,
            [0] * len(lines),
            given.kind if work.event.cause is None else "other",
            given.rule.keep,
            uses,
            work.day,
        )
    )
