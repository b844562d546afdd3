"""What a kill switch would stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from puntal.access.dependencies import requires
from puntal.access.model import Permission
from puntal.insight.api.routing import REFUSALS, Asked, router, shaped
from puntal.insight.queries.stops import Target, lately

DAYS = 30


class LatelyOut(BaseModel):
    """What something did in the last thirty days, and what of it is still open."""

    awards: int = Field(description="How often its rules gave something.", examples=[320])
    units: int | None = Field(description="In the wallet's smallest unit; null where it gives into several.")
    wallet: str | None
    redemptions: int = Field(description="Rewards taken.")
    discount_minor: int
    members: int = Field(description="Who got something.")
    held: int = Field(description="Redemptions under way now.")
    unused: int = Field(description="Vouchers that can still be used now.")


@router.get(
    "/reports/lately",
    summary="Tell what something did in the last thirty days",
    dependencies=[requires(Permission.PROGRAM_READ)],
    responses=REFUSALS,
)
async def report_lately(
    asked: Asked,
    kind: Target,
    id: Annotated[str, Query(min_length=1, max_length=200, examples=["purchases"])],
) -> LatelyOut:
    """Tell what a rule, reward, campaign, wallet or the program gave, for whoever is about to switch it off."""
    since = asked.now - timedelta(days=DAYS)
    return shaped(LatelyOut, await lately(asked.tx, asked.program, kind, id, since=since))
