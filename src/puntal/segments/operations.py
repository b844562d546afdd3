"""Knowing and keeping who is in which segment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct

from puntal.activity import operations as activity
from puntal.kit.db import Transaction
from puntal.rules.model import MetricRead
from puntal.segments import queries


class MemberFacts(Struct, frozen=True):
    """What decisions read of a member beside her profile and books."""

    metrics: dict[str, int]
    """By field name, every one that was asked for."""
    lists: frozenset[str]
    """The lists kept by hand that she is on."""


async def load_facts(
    tx: Transaction,
    program_id: int,
    members: Sequence[UUID],
    *,
    reads: Sequence[MetricRead],
    lists: Collection[str],
    today: date,
) -> dict[UUID, MemberFacts]:
    """Return the facts of each member; at most two statements, none for what nobody asks.

    Args:
        tx: An open transaction on the program; the caller holds the members.
        program_id: Whose members.
        members: Any number; each is in the answer.
        reads: The windowed figures that conditions read.
        lists: The segments with `list: true` of the revision.
        today: The program-local day the windows end on.
    """
    metrics = await activity.load(tx, program_id, members, reads, today)
    on = await static_lists(tx, program_id, members, lists)
    return {member: MemberFacts(metrics[member], on[member]) for member in metrics}


async def static_lists(
    tx: Transaction, program_id: int, members: Sequence[UUID], lists: Collection[str]
) -> dict[UUID, frozenset[str]]:
    """Return which of these lists each member is on; `lists` are the segments with `list: true`."""
    found: dict[UUID, set[str]] = {member: set() for member in members}
    if found and lists:
        for member, segment in await queries.lists_of(tx, program_id, list(found), lists):
            found[member].add(segment)
    return {member: frozenset(segments) for member, segments in found.items()}
