"""Beginning and ending sessions of staff."""

from __future__ import annotations

import secrets
from datetime import datetime

from puntal.access import policy
from puntal.access.errors_sign_in import SessionUnknown
from puntal.access.model import OrganizationId, StaffId
from puntal.access.model_sign_in import Browser, NewSession, Session, SessionId
from puntal.access.operations import audit
from puntal.access.store import sign_in as store
from puntal.kit import ids
from puntal.kit.db import Transaction

_MOST_CHARACTERS = 200
_TOKEN_BYTES = 32


async def begin(
    tx: Transaction, organization_id: OrganizationId, staff_id: StaffId, *, browser: Browser, now: datetime
) -> NewSession:
    """Begin a session for somebody who proved who she is; its token is in the answer and nowhere else.

    Args:
        tx: Outside any program; the caller commits, and holds the person's row.
        organization_id: Hers.
        staff_id: Who.
        browser: Where she signed in from, for her to recognise it.
        now: The real time.
    """
    session = Session(
        id=SessionId(ids.new_id()),
        organization_id=organization_id,
        staff_id=staff_id,
        created_at=now,
        seen_at=now,
        expires_at=now + policy.SESSION_LASTS,
        ended_at=None,
        address=browser.address,
        agent=None if browser.agent is None else browser.agent[:_MOST_CHARACTERS],
    )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await store.insert_session(tx, session, policy.hash_secret(token))
    return NewSession(session=session, token=token)


async def end(tx: Transaction, session: Session, *, now: datetime) -> None:
    """Sign out. A second call changes nothing."""
    await store.end_session(tx, session.staff_id, session.id, now=now)


async def revoke(tx: Transaction, session_id: SessionId, *, by: Session, now: datetime) -> None:
    """End another of one's own sessions, or this one; every process refuses it within five seconds.

    Raises:
        SessionUnknown: She has none of that id.
    """
    if not await store.end_session(tx, by.staff_id, session_id, now=now):
        raise SessionUnknown
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=f"staff:{by.staff_id}",
        action="staff.session_revoked",
        subject=f"staff:{by.staff_id}",
        now=now,
        detail={"session": str(session_id)},
    )
