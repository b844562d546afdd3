"""Campaigns: a frame of dates, people and money around rules and rewards."""

from __future__ import annotations

from pydantic import Field

from puntal.programs.document.earning import Budget, Rule
from puntal.programs.document.rewards import Reward
from puntal.programs.document.values import Identifier, LocalDay, People, Percent, Section, Text


class Campaign(Section):
    """A schedule, an audience, a budget and a holdout around earning rules and rewards."""

    id: Identifier
    label: Text | None = None
    from_: LocalDay | None = Field(default=None, alias="from")
    through: LocalDay | None = None
    audience: People = People()
    holdout: Percent | None = None
    budget: Budget | None = None
    earning: tuple[Rule, ...] = ()
    rewards: tuple[Reward, ...] = ()
