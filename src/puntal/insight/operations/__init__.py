"""Goals: setting them, and telling others how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from puntal.access.model import Permission
from puntal.access.model_notifications import News, NotificationCode
from puntal.access.operations import audit, notifications
from puntal.engine.model import Compiled
from puntal.insight import policy_advice, policy_goals, policy_kpis, queries, store
from puntal.insight.errors import GoalUnknown, MetricUnknown, TooManyGoals
from puntal.insight.model_home import Direction, Goal, Progress
from puntal.insight.naming import Names
from puntal.kit.calendar import local_day
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.ids import derived, new_id
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.points.operations import wallet_named

_GOAL_NEWS: Mapping[str, NotificationCode] = {"goal.behind": "goal.behind", "goal.missed": "goal.missed"}
"""What staff are told of beside the last mark."""
_REACHED = f"mark:{policy_goals.MARKS[-1]}"
_TOLD_LATE = timedelta(days=7)
"""How long after its end a goal is still looked at, should no worker have run."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A goal as somebody wants it."""

    name: str
    metric: str
    wallet: str | None
    target: Fraction
    direction: Direction
    since: date
    through: date


async def set_goal(tx: Transaction, program: Compiled, wanted: Wanted, *, by: str, now: datetime) -> Goal:
    """Add a goal.

    Raises:
        MetricUnknown: No such figure can be a goal.
        UnknownWallet: The program has no such wallet.
        BadPeriod: It ends before it begins.
        TooManyGoals: There are `MOST_GOALS` already.
    """
    _check(program, wanted)
    if await store.count_goals(tx, program.program_id) >= policy_goals.MOST_GOALS:
        raise TooManyGoals(most=policy_goals.MOST_GOALS)
    goal = Goal(id=new_id(), created_at=now, created_by=by, **structs.asdict(wanted))
    await store.add_goal(tx, program.program_id, goal)
    await _note(tx, program, goal, "goal.set", by, now)
    return goal


async def change_goal(tx: Transaction, program: Compiled, id: UUID, wanted: Wanted, *, by: str, now: datetime) -> Goal:
    """Replace a goal; its alerts begin anew.

    Raises:
        GoalUnknown: It is not there; and what `set_goal` raises.
    """
    _check(program, wanted)
    found = await queries.goal(tx, program.program_id, id)
    if found is None:
        raise GoalUnknown
    goal = structs.replace(found, **structs.asdict(wanted), told=())
    await store.change_goal(tx, program.program_id, goal)
    await _note(tx, program, goal, "goal.changed", by, now)
    return goal


async def drop_goal(tx: Transaction, program: Compiled, id: UUID, *, by: str, now: datetime) -> None:
    """Delete a goal.

    Raises:
        GoalUnknown: It is not there.
    """
    if not await store.drop_goal(tx, program.program_id, id):
        raise GoalUnknown
    await audit.record(
        tx, program_id=ProgramId(program.program_id), actor=by, action="goal.dropped", subject=f"goal:{id}", now=now
    )


async def watch_goals(tx: Transaction, program: Compiled, *, now: datetime, recorded_at: datetime) -> int:
    """Tell of every goal that reached a mark, fell behind or was missed, each once; return how many were told of.

    Args:
        tx: An open transaction on the program; the caller commits.
        program: As it stands.
        now: On the program's clock.
        recorded_at: On the real one.
    """
    today = local_day(program.zone, now)
    found = [
        one for one in await queries.goals(tx, program.program_id) if one.since <= today <= one.through + _TOLD_LATE
    ]
    rest = await queries.opened(tx, program) if found else None
    said = [
        (one, kind, word)
        for one in await queries.progress(tx, program, found, now=now, rest=rest)
        for kind, word in policy_goals.untold(one, today=today)
    ]
    if not said:
        return 0
    await outbox.append(tx, program.program_id, [_happening(*each, now, recorded_at) for each in said])
    news = [_news(*each) for each in said if each[1] in _GOAL_NEWS or each[2] == _REACHED]
    await notifications.tell_whoever_may(tx, program.program_id, Permission.REPORTS_READ, news, now=recorded_at)
    await store.tell_goals(tx, program.program_id, [(one.goal.id, word) for one, _, word in said])
    return len(said)


async def keep_budgets(tx: Transaction, program: Compiled, *, now: datetime, day: date | None = None) -> None:
    """Note what is used of every budget in its present period; `day` is today unless a night says which one it ends."""
    kept = day or local_day(program.zone, now)
    keys = queries.budget_keys(program, kept)
    if keys:
        await store.keep_budgets(tx, program.program_id, kept, keys)


async def watch_budgets(tx: Transaction, program: Compiled, *, now: datetime, recorded_at: datetime) -> int:
    """Tell staff who may read reports of every budget near its end or used up, once each in a period.

    Returns how many notifications were new.

    Args:
        tx: An open transaction on the program; the caller commits.
        program: As it stands.
        now: On the program's clock.
        recorded_at: On the real one.
    """
    news = [
        News(
            code=code,
            target=("budget", one.budget),
            once=f"{code}:{one.budget}:{one.measure}:{one.period_from}:{one.most}",
            numbers={
                "budget": {language: Names(program.document, language).budget(one.budget) for language in ("en", "es")},
                "measure": one.measure,
                "percent": one.share,
                "left": one.left,
            },
        )
        for one in await queries.budgets(tx, program, now=now)
        if (code := policy_advice.news_of(one)) is not None
    ]
    return await notifications.tell_whoever_may(tx, program.program_id, Permission.REPORTS_READ, news, now=recorded_at)


def _check(program: Compiled, wanted: Wanted) -> None:
    of_wallet = wanted.metric in policy_goals.OF_WALLET
    if policy_goals.growth(wanted.metric) is None or of_wallet != (wanted.wallet is not None):
        raise MetricUnknown(metric=wanted.metric)
    policy_kpis.span(program.zone, wanted.since, wanted.through)
    if wanted.wallet is not None:
        terms = wallet_named(program.terms, wanted.wallet)
        if policy_goals.OF_WALLET[wanted.metric] == "rate" and terms.kind in ("money", "qualifying"):
            # Money is paid in and what qualifies is not spent: there is no such figure of them.
            raise MetricUnknown(metric=wanted.metric)


async def _note(tx: Transaction, program: Compiled, goal: Goal, action: str, by: str, now: datetime) -> None:
    await audit.record(
        tx,
        program_id=ProgramId(program.program_id),
        actor=by,
        action=action,
        subject=f"goal:{goal.id}",
        now=now,
        detail={
            "metric": goal.metric,
            "wallet": goal.wallet,
            "target": str(goal.target),
            "direction": goal.direction,
            "from": goal.since.isoformat(),
            "through": goal.through.isoformat(),
        },
    )


def _news(found: Progress, kind: str, word: str) -> News:
    return News(
        code=_GOAL_NEWS.get(kind, "goal.reached"),
        target=("goal", str(found.goal.id)),
        once=_cause(found.goal, word),
        numbers={"name": found.goal.name, "percent": found.share, "days": found.days_left},
    )


def _cause(goal: Goal, word: str) -> str:
    """Return under what a word about a goal is told once: one that was changed in between is told of anew."""
    return f"{goal.id}:{goal.metric}:{goal.wallet}:{goal.target}:{goal.since}:{goal.through}:{word}"


def _happening(found: Progress, kind: str, word: str, now: datetime, recorded_at: datetime) -> Happening:
    goal = found.goal
    payload: dict[str, Any] = {
        "goal": str(goal.id),
        "name": goal.name,
        "metric": goal.metric,
        "wallet": goal.wallet,
        "percent": found.share,
        "pace": found.pace,
        "days_left": found.days_left,
        "through": goal.through.isoformat(),
    }
    return Happening(
        id=derived(_cause(goal, word), kind), kind=kind, effective_at=now, recorded_at=recorded_at, payload=payload
    )
