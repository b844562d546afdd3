"""Figures over HTTP; each says its formula and can be asked for the rows behind it, as JSON or CSV."""

from puntal.insight.api import breakdowns, incentives, kpis, rows
from puntal.insight.api.routing import router

__all__ = ["breakdowns", "incentives", "kpis", "router", "rows"]
