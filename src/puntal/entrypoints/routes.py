"""Which routes the server is made of."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from puntal.access import api as access
from puntal.checkout import api as checkout
from puntal.console import api as console
from puntal.console import api_happened
from puntal.console import api_launch as launch
from puntal.imports import api as imports
from puntal.insight import api as insight
from puntal.insight.benchmarks import api as benchmarks
from puntal.insight.exports import api as exports
from puntal.insight.outlook import api as outlook
from puntal.insight.periodic import api as periodic
from puntal.insight.simulation import api as simulation
from puntal.intake import api as intake
from puntal.members import api as members
from puntal.payments import api as payments
from puntal.points import api as points
from puntal.programs import api as programs
from puntal.programs import api_preview
from puntal.rewards import api as rewards
from puntal.segments import api as segments
from puntal.tiers import api as tiers
from puntal.webhooks import api as webhooks


def routers() -> Sequence[APIRouter]:
    """Return every router, in the order in which paths are matched."""
    return (
        intake.router,
        *checkout.ROUTERS,
        console.router,
        api_happened.router,
        launch.router,
        members.router,
        points.router,
        payments.router,
        tiers.router,
        *segments.ROUTERS,
        *rewards.ROUTERS,
        *programs.ROUTERS,
        api_preview.router,
        webhooks.router,
        benchmarks.router,
        periodic.router,
        imports.router,
        insight.router,
        insight.jobs.router,
        simulation.router,
        outlook.router,
        exports.router,
        *access.ROUTERS,
    )
