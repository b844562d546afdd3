"""Single sign-on: who vouches for staff, the way there and back, and whom a provider means (decision 0081)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from puntal.access import policy, queries
from puntal.access.errors import RoleUnknown
from puntal.access.errors_sign_in import SecretUnreadable
from puntal.access.errors_sso import (
    IssuerInvalid,
    NewRoleInvalid,
    ProviderFixed,
    ProviderUnknown,
    SsoNobody,
    SsoUnverified,
)
from puntal.access.issuers import is_safe
from puntal.access.model import Caller, NewStaff, OrganizationId, Staff
from puntal.access.model_sign_in import Browser, NewSession
from puntal.access.model_sso import ENVIRONMENT, Provider, Vouched, vouches_for
from puntal.access.operations import audit, keys, sessions, staff
from puntal.access.store import sign_in
from puntal.access.store import sso as store
from puntal.kit.db import Transaction
from puntal.kit.errors import Refusal
from puntal.kit.problem import LOCALES
from puntal.kit.sealing import SealBrokenError, Sealer
from puntal.kit.settings import Settings

JOURNEY_LASTS = timedelta(minutes=10)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Somebody's way to a provider and back.

    Attributes:
        token: Stays in her browser, in a cookie.
        state: Goes along, and comes back with her.
    """

    token: str
    state: str

    @property
    def nonce(self) -> str:
        """What the provider signs. Follows from what stays in the browser: nothing is kept that could be read."""
        return nonce_of(self.token)

    @property
    def verifier(self) -> str:
        """What shows the provider that whoever set out came back (PKCE)."""
        return verifier_of(self.token)


def nonce_of(token: str) -> str:
    """Return the nonce of a journey."""
    return _derived("nonce", token)


def verifier_of(token: str) -> str:
    """Return the verifier of a journey."""
    return _derived("verifier", token)


def of_settings(chosen: Settings) -> Provider | None:
    """Return the provider that the settings name."""
    if chosen.oidc_issuer is None or chosen.oidc_client_id is None:
        return None
    secret = chosen.oidc_client_secret
    return Provider(
        id=ENVIRONMENT,
        name=chosen.oidc_name,
        issuer=chosen.oidc_issuer,
        client_id=chosen.oidc_client_id,
        secret=None if secret is None else secret.get_secret_value(),
        domains=read_domains(chosen.oidc_domains.split(",")),
        new_role=chosen.oidc_new_role,
        fixed=True,
    )


def read_domains(domains: list[str]) -> tuple[str, ...]:
    """Return domains as addresses are compared with them."""
    return tuple(dict.fromkeys(domain.strip().lower().lstrip("@") for domain in domains if domain.strip()))


async def list_providers(tx: Transaction, organization_id: OrganizationId, chosen: Settings) -> list[Provider]:
    """Return who vouches for the organization's staff; the settings' provider first, secrets as they are stored."""
    own = await store.list_providers(tx, organization_id)
    fixed = of_settings(chosen)
    return own if fixed is None else [fixed, *(each for each in own if each.id != fixed.id)]


async def find(
    tx: Transaction, organization_id: OrganizationId, id: str, chosen: Settings, *, sealer: Sealer
) -> Provider:
    """Return one provider, its secret opened.

    Raises:
        ProviderUnknown: There is none of that id.
        SecretUnreadable: Its secret was sealed by a key that is not here.
    """
    found = next((each for each in await list_providers(tx, organization_id, chosen) if each.id == id), None)
    if found is None:
        raise ProviderUnknown(provider=id)
    if found.fixed or found.secret is None:
        return found
    return replace(found, secret=_opened(sealer, organization_id, id, found.secret))


async def put(
    tx: Transaction, provider: Provider, *, by: Caller, chosen: Settings, sealer: Sealer, now: datetime
) -> Provider:
    """Let a provider vouch for the organization's staff, or change what is known of it.

    Args:
        tx: Outside any program; the caller commits.
        provider: Its secret as it was sent; None leaves it as it was.
        by: Whoever could appoint to the role that new people get.
        chosen: Of the deployment.
        sealer: Seals the secret.
        now: The real time.

    Raises:
        ProviderFixed: The settings name one of that id.
        IssuerInvalid: Not https.
        NewRoleInvalid: New people would be owners, or come from anywhere.
        RoleUnknown: No such role.
        BeyondOwn: The role may do what the caller may not.
    """
    fixed = of_settings(chosen)
    if fixed is not None and provider.id == fixed.id:
        raise ProviderFixed(provider=provider.id)
    if not is_safe(provider.issuer):
        raise IssuerInvalid
    if provider.new_role is not None:
        if not provider.domains or provider.new_role == policy.OWNER:
            raise NewRoleInvalid
        role = (await queries.list_roles(tx, by.organization_id)).get(provider.new_role)
        if role is None:
            raise RoleUnknown(role=provider.new_role)
        await staff.check_appoints(tx, by, role)
    secret = provider.secret
    sealed = None if secret is None else sealer.seal(secret, of=_of(by.organization_id, provider.id))
    await store.put_provider(tx, by.organization_id, replace(provider, secret=sealed), now=now)
    await audit.record(
        tx,
        organization_id=by.organization_id,
        actor=by.actor,
        action="sso.provider_changed",
        subject=f"provider:{provider.id}",
        now=now,
        detail={"issuer": provider.issuer, "domains": list(provider.domains), "new_role": provider.new_role},
    )
    return provider


async def remove(tx: Transaction, id: str, *, by: Caller, chosen: Settings, now: datetime) -> None:
    """Let a provider vouch for nobody any more; sessions it began go on. Doing it twice changes nothing.

    Raises:
        ProviderFixed: The settings name it.
    """
    fixed = of_settings(chosen)
    if fixed is not None and id == fixed.id:
        raise ProviderFixed(provider=id)
    if await store.delete_provider(tx, by.organization_id, id):
        await audit.record(
            tx,
            organization_id=by.organization_id,
            actor=by.actor,
            action="sso.provider_removed",
            subject=f"provider:{id}",
            now=now,
        )


async def set_out(tx: Transaction, provider: Provider, *, now: datetime) -> Journey:
    """Begin somebody's way to a provider: good for one return within ten minutes, in the same browser."""
    journey = Journey(token=secrets.token_urlsafe(_TOKEN_BYTES), state=secrets.token_urlsafe(_TOKEN_BYTES))
    await store.insert_journey(
        tx,
        policy.hash_secret(journey.state),
        browser_hash=policy.hash_secret(journey.token),
        provider=provider.id,
        expires_at=now + JOURNEY_LASTS,
        now=now,
    )
    return journey


async def come_back(tx: Transaction, provider: Provider, *, token: str, state: str, now: datetime) -> bool:
    """Use up a journey; tells whether it stood. The caller commits before it looks at what she brought."""
    return await store.take_journey(
        tx,
        policy.hash_secret(state),
        browser_hash=policy.hash_secret(token),
        provider=provider.id,
        now=now,
    )


async def let_in(
    tx: Transaction,
    organization_id: OrganizationId,
    provider: Provider,
    vouched: Vouched,
    *,
    browser: Browser,
    now: datetime,
) -> NewSession | Refusal:
    """Begin a session for whom a provider means; a refusal is returned, for what it recorded must be committed.

    Args:
        tx: Outside any program; the caller commits.
        organization_id: Whose provider.
        provider: Who vouches.
        vouched: For whom.
        browser: Where she is.
        now: The real time.
    """
    person = await _person(tx, organization_id, provider, vouched, now=now)
    if isinstance(person, Refusal):
        await _failed(tx, organization_id, provider, now)
        return person
    # Waits for whoever is just disabling her; the password's hash is of no use here.
    await sign_in.lock_person(tx, person.id)
    fresh = await queries.find_staff(tx, organization_id, person.id)
    if fresh is None or fresh.disabled_at is not None:
        await _failed(tx, organization_id, provider, now)
        return SsoNobody()
    await store.insert_subject(
        tx, organization_id, issuer=vouched.issuer, subject=vouched.subject, staff_id=person.id, now=now
    )
    begun = await sessions.begin(tx, organization_id, person.id, browser=browser, now=now)
    who = f"staff:{person.id}"
    await audit.record(
        tx,
        organization_id=organization_id,
        actor=who,
        action="staff.signed_in",
        subject=who,
        now=now,
        detail={"provider": provider.id},
    )
    return begun


async def reseal(tx: Transaction, *, sealer: Sealer) -> int:
    """Seal every secret by the key that seals now; returns how many were sealed by another."""
    renewed = {
        (organization_id, id): sealer.seal(_opened(sealer, organization_id, id, stored), of=_of(organization_id, id))
        for (organization_id, id), stored in (await store.lock_sealed(tx)).items()
        if not sealer.is_current(stored)
    }
    await store.set_sealed(tx, renewed)
    return len(renewed)


async def _person(
    tx: Transaction, organization_id: OrganizationId, provider: Provider, vouched: Vouched, *, now: datetime
) -> Staff | Refusal:
    known = await store.find_subject(tx, organization_id, issuer=vouched.issuer, subject=vouched.subject)
    person = None if known is None else await queries.find_staff(tx, organization_id, known)
    if person is not None:
        return person
    if vouched.email is None:
        return SsoUnverified(provider=provider.name)
    found = await queries.find_staff_by_email(tx, vouched.email)
    if not vouches_for(provider, vouched.email) or (found and found.organization_id != organization_id):
        return SsoNobody()
    return found or await _new_person(tx, organization_id, provider, vouched, vouched.email, now=now)


async def _new_person(
    tx: Transaction,
    organization_id: OrganizationId,
    provider: Provider,
    vouched: Vouched,
    email: str,
    *,
    now: datetime,
) -> Staff | SsoNobody:
    if provider.new_role is None or provider.new_role == policy.OWNER or not provider.domains:
        return SsoNobody()
    locale = (vouched.locale or "").partition("-")[0].lower()
    new = NewStaff(
        email=email,
        name=vouched.name or email.partition("@")[0],
        role=provider.new_role,
        locale=locale if locale in LOCALES else LOCALES[0],
    )
    try:
        return await staff.add(tx, new, by=keys.administrator(organization_id), password=None, now=now)
    except RoleUnknown:
        # The role was removed since: nobody is let in without one.
        return SsoNobody()


async def _failed(tx: Transaction, organization_id: OrganizationId, provider: Provider, now: datetime) -> None:
    await audit.record(
        tx,
        organization_id=organization_id,
        actor=audit.SYSTEM,
        action="staff.sign_in_failed",
        subject="staff:unknown",
        now=now,
        detail={"provider": provider.id},
    )


def _opened(sealer: Sealer, organization_id: OrganizationId, id: str, stored: str) -> str:
    try:
        return sealer.open(stored, of=_of(organization_id, id))
    except SealBrokenError as broken:
        raise SecretUnreadable from broken


def _of(organization_id: OrganizationId, id: str) -> str:
    return f"sso_provider:{organization_id}:{id}"


def _derived(what: str, token: str) -> str:
    digest = hashlib.sha256(f"{what}:{token}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
