"""Which parts of the slices the processes are made of: routes, and what approval leads to."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from puntal.access import api as access
from puntal.access.operations.approvals import Actions
from puntal.checkout import api as checkout
from puntal.console import api as console
from puntal.entrypoints.programs import Programs
from puntal.insight import api as insight
from puntal.insight.simulation import api as simulation
from puntal.intake import api as intake
from puntal.kit.db import Transaction
from puntal.members import api as members
from puntal.payments import api as payments
from puntal.points import api as points
from puntal.points import operations as wallets
from puntal.points.model import Terms
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
        members.router,
        points.router,
        payments.router,
        tiers.router,
        *segments.ROUTERS,
        *rewards.ROUTERS,
        *programs.ROUTERS,
        api_preview.router,
        webhooks.router,
        insight.router,
        simulation.router,
        *access.ROUTERS,
    )


def approval_actions(programs: Programs) -> Actions:
    """Return what is done when a second person says yes, by the name of what was asked."""

    async def terms(tx: Transaction, program_id: int) -> Sequence[Terms]:
        return (await programs.current(tx, program_id)).newest.terms

    return {wallets.ADJUST: wallets.adjusting(terms)}
