"""What each rule's awards are under: limits of the member, caps of wallets, budgets of all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from puntal.limits.model import Bound, BudgetKey, Cooldown
from puntal.limits.policy import compile_budget, compile_limits, window
from puntal.programs.document import earning as written
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.program import Program
from puntal.programs.document.values import each_of


def counters(budgets: Iterable[Iterable[Bound]], days: Iterable[date]) -> set[BudgetKey]:
    """Return the shared counters that budgets use on these local days."""
    bounds = {bound for each in budgets for bound in each}
    return {(bound.key, bound.measure, window(bound, day)) for bound in bounds for day in days}


class Written:
    """A rule as written and the campaign round it."""

    def __init__(self, rule: written.Rule, campaign: Campaign | None) -> None:
        self.rule = rule
        self.campaign = campaign


def limits_of(
    document: Program, rules: Sequence[Written]
) -> tuple[dict[str, tuple[Bound, ...]], dict[str, tuple[Cooldown, ...]]]:
    """Return each rule's limits per member and its cooldowns, its own before shared ones."""
    all_bounds, all_cooldowns = {}, {}
    shared = [(limit.rules, compile_limits(f"limit:{id}", [limit])) for id, limit in document.limits.items()]
    for item in rules:
        bounds, cooldowns = compile_limits(f"rule:{item.rule.id}", each_of(item.rule.limit))
        for names, (more, cooling) in shared:
            if item.rule.id in names:
                bounds, cooldowns = (*bounds, *more), (*cooldowns, *cooling)
        all_bounds[item.rule.id] = bounds
        if cooldowns:
            all_cooldowns[item.rule.id] = cooldowns
    return all_bounds, all_cooldowns


def caps_of(document: Program, ordinals: Mapping[str, int]) -> dict[int, tuple[Bound, ...]]:
    """Return each wallet's caps on earning, by ordinal."""
    return {
        ordinals[id]: tuple(
            Bound(f"wallet:{id}#{n}", "m", "points", cap.points, cap.per)
            for n, cap in enumerate(each_of(wallet.limits.earn))
        )
        for id, wallet in document.wallets.items()
        if each_of(wallet.limits.earn)
    }


def budgets_of(document: Program, rules: Sequence[Written]) -> dict[str, tuple[Bound, ...]]:
    """Return each rule's own, its campaign's and the program's budgets."""
    whole = () if document.budget is None else compile_budget("program", document.budget)
    out = {}
    for item in rules:
        own = () if item.rule.budget is None else compile_budget(f"rule:{item.rule.id}", item.rule.budget)
        campaign = item.campaign
        around = () if campaign is None or campaign.budget is None else compile_budget(
            f"campaign:{campaign.id}", campaign.budget)  # fmt: skip
        out[item.rule.id] = (*own, *around, *whole)
    return out


def bounding_of(
    document: Program,
    ordinals: Mapping[str, int],
    bounds: Mapping[str, tuple[Bound, ...]],
    caps: Mapping[int, tuple[Bound, ...]],
    budgets: Mapping[str, tuple[Bound, ...]],
) -> dict[str, tuple[tuple[Bound, ...], ...]]:
    """Return per rule and wallet everything an award is under; what only counts for tiers is under caps alone."""
    wallets = sorted(ordinals, key=ordinals.__getitem__)
    qualifying = {id for id, wallet in document.wallets.items() if wallet.kind == "qualifying"}
    return {
        rule: tuple(
            caps.get(ordinals[id], ()) if id in qualifying else (*own, *caps.get(ordinals[id], ()), *budgets[rule])
            for id in wallets
        )
        for rule, own in bounds.items()
    }
