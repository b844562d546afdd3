"""Reads of figures."""

from puntal.insight.queries.budgets import budgets
from puntal.insight.queries.cohorts import cohort_members, cohorts
from puntal.insight.queries.incentives import incentives, orders_of
from puntal.insight.queries.kpis import kpis
from puntal.insight.queries.overview import overview
from puntal.insight.queries.rewards import redemptions_behind, rewards
from puntal.insight.queries.rows import holders_behind, members_behind, orders_behind, transfers_behind
from puntal.insight.queries.tiers import members_of_tier, tier_changes, tiers

__all__ = [
    "budgets",
    "cohort_members",
    "cohorts",
    "holders_behind",
    "incentives",
    "kpis",
    "members_behind",
    "members_of_tier",
    "orders_behind",
    "orders_of",
    "overview",
    "redemptions_behind",
    "rewards",
    "tier_changes",
    "tiers",
    "transfers_behind",
]
