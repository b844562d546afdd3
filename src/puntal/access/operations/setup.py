"""Setting an installation up in the browser: its organization and first owner, made once (decision 0082)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from puntal.access import policy, queries, store
from puntal.access.errors_people import SetUpAlready, SetUpElsewhere
from puntal.access.model import NewStaff, Staff
from puntal.access.model_sign_in import Browser, NewSession
from puntal.access.operations import audit, keys, organization, sessions, staff
from puntal.access.store import people
from puntal.kit.db import Transaction

TOKEN_LASTS = timedelta(days=1)
_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What whoever sets up says.

    Attributes:
        organization: What the business is called.
        password: The owner's.
        token: As it was printed; None where none is needed.
    """

    organization: str
    email: str
    name: str
    password: str
    locale: str
    token: str | None


async def make_token(tx: Transaction, *, now: datetime) -> str | None:
    """Return a fresh token for setting up, to be printed once; None where there is an owner already.

    Tokens of before stay good until they run out: several processes may print one each.
    """
    owned, _ = await queries.standing(tx)
    if owned:
        return None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await people.delete_setup_tokens(tx, now=now, every=False)
    await people.insert_setup_token(tx, policy.hash_secret(token), expires_at=now + TOKEN_LASTS)
    return token


async def set_up(
    tx: Transaction, said: SetUp, *, here: bool, browser: Browser, now: datetime
) -> tuple[Staff, NewSession]:
    """Name the organization, make its owner and begin her session.

    Args:
        tx: Outside any program; the caller commits. Of several at once one goes on, the others wait and are refused.
        said: What whoever sets up says.
        here: She sits at the machine itself.
        browser: Where she is.
        now: The real time.

    Raises:
        SetUpAlready: There is, or was, an owner.
        SetUpElsewhere: She does not sit at the machine, and has no token that is good.
        PasswordWeak: Too easy to guess.
        EmailTaken: Somebody who is no owner has that address.
    """
    await store.alone(tx)
    owned, _ = await queries.standing(tx)
    if owned:
        raise SetUpAlready
    proven = said.token is not None and await people.has_setup_token(tx, policy.hash_secret(said.token), now=now)
    if not (here or proven):
        raise SetUpElsewhere
    own = await organization.ensure_organization(tx, said.organization, now=now)
    await people.rename_organization(tx, own.id, said.organization)
    person = NewStaff(email=said.email, name=said.name, role=policy.OWNER, locale=said.locale)
    owner = await staff.add(tx, person, by=keys.administrator(own.id), password=said.password, now=now)
    await people.delete_setup_tokens(tx, now=now, every=True)
    await audit.record(
        tx,
        organization_id=own.id,
        actor=f"staff:{owner.id}",
        action="organization.set_up",
        subject=f"organization:{own.id}",
        now=now,
    )
    return owner, await sessions.begin(tx, own.id, owner.id, browser=browser, now=now)
