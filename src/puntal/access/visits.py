"""Knowing sessions for a few seconds, and noting which were used. `Gate` has one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from puntal.access import policy
from puntal.access.errors_sign_in import ForeignOrigin, SessionEnded
from puntal.access.model_sign_in import SentSession, Visit
from puntal.access.queries import sign_in as queries
from puntal.access.recent import Recent
from puntal.access.store import sign_in as store
from puntal.kit.db import Database


class Visits:
    """The sessions that were used of late."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Recent[Visit | None] = Recent(self._find)
        self._seen: dict[UUID, datetime] = {}

    async def visit(self, sent: SentSession, now: datetime) -> Visit:
        """Return who sent this session.

        Args:
            sent: From the request.
            now: The real time, not a program's.

        Raises:
            ForeignOrigin: It would change something, and no page of ours sent it.
            SessionEnded: It no longer stands, or never did.
        """
        if sent.unsafe and not sent.own:
            raise ForeignOrigin
        name = policy.hash_secret(sent.token).hex()
        found = self._known.peek(name, now) or await self._known.get(name, now)
        if found is None:
            raise SessionEnded
        session = found.session
        seen_at = max(session.seen_at, self._seen.get(session.id, session.seen_at))
        if not policy.stands(session, seen_at=seen_at, now=now):
            raise SessionEnded
        self._seen[session.id] = now
        return found

    def forget(self) -> None:
        """Look every session up again: one has just ended, or somebody's role has changed."""
        self._known.forget()

    async def flush(self) -> None:
        """Write when sessions were used last, in one statement and a transaction of its own."""
        seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            async with self._database.transaction() as tx:
                await store.mark_seen(tx, seen)
        except BaseException:
            # Newer uses noted meanwhile win over the ones that could not be written.
            self._seen = seen | self._seen
            raise

    async def _find(self, name: str) -> Visit | None:
        async with self._database.transaction() as tx:
            return await queries.find_visit(tx, bytes.fromhex(name))
