"""Campaigns and shared limits in a sentence each. Pure."""

from __future__ import annotations

from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import SharedLimit
from puntal.programs.sentences import Speaker


def campaign_told(speaker: Speaker, campaign: Campaign) -> str:
    """Return when a campaign runs, for whom, and what bounds it; its parts tell themselves."""
    parts = []
    if campaign.from_ is not None or campaign.through is not None:
        parts.append(speaker.dates(campaign.from_, campaign.through))
    parts.append(speaker.people(campaign.audience))
    if campaign.budget is not None:
        parts.append(speaker.budget(campaign.budget))
    if campaign.holdout is not None:
        parts.append(speaker.say("holdout", v=speaker.share(campaign.holdout)))
    whole = "; ".join(parts)
    return whole[0].upper() + whole[1:] + "."


def shared_limit_told(speaker: Speaker, limit: SharedLimit) -> str:
    """Return which rules use a limit up together, and what it is."""
    rules = ", ".join(f"'{speaker.name(rule)}'" for rule in limit.rules)
    return f"{rules}: {speaker.limit(limit)}."
