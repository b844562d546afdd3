"""Endpoints, and the way of a delivery: queued with the relay, claimed, settled, replayed."""

from __future__ import annotations

from puntal.webhooks.operations.endpoints import (
    EndpointChange,
    EndpointTerms,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
)
from puntal.webhooks.operations.forgetting import forget, held_about, reassign
from puntal.webhooks.operations.replaying import MOST_REPLAYED, replay_delivery, replay_parked
from puntal.webhooks.operations.secrets import NewSecret, reseal, rotate_secret
from puntal.webhooks.operations.sending import (
    LEASE,
    claim_due,
    drop_old,
    programs_due,
    queue,
    send_test,
    settle,
    wanted_kinds,
)

__all__ = [
    "LEASE",
    "MOST_REPLAYED",
    "EndpointChange",
    "EndpointTerms",
    "NewSecret",
    "change_endpoint",
    "claim_due",
    "create_endpoint",
    "delete_endpoint",
    "drop_old",
    "forget",
    "held_about",
    "programs_due",
    "queue",
    "reassign",
    "replay_delivery",
    "replay_parked",
    "reseal",
    "rotate_secret",
    "send_test",
    "settle",
    "wanted_kinds",
]
