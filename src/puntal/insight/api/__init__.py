"""Figures over HTTP; each says its formula and can be asked for the rows behind it, as JSON or CSV."""

from puntal.insight.api import (
    breakdowns,
    goals,
    home,
    incentives,
    jobs,
    kpis,
    recounts,
    rows,
    series,
    silence,
    stops,
    tables,
)
from puntal.insight.api.routing import router

__all__ = [
    "breakdowns",
    "goals",
    "home",
    "incentives",
    "jobs",
    "kpis",
    "recounts",
    "router",
    "rows",
    "series",
    "silence",
    "stops",
    "tables",
]
