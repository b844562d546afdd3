"""Passkeys: adding, naming, removing, and signing in with one (decision 0080)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from puntal.access import ceremony, policy
from puntal.access.errors_passkeys import PasskeyInvalid, PasskeyRefused, PasskeysMany, PasskeyUnknown
from puntal.access.model import Staff
from puntal.access.model_passkeys import Passkey, PasskeyId, Purpose, Site
from puntal.access.model_sign_in import Browser, NewSession, Session
from puntal.access.operations import audit, sessions
from puntal.access.store import passkeys as store
from puntal.kit import ids
from puntal.kit.db import Transaction

CHALLENGE_LASTS = timedelta(minutes=5)
MOST = 20
_CHALLENGE_BYTES = 32


async def begin_adding(tx: Transaction, staff: Staff, session: Session, site: Site, *, now: datetime) -> dict[str, Any]:
    """Return what her browser is to make a passkey from; good once, in this session, for five minutes.

    Raises:
        PasskeysMany: She has as many as anybody may.
    """
    known = await store.list_passkeys(tx, staff.id)
    if len(known) >= MOST:
        raise PasskeysMany(most=MOST)
    challenge = await _challenge(tx, of_session(session), Purpose.ADD, now=now)
    return ceremony.options_to_add(site, staff, known, challenge)


async def take(
    tx: Transaction, credential: Mapping[str, Any], browser_hash: bytes, purpose: Purpose, *, now: datetime
) -> bytes | None:
    """Use up the challenge an answer was made for and return it; None where it does not stand.

    The caller commits before it looks at the answer: a challenge is used by the first, right or wrong.
    """
    challenge = ceremony.challenge_of(credential)
    if challenge is None:
        return None
    stood = await store.take_challenge(
        tx, policy.hash_bytes(challenge), browser_hash=browser_hash, purpose=purpose, now=now
    )
    return challenge if stood else None


async def add(
    tx: Transaction,
    staff: Staff,
    credential: Mapping[str, Any],
    *,
    name: str,
    site: Site,
    challenge: bytes,
    now: datetime,
) -> Passkey:
    """Keep a passkey her browser has made.

    Args:
        tx: Outside any program; the caller commits.
        staff: Whose.
        credential: What the browser answered.
        name: What she calls it.
        site: Ours.
        challenge: As `take` gave it.
        now: The real time.

    Raises:
        PasskeyInvalid: It is for another site, its owner was not verified, or it is broken.
        PasskeyTaken: It is there already.
    """
    made = ceremony.made(credential, site=site, challenge=challenge)
    if made is None:
        raise PasskeyInvalid
    passkey = Passkey(
        id=PasskeyId(ids.new_id()),
        organization_id=staff.organization_id,
        staff_id=staff.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        name=name,
        sign_count=made.sign_count,
        synced=made.synced,
        created_at=now,
        used_at=None,
        shut_at=None,
    )
    await store.insert_passkey(tx, passkey)
    await _record(tx, passkey, "staff.passkey_added", now)
    return passkey


async def rename(tx: Transaction, staff: Staff, id: PasskeyId, name: str) -> Passkey:
    """Give a passkey another name.

    Raises:
        PasskeyUnknown: She has none of that id.
    """
    if not await store.rename_passkey(tx, staff.id, id, name):
        raise PasskeyUnknown
    return next(each for each in await store.list_passkeys(tx, staff.id) if each.id == id)


async def remove(tx: Transaction, staff: Staff, id: PasskeyId, *, now: datetime) -> None:
    """Forget a passkey; what she proves before is up to the caller.

    Raises:
        PasskeyUnknown: She has none of that id.
    """
    if not await store.delete_passkey(tx, staff.id, id):
        raise PasskeyUnknown
    who = f"staff:{staff.id}"
    await audit.record(
        tx,
        organization_id=staff.organization_id,
        actor=who,
        action="staff.passkey_removed",
        subject=who,
        now=now,
        detail={"passkey": str(id)},
    )


async def begin_sign_in(tx: Transaction, site: Site, browser_hash: bytes, *, now: datetime) -> dict[str, Any]:
    """Return what a browser is to sign; good once, for that browser, for five minutes."""
    return ceremony.options_to_sign_in(site, await _challenge(tx, browser_hash, Purpose.SIGN_IN, now=now))


async def sign_in(
    tx: Transaction,
    credential: Mapping[str, Any],
    *,
    site: Site,
    challenge: bytes,
    browser: Browser,
    now: datetime,
) -> NewSession | PasskeyRefused:
    """Begin a session for the owner of a passkey; a refusal is returned, for what it recorded must be committed.

    Args:
        tx: Outside any program; the caller commits.
        credential: What the browser answered.
        site: Ours.
        challenge: As `take` gave it.
        browser: Where she is.
        now: The real time.
    """
    credential_id = ceremony.id_of(credential)
    passkey = None if credential_id is None else await store.lock_passkey(tx, credential_id)
    if passkey is None or passkey.shut_at is not None or ceremony.handle_of(credential) != passkey.staff_id.bytes:
        return PasskeyRefused()
    count = ceremony.signed(credential, passkey, site=site, challenge=challenge)
    if count is None:
        await _record(tx, passkey, "staff.sign_in_failed", now, reason="passkey")
        return PasskeyRefused()
    if ceremony.is_copy(passkey.sign_count, count):
        await store.shut_passkey(tx, passkey.id, now=now)
        await _record(tx, passkey, "staff.passkey_copied", now, known=passkey.sign_count, said=count)
        return PasskeyRefused()
    await store.use_passkey(tx, passkey.id, sign_count=count, now=now)
    begun = await sessions.begin(tx, passkey.organization_id, passkey.staff_id, browser=browser, now=now)
    await _record(tx, replace(passkey, used_at=now), "staff.signed_in", now)
    return begun


def of_session(session: Session) -> bytes:
    """Return what challenges of somebody signed in are tied to."""
    return policy.hash_bytes(b"session:" + session.id.bytes)


async def _challenge(tx: Transaction, browser_hash: bytes, purpose: Purpose, *, now: datetime) -> bytes:
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    await store.insert_challenge(
        tx,
        policy.hash_bytes(challenge),
        browser_hash=browser_hash,
        purpose=purpose,
        expires_at=now + CHALLENGE_LASTS,
        now=now,
    )
    return challenge


async def _record(tx: Transaction, passkey: Passkey, action: str, now: datetime, **detail: object) -> None:
    who = f"staff:{passkey.staff_id}"
    failed = action in {"staff.sign_in_failed", "staff.passkey_copied"}
    await audit.record(
        tx,
        organization_id=passkey.organization_id,
        actor=audit.SYSTEM if failed else who,
        action=action,
        subject=who,
        now=now,
        detail={"passkey": str(passkey.id), **detail},
    )
