"""Recording who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from puntal.access import store
from puntal.access.model import AuditEntry, OrganizationId
from puntal.kit import ids
from puntal.kit.db import ProgramId, Transaction

SYSTEM = "system"
"""The actor of what nobody asked for: nightly runs, replays, first starts."""


async def record(
    tx: Transaction,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    program_id: ProgramId | None = None,
    organization_id: OrganizationId | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one line to a program's log or, without a program, to the organization's.

    Args:
        tx: For a program's log a transaction of that program; the caller commits.
        actor: `Caller.actor`, or `SYSTEM`.
        action: Past and dotted: `key.revoked`.
        subject: What it was done to: `key:<id>`.
        now: When.
        program_id: Whose log; this or `organization_id`, not both.
        organization_id: Whose log.
        detail: Numbers and names a reader needs, as JSON values; no secrets, no personal data.
    """
    entry = an_entry(actor=actor, action=action, subject=subject, now=now, detail=detail)
    if (program_id is None) == (organization_id is None):
        raise ValueError("a log is a program's or an organization's")
    if program_id is not None:
        await store.insert_audit(tx, program_id, [entry])
    elif organization_id is not None:
        await store.insert_organization_audit(tx, organization_id, [entry])


async def record_all(tx: Transaction, program_id: ProgramId, entries: Sequence[AuditEntry]) -> None:
    """Add many lines to a program's log in one statement; make them with `an_entry`."""
    await store.insert_audit(tx, program_id, entries)


def an_entry(
    *, actor: str, action: str, subject: str, now: datetime, detail: Mapping[str, object] | None = None
) -> AuditEntry:
    """Return a line for `record_all`; arguments as for `record`."""
    return AuditEntry(id=ids.new_id(), at=now, actor=actor, action=action, subject=subject, detail=dict(detail or {}))
