"""Recognising a write that comes twice, by its `Idempotency-Key`.

For routes: use `program_router` / `organization_router` of `puntal.access.dependencies` and take `ProgramTx` (or
`OrganizationTx`). Nothing else is needed: every POST, PUT, PATCH and DELETE then honours the header. A route whose
answer holds a secret says so with `@hides("token")` below its route decorator: that member is stored as null.

How it works: the first statement of the transaction inserts a row for the key, so a duplicate waits there until the
first one has committed, and then reads its answer. The answer is written to that row before the commit, so it exists
exactly when the write does. A refusal rolls the row back with everything else: nothing happened, and the same request
is decided anew. `dry_run` writes nothing and is not remembered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from psycopg.errors import LockNotAvailable
from starlette.requests import Request
from starlette.responses import Response

from puntal.access.errors import IdempotencyKeyBusy, IdempotencyKeyInvalid, IdempotencyKeyReused
from puntal.kit.db import ProgramId, Transaction

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(days=30)
MOST_CHARACTERS = 255
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_KEPT_HEADERS = ("etag", "location")
_SECRETS = "__secret_members__"
_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})

CLAIM = """
-- Waits for whoever inserted the same key and has not committed; comes back empty when she has.
INSERT INTO idempotency_key (program_id, key, fingerprint, created_at)
VALUES (%(owner)s, %(key)s, %(fingerprint)s, %(now)s)
ON CONFLICT (program_id, key) DO NOTHING
RETURNING key
"""
FIND = """
SELECT fingerprint, status, answer::text, headers FROM idempotency_key WHERE program_id = %(owner)s AND key = %(key)s
"""
KEEP = """
UPDATE idempotency_key SET status = %(status)s, answer = %(answer)s::json, headers = %(headers)s::json
WHERE program_id = %(owner)s AND key = %(key)s
"""
PURGE = "DELETE FROM idempotency_key WHERE program_id = %(owner)s AND created_at < %(before)s"

CLAIM_ABOVE = """
-- As CLAIM, for what belongs to no program.
INSERT INTO organization_idempotency_key (organization_id, key, fingerprint, created_at)
VALUES (%(owner)s, %(key)s, %(fingerprint)s, %(now)s)
ON CONFLICT (organization_id, key) DO NOTHING
RETURNING key
"""
FIND_ABOVE = """
SELECT fingerprint, status, answer::text, headers FROM organization_idempotency_key
WHERE organization_id = %(owner)s AND key = %(key)s
"""
KEEP_ABOVE = """
UPDATE organization_idempotency_key
SET status = %(status)s, answer = %(answer)s::json, headers = %(headers)s::json
WHERE organization_id = %(owner)s AND key = %(key)s
"""
PURGE_ABOVE = "DELETE FROM organization_idempotency_key WHERE created_at < %(before)s"

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


def hides(*members: str) -> Callable[[Endpoint], Endpoint]:
    """Mark a route whose answer holds secrets: these members are null in what is stored and answered again."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _SECRETS, frozenset(members))
        return endpoint

    return mark


def hidden_by(endpoint: Callable[..., Any]) -> frozenset[str]:
    """Return the members a route hides."""
    found: frozenset[str] = getattr(endpoint, _SECRETS, frozenset())
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A key this request was the first to use, in the transaction that will keep the answer."""

    tx: Transaction
    owner: ProgramId | UUID
    key: str


class AlreadyAnswered(Exception):  # noqa: N818 - neither an error nor a refusal: the answer of the first time
    """Ends the work on a request whose answer is known; the route class turns it into that answer."""

    def __init__(self, status: int, answer: str | None, headers: dict[str, str]) -> None:
        super().__init__("already answered")
        self.status = status
        self.answer = answer
        self.headers = headers

    def response(self) -> Response:
        """Return the first answer, marked as such."""
        return Response(
            content=self.answer or "",
            status_code=self.status,
            headers=self.headers | {REPLAYED: "true"},
            media_type=None if self.answer is None else "application/json",
        )


async def claim(
    tx: Transaction, request: Request, *, owner: ProgramId | UUID, now: datetime, body: bytes | None = None
) -> Claim | None:
    """Claim the key of a write as the first statement of its transaction; None where there is nothing to claim.

    Args:
        tx: The transaction of the write.
        request: The request.
        owner: The program, or the organization for what is above programs.
        now: The real time; answers are kept by it.
        body: What stands for the body in its fingerprint, where it was read as a stream.

    Raises:
        AlreadyAnswered: The same request was answered before.
        IdempotencyKeyInvalid: The header is no key.
        IdempotencyKeyReused: The key named another request.
        IdempotencyKeyBusy: The first request holds the key for longer than a lock may take.
    """
    key = request.headers.get(HEADER)
    if key is None or request.method not in WRITES or request.query_params.get("dry_run", "").lower() in _TRUE:
        return None
    if not 1 <= len(key) <= MOST_CHARACTERS or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid(most=MOST_CHARACTERS)
    words = fingerprint(request.method, _target(request), await request.body() if body is None else body)
    names = {"owner": owner, "key": key}
    above = isinstance(owner, UUID)
    try:
        claimed = await tx.execute(CLAIM_ABOVE if above else CLAIM, names | {"fingerprint": words, "now": now})
    except LockNotAvailable as busy:
        raise IdempotencyKeyBusy from busy
    if await claimed.fetchone() is not None:
        return Claim(tx=tx, owner=owner, key=key)
    known = await (await tx.execute(FIND_ABOVE if above else FIND, names)).fetchone()
    if known is None:
        # Purged between the two statements: it was too old to be a retry.
        raise IdempotencyKeyBusy
    known_words, status, answer, headers = known
    if known_words != words:
        raise IdempotencyKeyReused
    raise AlreadyAnswered(status, answer, headers or {})


async def keep(claim: Claim, response: Response, hidden: frozenset[str]) -> None:
    """Store the answer with the write it belongs to."""
    body = bytes(response.body)
    answer = _without(body, hidden) if hidden and body else body.decode() or None
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    await claim.tx.execute(
        KEEP_ABOVE if isinstance(claim.owner, UUID) else KEEP,
        {
            "owner": claim.owner,
            "key": claim.key,
            "status": response.status_code,
            "answer": answer,
            "headers": json.dumps(headers) if headers else None,
        },
    )


async def purge(tx: Transaction, program_id: ProgramId, *, now: datetime) -> int:
    """Forget a program's answers older than 30 days; returns how many. For the nightly run.

    Args:
        tx: Of the program; the caller commits.
        program_id: Whose answers.
        now: The real time, not the program's.
    """
    return (await tx.execute(PURGE, {"owner": program_id, "before": now - KEPT})).rowcount


async def purge_above(tx: Transaction, *, now: datetime) -> int:
    """Forget the answers of organizations older than 30 days; returns how many."""
    return (await tx.execute(PURGE_ABOVE, {"before": now - KEPT})).rowcount


def fingerprint(method: str, target: str, body: bytes) -> str:
    """Return what tells one request's words from another's: not the order of members, nor spaces between them."""
    try:
        words = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        words = body
    return hashlib.sha256(b"\0".join((method.encode(), target.encode(), words))).hexdigest()


def _target(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path


def _without(body: bytes, hidden: frozenset[str]) -> str:
    def mask(value: object) -> object:
        if isinstance(value, dict):
            return {name: None if name in hidden else mask(inner) for name, inner in value.items()}
        return [mask(inner) for inner in value] if isinstance(value, list) else value

    return json.dumps(mask(json.loads(body)), separators=(",", ":"), ensure_ascii=False)
