"""Reads for the books: whether what is used of limits and budgets is what awards took and reversals gave back.

What can be proved, and what cannot:

* An award for an order remembers the room it took, so points, times and value of budgets and limits are added up
  exactly.
* An award for an event without an order leaves a transfer that names its rule and revision: points and times are
  added up from it, budgets by budgets. The money it was given on is not in the books, so of `value` only what orders
  took is proved, as a lower bound.
* Of `members`, each member counts once: her own row and her orders give a lower bound, for windows that no event can
  reach any more are forgotten there, and a merge makes two members one.
* A member's windows are compared where her row still has them; where a transfer without an order may have used some
  too, only as a lower bound.
"""

from __future__ import annotations

from collections import Counter as Sums
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from puntal.kit.db import Transaction
from puntal.ledger.model import Disagreement
from puntal.ledger.queries import NOBODY
from puntal.limits.model import Bound, BudgetKey, Used
from puntal.limits.policy import window
from puntal.orders import queries as orders
from puntal.orders.model import Use

USED_BY_MEMBERS = """
-- What a slice of members used, as their rows say. Merged and erased members have none of their own.
SELECT h.id, h.running->>'used'
FROM holder h
JOIN member m ON m.program_id = %(program_id)s AND m.id = h.id AND m.status NOT IN ('merged', 'erased')
WHERE h.program_id = %(program_id)s AND h.id > %(after)s AND h.id <= %(through)s AND h.running->'used' IS NOT NULL
"""

WITHOUT_ORDER = """
-- What rules gave for events without an order, by rule, revision and local day.
SELECT t.holder_id, t.event_id, t.rule, t.revision, (t.effective_at AT TIME ZONE %(zone)s)::date, sum(t.amount)::bigint
FROM transfer t
WHERE t.program_id = %(program_id)s AND t.kind = 'points.earned' AND t.source = 'issued' AND t.order_key IS NULL
  AND t.rule IS NOT NULL
GROUP BY 1, 2, 3, 4, 5
"""

USAGE = """
-- Every shared counter of the program.
SELECT budget, measure, period_start, used FROM budget_usage WHERE program_id = %(program_id)s
"""

Budgets = Mapping[int, Mapping[str, Sequence[Bound]]]
"""Revision to rule to the budgets it is under."""

Redeemed = Callable[[UUID, UUID], Awaitable[Sequence[tuple[UUID, Sequence[Use]]]]]
"""Given the ids after and through which members are meant."""
MemberUse = tuple[UUID, str, date, str]
_used = msgspec.json.Decoder(Used).decode
_MARK = "member:"
"""How a member's own awards under a budget of members are named in her row."""


class _Usage:
    """What awards and rows say, added up."""

    def __init__(self) -> None:
        self.budgets: Sums[BudgetKey] = Sums()
        self.least: Sums[BudgetKey] = Sums()
        self.inexact: set[BudgetKey] = set()
        self.wrong: list[Disagreement] = []


async def disagreements(
    tx: Transaction, program_id: int, budgets: Budgets, *, zone: str, redeemed: Redeemed | None = None
) -> list[Disagreement]:
    """Return every counter that is not what awards and redemptions took of it, as far as it can be proved (see above).

    Args:
        tx: An open transaction on the program.
        program_id: Whose counters.
        budgets: As compiled, of every revision that decided something.
        zone: Of the program.
        redeemed: Returns what redemptions of a slice of members use, by member.
    """
    usage = _Usage()
    loose = await _without_order(tx, program_id, budgets, zone, usage)
    async for after, through, found_awards in orders.awards(tx, program_id):
        taken: Sums[MemberUse] = Sums()
        joined: set[tuple[UUID, BudgetKey]] = set()
        for member, awards in found_awards:
            for award in awards:
                for use in award.uses:
                    _take(member, use, award.still_used(use, sum(award.taken)), taken, joined, usage)
        for member, uses in () if redeemed is None else await redeemed(after, through):
            for use in uses:
                _take(member, use, use.amount, taken, joined, usage)
        names = {"program_id": program_id, "after": after, "through": through}
        rows = await (await tx.execute(USED_BY_MEMBERS, names)).fetchall()
        for id, text in rows:
            _compare_member(id, _used(text), taken, joined, usage, exact=id not in loose)
        for _, key in joined:
            usage.least[key] += 1
    found = {(row[0], row[1], row[2]): int(row[3]) for row in await _rows(tx, program_id)}
    return usage.wrong + _compare_budgets(usage, found)


def _take(
    member: UUID,
    use: Use,
    left: int,
    taken: Sums[MemberUse],
    joined: set[tuple[UUID, BudgetKey]],
    usage: _Usage,
) -> None:
    if use.scope == "m":
        taken[member, use.key, use.start, use.measure] += left
    elif use.measure == "members":
        if left:
            joined.add((member, (use.key, use.measure, use.start)))
    else:
        usage.budgets[use.key, use.measure, use.start] += left


async def _rows(tx: Transaction, program_id: int) -> list[tuple[str, str, date, int]]:
    return [
        (row[0], row[1], row[2], row[3])
        for row in await (await tx.execute(USAGE, {"program_id": program_id})).fetchall()
    ]


async def _without_order(tx: Transaction, program_id: int, budgets: Budgets, zone: str, usage: _Usage) -> set[UUID]:
    """Add up what awards without an order took of budgets; return the members who got some."""
    loose = set()
    cursor = await tx.execute(WITHOUT_ORDER, {"program_id": program_id, "zone": zone})
    for holder, _, rule, revision, day, amount in await cursor.fetchall():
        loose.add(holder)
        for bound in budgets.get(revision, {}).get(rule, ()):
            key = (bound.key, bound.measure, window(bound, day))
            match bound.measure:
                case "points":
                    usage.budgets[key] += amount
                case "times":
                    usage.budgets[key] += 1
                case _:
                    usage.inexact.add(key)
    return loose


def _compare_member(
    id: UUID,
    used: Used,
    taken: Mapping[MemberUse, int],
    joined: set[tuple[UUID, BudgetKey]],
    usage: _Usage,
    *,
    exact: bool,
) -> None:
    for key, windows in used.items():
        for start, counter in windows.items():
            if key.startswith(_MARK):
                if counter.times > 0:
                    joined.add((id, (key.removeprefix(_MARK), "members", start)))
                continue
            for measure, found in (("times", counter.times), ("points", counter.points), ("value", counter.value)):
                expected = taken.get((id, key, start, measure), 0)
                if found < expected or (exact and found > expected):
                    usage.wrong.append(
                        Disagreement("limit", id, -1, f"{key} {measure}", expected, found, start.isoformat())
                    )


def _compare_budgets(usage: _Usage, found: Mapping[BudgetKey, int]) -> list[Disagreement]:
    wrong = []
    for key in sorted(usage.budgets.keys() | usage.least.keys() | found.keys()):
        used = found.get(key, 0)
        expected = usage.budgets[key] or usage.least[key]
        exact = key[1] != "members" and key not in usage.inexact
        if used < expected or (exact and used > expected):
            wrong.append(Disagreement("budget", NOBODY, -1, f"{key[0]} {key[1]}", expected, used, key[2].isoformat()))
    return wrong
