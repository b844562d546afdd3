"""Reads of figures."""

from puntal.insight.queries.budgets import budgets
from puntal.insight.queries.incentives import incentives, orders_of
from puntal.insight.queries.overview import overview

__all__ = ["budgets", "incentives", "orders_of", "overview"]
