"""What members hold of the things that a new document drops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from puntal.kit.db import Transaction
from puntal.programs import queries
from puntal.programs.document.program import Program
from puntal.programs.model import Held, ProgramRow


async def held_of(tx: Transaction, row: ProgramRow, document: Mapping[str, Any], previous: Program | None) -> Held:
    """Ask only about what the document drops: the answers are needed for nothing else."""
    if previous is None:
        return Held()
    registered = await queries.wallets(tx, row.id)
    present = document.get("wallets")
    kept = set(present) if isinstance(present, Mapping) else set()
    dropped = [wallet.id for wallet in registered if wallet.id not in kept]
    ladders = [ladder.id for ladder in previous.ladders if _loses_a_tier(ladder.id, previous, document)]
    gone = sorted(rewards_of(previous) - _written_rewards(document))
    return Held(
        registered=registered,
        wallets=await queries.held_wallets(tx, row.id, dropped) if dropped else frozenset(),
        tiers=await queries.held_tiers(tx, row.id, ladders) if ladders else frozenset(),
        rewards=await queries.held_rewards(tx, row.id, gone) if gone else frozenset(),
        zone_fixed=row.first_event_at is not None,
    )


def rewards_of(document: Program) -> set[str]:
    """Return the ids of all rewards, those of campaigns among them."""
    found = [*document.rewards, *(reward for campaign in document.campaigns for reward in campaign.rewards)]
    return {reward.id for reward in found}


def _written_rewards(document: Mapping[str, Any]) -> set[object]:
    campaigns = document.get("campaigns")
    owners = [document, *(campaigns if isinstance(campaigns, list) else ())]
    found = [owner.get("rewards") for owner in owners if isinstance(owner, Mapping)]
    return {
        reward.get("id") for each in found if isinstance(each, list) for reward in each if isinstance(reward, Mapping)
    }


def _loses_a_tier(ladder_id: str, previous: Program, document: Mapping[str, Any]) -> bool:
    before = {tier.id for ladder in previous.ladders if ladder.id == ladder_id for tier in ladder.tiers}
    written = document.get("ladders")
    after: set[object] = set()
    for ladder in written if isinstance(written, list) else []:
        tiers = ladder.get("tiers") if isinstance(ladder, Mapping) and ladder.get("id") == ladder_id else None
        after |= {t.get("id") for t in tiers if isinstance(t, Mapping)} if isinstance(tiers, list) else set()
    return not before <= after
