"""Single sign-on against a provider that really runs, signs and checks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import time_machine
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from provider import CLIENT, SECRET, Provider, a_provider, shared_secret
from pydantic import SecretStr
from signers import Hire, Open, audited, sign_in

from puntal.access import issuers
from puntal.access.cookies import SECURE
from puntal.access.model import OrganizationId, Staff
from puntal.access.operations import sso
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.sealing import Sealer
from puntal.kit.settings import Settings

DOMAIN = "example.org"


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with a_provider() as running:
        yield running


@pytest.fixture
async def acme(
    provider: Provider, hire: Hire, browser: Open, database: Database, organization_id: OrganizationId
) -> AsyncIterator[httpx2.AsyncClient]:
    """An owner's browser, her organization the first of the installation, with the provider `acme` set."""
    async with database.transaction() as tx:
        # Single sign-on is the first organization's; in the tests' database there are many.
        await tx.execute("UPDATE organization SET created_at = '2000-01-01Z' WHERE id = %s", [organization_id])
    client = await browser()
    await sign_in(client, await hire("Olga", "owner"))
    body = _body(provider)
    answer = await client.put("/v1/organization/sso/acme", json=body)
    assert answer.status_code == 200, answer.text
    yield client
    async with database.transaction() as tx:
        await tx.execute("UPDATE organization SET created_at = now() WHERE id = %s", [organization_id])


def _body(provider: Provider, **more: Any) -> dict[str, Any]:
    return {
        "name": "Acme",
        "issuer": provider.issuer,
        "client_id": CLIENT,
        "secret": SECRET,
        "domains": [DOMAIN],
        "new_role": None,
    } | more


async def leave(client: httpx2.AsyncClient, id: str = "acme") -> httpx2.Response:
    return await client.get(f"/v1/auth/sso/{id}")


async def come(client: httpx2.AsyncClient, provider: Provider, **changed: str) -> httpx2.Response:
    """Go to the provider, agree there, and come back."""
    left = await leave(client)
    assert left.status_code == 303, left.text
    state, code = provider.consent(left.headers["location"])
    # A link on another site's page: the browser says so, and sends no cookie that is `Strict`.
    return await client.get(
        "/v1/auth/sso/acme/callback",
        params={"state": state, "code": code} | changed,
        headers={"sec-fetch-site": "cross-site"},
    )


def refused(answer: httpx2.Response) -> str:
    assert answer.status_code == 303
    assert SECURE not in answer.headers.get("set-cookie", "").replace(f'{SECURE}=""', "")
    where = urlsplit(answer.headers["location"])
    assert where.path == "/admin/sign-in"
    return parse_qs(where.query)["refused"][0]


@pytest.mark.usefixtures("acme")
async def test_staff_come_in_by_the_address_that_their_provider_verified(
    provider: Provider,
    hire: Hire,
    browser: Open,
    database: Database,
    organization_id: OrganizationId,
) -> None:
    anna, client = await hire("Anna", "marketer", password=None), await browser()
    provider.person = {"email": anna.email.upper(), "email_verified": True, "name": "Anna A."}

    answer = await come(client, provider)

    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/"), answer.headers
    assert (await client.get("/v1/auth/me")).json()["staff"]["id"] == str(anna.id)
    log = await audited(database, organization_id, anna)
    assert log == ["staff.added", "staff.signed_in"]
    # Known by her subject from now on, whatever becomes of the address.
    provider.person = {"email": "other@else.example", "email_verified": False}
    assert (await come(await browser(), provider)).headers["location"] == "/admin/"
    assert {each["id"] for each in (await client.get("/v1/setup")).json()["providers"]} == {"acme"}


@pytest.mark.usefixtures("acme")
async def test_the_address_asked_for_has_pkce_state_nonce_and_no_secret(
    provider: Provider, browser: Open, database: Database
) -> None:
    client = await browser()

    left = await leave(client)

    said = {name: values[0] for name, values in parse_qs(urlsplit(left.headers["location"]).query).items()}
    assert left.headers["location"].startswith(f"{provider.issuer}/authorize?")
    assert said["redirect_uri"] == "https://puntal/v1/auth/sso/acme/callback"
    assert len(said["code_challenge"]) == 43
    assert SECRET not in left.headers["location"]
    assert left.headers["cache-control"] == "no-store"
    async with database.transaction() as tx:
        rows = await (await tx.execute("SELECT j::text, p::text FROM sso_journey AS j, sso_provider AS p")).fetchall()
    words = " ".join(word for row in rows for word in row)
    assert SECRET not in words
    for name in ("state", "nonce"):
        assert said[name] not in words


async def test_somebody_new_gets_the_providers_role_only_where_it_names_one(
    acme: httpx2.AsyncClient, provider: Provider, browser: Open
) -> None:
    email = f"ben-{ids.new_id()}@{DOMAIN}"
    provider.person = {"email": email, "email_verified": True, "name": "Ben", "locale": "es-MX", "sub": email}
    assert refused(await come(await browser(), provider)) == "access.sso_nobody"

    await acme.put("/v1/organization/sso/acme", json=_body(provider, new_role="analyst", secret=None))
    client = await browser()
    assert (await come(client, provider)).headers["location"] == "/admin/"

    staff = (await client.get("/v1/auth/me")).json()["staff"]
    assert (staff["email"], staff["name"], staff["role"], staff["locale"]) == (email, "Ben", "analyst", "es")
    stranger = f"eve-{ids.new_id()}@else.example"
    provider.person = {"email": stranger, "email_verified": True, "sub": stranger}
    assert refused(await come(await browser(), provider)) == "access.sso_nobody"


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "of another journey"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"]},
        {"aud": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"sub": None},
    ],
    ids=lambda changed: "-".join(f"{name}:{value}" for name, value in changed.items()),
)
@pytest.mark.usefixtures("acme")
async def test_a_token_with_a_wrong_claim_lets_nobody_in(
    provider: Provider, hire: Hire, browser: Open, changed: dict[str, Any]
) -> None:
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    provider.changed = changed
    client = await browser()

    assert refused(await come(client, provider)) == "access.sso_refused"
    assert (await client.get("/v1/auth/me")).status_code == 401
    provider.changed = {}
    assert (await come(client, provider)).headers["location"] == "/admin/"


@pytest.mark.parametrize(
    "said",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["anna@example.org"]},
    ],
)
@pytest.mark.usefixtures("acme")
async def test_an_address_that_is_not_verified_lets_nobody_in(
    provider: Provider, hire: Hire, browser: Open, said: dict[str, Any]
) -> None:
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True} | said

    assert refused(await come(await browser(), provider)) == "access.sso_email_unverified"


@pytest.mark.parametrize("how", ["another key", "our secret", "no signature"])
@pytest.mark.usefixtures("acme")
async def test_a_token_the_issuer_did_not_sign_lets_nobody_in(
    provider: Provider, hire: Hire, browser: Open, how: str
) -> None:
    anna = await hire("Anna", "owner")
    provider.person = {"email": anna.email, "email_verified": True}
    if how == "another key":
        provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    elif how == "our secret":
        provider.signs_with, provider.algorithm = shared_secret(), "HS256"
    else:
        provider.algorithm = "none"

    assert refused(await come(await browser(), provider)) == "access.sso_refused"


@pytest.mark.usefixtures("acme")
async def test_an_issuers_new_key_is_found(provider: Provider, hire: Hire, browser: Open) -> None:
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    assert (await come(await browser(), provider)).headers["location"] == "/admin/"
    assert provider.asked.count("keys") == 1
    assert (await come(await browser(), provider)).headers["location"] == "/admin/"
    assert provider.asked.count("keys") == 1

    provider.key = RSAKey.generate_key(2048, {"kid": "one"})

    assert (await come(await browser(), provider)).headers["location"] == "/admin/"
    assert provider.asked.count("keys") == 2


@pytest.mark.usefixtures("acme")
async def test_a_state_counts_once_in_the_browser_that_set_out_for_ten_minutes(
    provider: Provider, hire: Hire, browser: Open
) -> None:
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    callback = "/v1/auth/sso/acme/callback"
    client, other = await browser(), await browser()

    assert refused(await come(client, provider, state="guessed")) == "access.sso_refused"
    assert refused(await come(client, provider, code="guessed")) == "access.sso_refused"
    assert refused(await come(client, provider, code="")) == "access.sso_refused"
    assert refused(await client.get(callback)) == "access.sso_refused"
    state, code = provider.consent((await leave(client)).headers["location"])
    await leave(other)
    stolen = {"state": state, "code": code}
    assert refused(await other.get(callback, params=stolen)) == "access.sso_refused"
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1), tick=True):
        assert refused(await client.get(callback, params=stolen)) == "access.sso_refused"
    state, code = provider.consent((await leave(client)).headers["location"])
    first = await client.get(callback, params={"state": state, "code": code})
    assert first.headers["location"] == "/admin/"
    assert refused(await client.get(callback, params={"state": state, "code": code})) == "access.sso_refused"


async def test_a_disabled_person_stays_out(
    acme: httpx2.AsyncClient, provider: Provider, hire: Hire, browser: Open
) -> None:
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    assert (await come(await browser(), provider)).headers["location"] == "/admin/"

    await acme.post(f"/v1/organization/staff/{anna.id}/disable")

    assert refused(await come(await browser(), provider)) == "access.sso_nobody"


@pytest.mark.usefixtures("acme")
async def test_what_the_token_leaves_out_is_asked_for(provider: Provider, hire: Hire, browser: Open) -> None:
    anna = await hire("Anna", "admin")
    provider.userinfo = {"sub": "248289761001", "email": anna.email, "email_verified": True}
    assert (await come(await browser(), provider)).headers["location"] == "/admin/"

    provider.userinfo = provider.userinfo | {"sub": "somebody else"}
    assert refused(await come(await browser(), provider)) == "access.sso_refused"


async def test_a_provider_that_is_not_who_it_should_be_or_away_is_told(
    acme: httpx2.AsyncClient, provider: Provider, browser: Open
) -> None:
    provider.names_itself = "https://evil.example"
    client = await browser()
    assert refused(await leave(client)) == "access.provider_unreachable"
    await acme.put("/v1/organization/sso/acme", json=_body(provider, issuer="http://127.0.0.1:9"))
    assert refused(await leave(client)) == "access.provider_unreachable"
    assert refused(await leave(client, "nobody")) == "access.provider_unknown"


async def test_a_secret_that_the_provider_does_not_take_is_told_apart(
    acme: httpx2.AsyncClient, provider: Provider, hire: Hire, browser: Open
) -> None:
    """It is for an owner to correct; nobody is sent to ask for an account that she has."""
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    await acme.put("/v1/organization/sso/acme", json=_body(provider, secret="mistyped"))
    assert refused(await come(await browser(), provider)) == "access.sso_client_refused"
    await acme.put("/v1/organization/sso/acme", json=_body(provider))
    assert (await come(await browser(), provider)).headers["location"] == "/admin/"


async def test_providers_are_set_shown_without_their_secret_and_removed(
    acme: httpx2.AsyncClient, provider: Provider, database: Database, organization_id: OrganizationId
) -> None:
    path = "/v1/organization/sso/acme"
    (shown,) = (await acme.get("/v1/organization/sso")).json()
    assert (shown["has_secret"], shown["fixed"], shown["domains"]) == (True, False, [DOMAIN])
    assert shown["redirect"] == "https://puntal/v1/auth/sso/acme/callback"
    assert SECRET not in str(shown)
    for wrong, code in (
        ({"issuer": "http://login.acme.example"}, "access.issuer_invalid"),
        ({"issuer": "https://a:b@login.acme.example"}, "access.issuer_invalid"),
        ({"issuer": "javascript:alert(1)"}, "access.issuer_invalid"),
        ({"new_role": "owner"}, "access.new_role_invalid"),
        ({"new_role": "admin", "domains": []}, "access.new_role_invalid"),
        ({"new_role": "pope"}, "access.role_unknown"),
    ):
        answer = await acme.put(path, json=_body(provider, **wrong))
        assert (answer.status_code, answer.json()["type"]) == (422, code)
    async with database.transaction() as tx:
        row = await (
            await tx.execute("SELECT secret FROM sso_provider WHERE organization_id = %s", [organization_id])
        ).fetchone()
    assert row is not None
    assert row[0].startswith("s1.")
    assert (await acme.delete(path)).status_code == 204
    assert (await acme.delete(path)).status_code == 204
    assert (await acme.get("/v1/organization/sso")).json() == []


async def test_the_settings_name_a_provider_that_nobody_changes(
    acme: httpx2.AsyncClient, provider: Provider, app: FastAPI, hire: Hire, browser: Open
) -> None:
    anna = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    app.state.settings = Settings(
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SecretStr(SECRET),
        oidc_domains=" Example.org,",
    )
    client = await browser()

    left = await leave(client, "sso")
    state, code = provider.consent(left.headers["location"])
    came = await client.get("/v1/auth/sso/sso/callback", params={"state": state, "code": code})

    assert came.headers["location"] == "/admin/"
    assert [each["fixed"] for each in (await acme.get("/v1/organization/sso")).json()] == [True, False]
    for answer in (
        await acme.put("/v1/organization/sso/sso", json=_body(provider)),
        await acme.delete("/v1/organization/sso/sso"),
    ):
        assert answer.json()["type"] == "access.provider_fixed"


@pytest.mark.usefixtures("acme")
async def test_secrets_are_sealed_anew_by_another_key(
    app: FastAPI, provider: Provider, hire: Hire, browser: Open, database: Database
) -> None:
    anna: Staff = await hire("Anna", "admin")
    provider.person = {"email": anna.email, "email_verified": True}
    one, two = bytes(range(32)), bytes(range(32, 64))
    app.state.sealer = Sealer(lambda: [two])
    assert refused(await leave(await browser())) == "access.secret_unreadable"

    async with database.transaction() as tx:
        assert await sso.reseal(tx, sealer=Sealer(lambda: [two, one])) >= 1
        assert await sso.reseal(tx, sealer=Sealer(lambda: [two, one])) == 0

    assert (await come(await browser(), provider)).headers["location"] == "/admin/"
    async with database.transaction() as tx:
        await sso.reseal(tx, sealer=Sealer(lambda: [one, two]))


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://login.acme.example", True),
        ("http://127.0.0.1:8000/x", True),
        ("http://[::1]:8000", True),
        ("http://login.acme.example", False),
        ("https://", False),
        ("ftp://login.acme.example", False),
        ("https://[", False),
        (7, False),
        (None, False),
    ],
)
def test_addresses_that_can_be_trusted(address: object, safe: bool) -> None:  # noqa: FBT001 - a case of the table
    assert issuers.is_safe(address) is safe
