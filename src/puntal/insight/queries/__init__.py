"""Reads of figures."""

from puntal.insight.queries.budgets import budget_days, budget_keys, budgets, rules_under
from puntal.insight.queries.cohorts import cohort_members, cohorts
from puntal.insight.queries.ending import ending_behind
from puntal.insight.queries.goals import goal, goals, progress
from puntal.insight.queries.incentives import orders_of
from puntal.insight.queries.kpis import kpis
from puntal.insight.queries.leading import incentives
from puntal.insight.queries.overview import overview
from puntal.insight.queries.recounts import recount
from puntal.insight.queries.rewards import redemptions_behind, rewards, uses_behind
from puntal.insight.queries.rollups import Open, opened
from puntal.insight.queries.rows import holders_behind, members_behind, orders_behind, transfers_behind
from puntal.insight.queries.series import series
from puntal.insight.queries.silence import churn_sql, customers_behind, silence, silent_members
from puntal.insight.queries.standing import waiting
from puntal.insight.queries.tables import formula_of, table_sql
from puntal.insight.queries.tiers import members_of_tier, tier_changes, tiers

__all__ = [
    "Open",
    "budget_days",
    "budget_keys",
    "budgets",
    "churn_sql",
    "cohort_members",
    "cohorts",
    "customers_behind",
    "ending_behind",
    "formula_of",
    "goal",
    "goals",
    "holders_behind",
    "incentives",
    "kpis",
    "members_behind",
    "members_of_tier",
    "opened",
    "orders_behind",
    "orders_of",
    "overview",
    "progress",
    "recount",
    "redemptions_behind",
    "rewards",
    "rules_under",
    "series",
    "silence",
    "silent_members",
    "table_sql",
    "tier_changes",
    "tiers",
    "transfers_behind",
    "uses_behind",
    "waiting",
]
