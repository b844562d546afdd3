"""What the figures say should be looked at, and what might help: plain rules, each with its numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from puntal.insight.model import BurnDown, Incentive
from puntal.insight.model_breakdowns import RewardRank
from puntal.insight.model_home import Advice, Alert, Progress, Target, Waiting
from puntal.insight.model_kpis import Kpis, Share

NEAR_ITS_END = 80
"""Percent of a budget from which it is told of."""

ENDING_SHARE = Fraction(1, 5)
FEW_REDEEM = Fraction(1, 5)
FEW_ACTIVE = Fraction(1, 5)
FEW_BUYERS_JOIN = Fraction(1, 2)
FEWER_COME_BACK = Fraction(9, 10)
"""Of the rate before: a tenth less."""

LEAST_PEOPLE = 20
"""Fewer say nothing."""


def alerts(kpis: Kpis, budgets: Sequence[BurnDown], goals: Sequence[Progress], waiting: Waiting) -> list[Alert]:
    """Return what wants looking at, worst first."""
    found = [*_of_operation(waiting), *_of_budgets(budgets), *_of_goals(goals)]
    found += [
        Alert(
            kind="points_ending",
            severity="info",
            target="wallets",
            about=one.wallet,
            numbers={"units": one.units, "percent": percent(one.rate)},
        )
        for one in kpis.ending
        if one.units and _at_least(one.rate, ENDING_SHARE)
    ]
    order = ("critical", "warning", "info")
    return sorted(found, key=lambda one: order.index(one.severity))


def _of_operation(waiting: Waiting) -> list[Alert]:
    found = []
    if waiting.books_wrong:
        found.append(
            Alert(
                kind="books_disagree", severity="critical", target="operations", numbers={"count": waiting.books_wrong}
            )
        )
    if waiting.parked_webhooks:
        numbers: dict[str, int | str] = {"count": waiting.parked_webhooks}
        found.append(Alert(kind="webhooks_parked", severity="warning", target="webhooks", numbers=numbers))
    if waiting.failed_jobs:
        found.append(
            Alert(kind="jobs_failed", severity="warning", target="jobs", numbers={"count": waiting.failed_jobs})
        )
    if waiting.approvals:
        found.append(
            Alert(kind="approvals_waiting", severity="info", target="approvals", numbers={"count": waiting.approvals})
        )
    return found


def _of_budgets(budgets: Sequence[BurnDown]) -> list[Alert]:
    found = []
    for one in budgets:
        target: Target = "campaigns" if one.budget.startswith("campaign:") else "program"
        target = "rewards" if one.budget.startswith("reward:") else target
        numbers: dict[str, int | str] = {"percent": one.share, "left": one.left, "measure": one.measure}
        if one.left == 0:
            found.append(
                Alert(kind="budget_used_up", severity="warning", target=target, about=one.budget, numbers=numbers)
            )
        elif one.share >= NEAR_ITS_END or one.runs_out_on is not None:
            on = "" if one.runs_out_on is None else one.runs_out_on.isoformat()
            found.append(
                Alert(
                    kind="budget_ending",
                    severity="warning" if one.share >= NEAR_ITS_END else "info",
                    target=target,
                    about=one.budget,
                    numbers=numbers | {"on": on},
                )
            )
    return found


def news_of(budget: BurnDown) -> Literal["budget.ending", "budget.used_up"] | None:
    """Return what staff are told of a budget whether or not they look, if anything."""
    if not budget.most:
        return None
    if budget.left == 0:
        return "budget.used_up"
    return "budget.ending" if budget.share >= NEAR_ITS_END else None


def _of_goals(goals: Sequence[Progress]) -> list[Alert]:
    return [
        Alert(
            kind="goal_behind" if one.pace == "behind" else "goal_missed",
            severity="warning" if one.pace == "behind" else "info",
            target="goals",
            about=one.goal.name,
            numbers={"percent": one.share, "days": one.days_left},
        )
        for one in goals
        if one.pace in ("behind", "missed")
    ]


def advice(
    kpis: Kpis, before: Kpis, rewards: Sequence[RewardRank], incentives: Sequence[Incentive], *, reminds: bool
) -> list[Advice]:
    """Return what might help, what concerns most first.

    Args:
        kpis: Of the period.
        before: Of the period before.
        rewards: What each did in the period.
        incentives: What each led to in the period.
        reminds: Whether the program tells members of what ends.
    """
    return [
        *_of_wallets(kpis, reminds=reminds),
        *_of_people(kpis, before),
        *_of_rewards(rewards),
        *_of_incentives(incentives),
    ]


def _of_wallets(kpis: Kpis, *, reminds: bool) -> list[Advice]:
    found = [
        Advice(
            kind="remind_of_ending",
            target="campaigns" if reminds else "wallets",
            about=one.wallet,
            numbers={"percent": percent(one.rate), "units": one.units},
        )
        for one in kpis.ending
        if one.units and _at_least(one.rate, ENDING_SHARE)
    ]
    for flow in kpis.flows:
        rate = flow.redemption_rate_lifetime
        if flow.kind == "points" and kpis.people.members >= LEAST_PEOPLE and _below(rate, FEW_REDEEM):
            found.append(
                Advice(
                    kind="make_rewards_reachable",
                    target="rewards",
                    about=flow.wallet,
                    numbers={"percent": percent(rate), "earned": flow.earned_ever, "spent": flow.spent_ever},
                )
            )
    return found


def _of_people(kpis: Kpis, before: Kpis) -> list[Advice]:
    found = []
    people, bought = kpis.people, kpis.purchases
    if people.members >= LEAST_PEOPLE and _below(people.active_rate, FEW_ACTIVE):
        found.append(
            Advice(
                kind="win_back_members",
                target="campaigns",
                numbers={
                    "percent": percent(people.active_rate),
                    "quiet": people.members - people.active_members,
                    "members": people.members,
                },
            )
        )
    if bought.buyers >= LEAST_PEOPLE and _below(bought.membership_rate, FEW_BUYERS_JOIN):
        found.append(
            Advice(
                kind="invite_guests",
                target="program",
                numbers={
                    "percent": 100 - percent(bought.membership_rate),
                    "guests": bought.buyers - bought.member_buyers,
                },
            )
        )
    now, then = bought.repeat_purchase_rate, before.purchases.repeat_purchase_rate
    if (
        bought.buyers >= LEAST_PEOPLE
        and then.value
        and now.value is not None
        and now.value < then.value * FEWER_COME_BACK
    ):
        found.append(
            Advice(
                kind="bring_buyers_back",
                target="campaigns",
                numbers={"percent": percent(now), "before": percent(then)},
            )
        )
    return found


def _of_rewards(rewards: Sequence[RewardRank]) -> list[Advice]:
    unused = sorted({one.reward for one in rewards if not one.redemptions and not one.vouchers_used})
    if not unused or len({one.reward for one in rewards}) == len(unused):
        # Where nobody took anything at all, the rewards are not to blame one by one.
        return []
    return [
        Advice(
            kind="retire_unused_rewards",
            target="rewards",
            about=unused[0],
            numbers={"count": len(unused), "names": ", ".join(unused[:3])},
        )
    ]


def _of_incentives(incentives: Sequence[Incentive]) -> list[Advice]:
    costly = [one for one in incentives if one.cost_minor > one.sales_minor and one.cost_minor > 0]
    return [
        Advice(
            kind="review_costly_incentive",
            target="campaigns" if one.kind == "campaign" else "rewards",
            about=one.id,
            numbers={"cost": one.cost_minor, "sales": one.sales_minor},
        )
        for one in sorted(costly, key=lambda one: one.sales_minor - one.cost_minor)[:3]
    ]


def percent(share: Share) -> int:
    """Return a share in whole percent, rounded down; 0 of nothing."""
    return share.numerator * 100 // share.denominator if share.denominator > 0 else 0


def _at_least(share: Share, line: Fraction) -> bool:
    return share.value is not None and share.value >= line


def _below(share: Share, line: Fraction) -> bool:
    return share.value is not None and share.value < line
