"""Decisions about tiers: compile a ladder, count, climb, keep, fall, look ahead. Pure."""

from __future__ import annotations

from puntal.tiers.policy.climbing import (
    after_refund,
    climb_up,
    count,
    held,
    lift_floor,
    moved,
    rank,
    set_floor,
    start,
)
from puntal.tiers.policy.compiling import compile_ladder, compile_ladders, to_place
from puntal.tiers.policy.nights import next_due, nightly
from puntal.tiers.policy.outlook import merge, place, progress
from puntal.tiers.policy.windows import folded, period_key

__all__ = [
    "after_refund",
    "climb_up",
    "compile_ladder",
    "compile_ladders",
    "count",
    "folded",
    "held",
    "lift_floor",
    "merge",
    "moved",
    "next_due",
    "nightly",
    "period_key",
    "place",
    "progress",
    "rank",
    "set_floor",
    "start",
    "to_place",
]
