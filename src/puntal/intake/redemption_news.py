"""What is told of redemptions: to listeners, to rules that listen to redeeming, to segments that follow the data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from puntal.engine.model import Event
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.rewards.model import Redemption

if TYPE_CHECKING:
    from puntal.intake.operations import Programs

REDEEMED = "reward.redeemed"
"""The event that rules may listen to."""


def of(
    programs: Programs, redemptions: Sequence[Redemption], kind: str, *, now: datetime, recorded_at: datetime
) -> list[Happening]:
    """Return the outbox rows of redemptions that became `kind`: held, committed, cancelled, lapsed, voided."""
    rows = []
    told = partial(outbox.happening, at=now, recorded_at=recorded_at)
    for made in redemptions:
        name = f"redemption.{kind}"
        if name in programs.listened:
            rows.append(told(name, str(made.id), member=made.member_id, payload=payload_of(programs, made)))
        if kind == "committed" and _is_asked(programs):
            event = _event(made, now)
            rows.append(told("event.caused", event.id, member=made.member_id, payload=msgspec.to_builtins(event)))
        if programs.dynamic_segments and made.units:
            cause = f"{made.member_id}:{recorded_at.isoformat()}"
            rows.append(told("member.touched", cause, member=made.member_id, payload={}))
    return rows


def payload_of(programs: Programs, made: Redemption) -> dict[str, Any]:
    """Return what a subscriber is told of a redemption."""
    return {
        "redemption": str(made.id),
        "reward": made.reward,
        "kind": made.kind,
        "state": made.state,
        "portions": made.portions,
        "wallet": None if made.wallet < 0 else programs.newest.terms[made.wallet].id,
        "units": made.units,
        "discount_minor": made.discount_minor,
        "currency": made.currency,
        "order": made.order_key,
    }


def _is_asked(programs: Programs) -> bool:
    newest = programs.newest
    return REDEEMED in newest.triggers or f"events.{REDEEMED}" in newest.counted_events


def _event(made: Redemption, now: datetime) -> Event:
    return Event(
        id=f"{REDEEMED}:{made.id}",
        type=REDEEMED,
        source="puntal",
        occurred_at=now,
        channel=made.channel,
        store=made.store,
        data={"reward": made.reward, "kind": made.kind, "units": made.units, "redemption": str(made.id)},
        late_allowed=True,
    )
