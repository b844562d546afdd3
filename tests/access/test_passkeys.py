"""Passkeys over HTTP, with an authenticator whose keys and signatures are real."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pyotp
import pytest
import time_machine
from authenticator import Authenticator
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from signers import OTHER, PHRASE, Hire, Open, audited, sign_in, timeless
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from puntal.access import ceremony
from puntal.access.model import OrganizationId, Staff
from puntal.access.model_passkeys import Site
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.settings import Settings

LOCAL = "http://localhost:8000"


async def begin(client: httpx2.AsyncClient, **proof: Any) -> dict[str, Any]:
    answer = await client.post("/v1/auth/passkeys/begin", json=proof or {"password": PHRASE})
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.json()
    return options


async def add(client: httpx2.AsyncClient, device: Authenticator, **proof: Any) -> httpx2.Response:
    credential = device.create(await begin(client, **proof))
    return await client.post("/v1/auth/passkeys", json={"name": "Laptop", "credential": credential})


async def ask(client: httpx2.AsyncClient) -> dict[str, Any]:
    answer = await client.post("/v1/auth/passkeys/sign-in/begin")
    assert answer.status_code == 200, answer.text
    options: dict[str, Any] = answer.json()
    return options


async def use(client: httpx2.AsyncClient, device: Authenticator) -> httpx2.Response:
    return await client.post("/v1/auth/passkeys/sign-in", json={"credential": device.get(await ask(client))})


@pytest.fixture
async def anna(hire: Hire) -> Staff:
    return await hire("Anna", "marketer")


@pytest.fixture
async def device(anna: Staff, browser: Open) -> Authenticator:
    """A device with a passkey of Anna's."""
    client, made = await browser(LOCAL), Authenticator()
    await sign_in(client, anna)
    assert (await add(client, made)).status_code == 201
    return made


async def test_a_passkey_is_added_signs_in_is_renamed_and_removed(
    anna: Staff, browser: Open, database: Database, organization_id: OrganizationId
) -> None:
    client, device = await browser(LOCAL), Authenticator()
    await sign_in(client, anna)
    options = await begin(client)
    assert (options["rp"], options["user"]["name"]) == ({"id": "localhost", "name": "Puntal"}, anna.email)
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"

    added = await client.post("/v1/auth/passkeys", json={"name": "Laptop", "credential": device.create(options)})

    assert added.status_code == 201, added.text
    path = f"/v1/auth/passkeys/{added.json()['id']}"
    assert (await client.get("/v1/auth/passkeys")).json() == [added.json()]
    assert [each["id"] for each in (await begin(client))["excludeCredentials"]] == [bytes_to_base64url(device.id)]
    elsewhere = await browser(LOCAL)
    signed = await use(elsewhere, device)
    assert signed.status_code == 200, signed.text
    assert timeless((await elsewhere.get("/v1/auth/me")).json()) == timeless(signed.json())
    assert signed.json()["staff"]["id"] == str(anna.id)
    renamed = (await client.patch(path, json={"name": "Work laptop"})).json()
    assert (renamed["name"], renamed["used_at"] is not None, renamed["shut_at"]) == ("Work laptop", True, None)
    assert (await client.post(f"{path}/remove", json={})).json()["type"] == "access.password_wrong"
    assert (await client.post(f"{path}/remove", json={"password": PHRASE})).status_code == 204
    gone = await client.post(f"{path}/remove", json={"password": PHRASE})
    assert gone.json()["type"] == "access.passkey_unknown"
    assert (await use(await browser(LOCAL), device)).json()["type"] == "access.passkey_refused"
    log = await audited(database, organization_id, anna)
    assert log == ["staff.added", "staff.signed_in", "staff.passkey_added", "staff.signed_in",
                   "staff.proof_failed", "staff.passkey_removed"]  # fmt: skip


async def test_what_was_signed_counts_once(device: Authenticator, browser: Open) -> None:
    client = await browser(LOCAL)
    credential = device.get(await ask(client))
    first = await client.post("/v1/auth/passkeys/sign-in", json={"credential": credential})
    assert first.status_code == 200
    knock = await browser(LOCAL)
    await ask(knock)

    for again in (client, knock, await browser(LOCAL)):
        answer = await again.post("/v1/auth/passkeys/sign-in", json={"credential": credential})
        assert (answer.status_code, answer.json()["type"]) == (401, "access.passkey_refused")


async def test_a_challenge_is_of_the_browser_that_asked(device: Authenticator, browser: Open) -> None:
    hers, other = await browser(LOCAL), await browser(LOCAL)
    await ask(other)

    answer = await other.post("/v1/auth/passkeys/sign-in", json={"credential": device.get(await ask(hers))})

    assert answer.json()["type"] == "access.passkey_refused"


async def test_a_challenge_lasts_five_minutes(device: Authenticator, browser: Open) -> None:
    client = await browser(LOCAL)
    credential = device.get(await ask(client))

    with time_machine.travel(clock.now() + timedelta(minutes=5, seconds=1), tick=True):
        answer = await client.post("/v1/auth/passkeys/sign-in", json={"credential": credential})

    assert answer.json()["type"] == "access.passkey_refused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:9000"},
        {"origin": "https://evil.example"},
        {"host": "evil.example"},
        {"verified": False},
        {"cross_origin": True},
        {"key": Authenticator().key},
        {"id": b"nobody's passkey"},
        {"handle": b"somebody else 16"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_is_signed_for_another_site_or_unverified_opens_nothing(
    device: Authenticator, browser: Open, wrong: dict[str, Any]
) -> None:
    answer = await use(await browser(LOCAL), replace(device, **wrong))

    assert (answer.status_code, answer.json()["type"]) == (401, "access.passkey_refused")
    assert (await use(await browser(LOCAL), device)).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"verified": False}, {"cross_origin": True}],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_what_is_made_for_another_site_or_unverified_is_not_kept(
    anna: Staff, browser: Open, wrong: dict[str, Any]
) -> None:
    client = await browser(LOCAL)
    await sign_in(client, anna)

    answer = await add(client, Authenticator(**wrong))

    assert (answer.status_code, answer.json()["type"]) == (422, "access.passkey_invalid")
    assert (await client.get("/v1/auth/passkeys")).json() == []


async def test_what_was_made_is_kept_once_and_by_the_session_that_began(anna: Staff, browser: Open, hire: Hire) -> None:
    client, other, device = await browser(LOCAL), await browser(LOCAL), Authenticator()
    await sign_in(client, anna)
    await sign_in(other, await hire("Ben", "admin"))
    credential = device.create(await begin(client))

    stolen = await other.post("/v1/auth/passkeys", json={"name": "Mine", "credential": credential})
    assert stolen.json()["type"] == "access.passkey_invalid"
    body = {"name": "Laptop", "credential": credential}
    assert (await client.post("/v1/auth/passkeys", json=body)).status_code == 201
    assert (await client.post("/v1/auth/passkeys", json=body)).json()["type"] == "access.passkey_invalid"
    device.handle = b""
    assert (await add(other, device)).json()["type"] == "access.passkey_taken"


async def test_a_copy_shuts_the_passkey(
    device: Authenticator, anna: Staff, browser: Open, database: Database, organization_id: OrganizationId
) -> None:
    copied = copy.copy(device)
    assert (await use(await browser(LOCAL), device)).status_code == 200
    assert (await use(await browser(LOCAL), device)).status_code == 200

    answer = await use(await browser(LOCAL), copied)

    assert answer.json()["type"] == "access.passkey_refused"
    assert "staff.passkey_copied" in await audited(database, organization_id, anna)
    # From now on neither opens anything.
    device.count += 10
    assert (await use(await browser(LOCAL), device)).json()["type"] == "access.passkey_refused"
    client = await browser(LOCAL)
    await sign_in(client, anna)
    (shown,) = (await client.get("/v1/auth/passkeys")).json()
    assert shown["shut_at"] is not None


async def test_a_passkey_that_does_not_count_is_no_copy(anna: Staff, browser: Open) -> None:
    client, device = await browser(LOCAL), Authenticator(counts=False)
    await sign_in(client, anna)
    assert (await add(client, device)).status_code == 201

    for _ in range(3):
        assert (await use(await browser(LOCAL), device)).status_code == 200


async def test_a_disabled_persons_passkey_opens_nothing(
    device: Authenticator, anna: Staff, browser: Open, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff SET disabled_at = now() WHERE id = %s", [anna.id])

    assert (await use(await browser(LOCAL), device)).json()["type"] == "access.passkey_refused"


async def test_a_reset_for_a_lost_device_takes_its_passkeys_away(
    device: Authenticator, anna: Staff, hire: Hire, browser: Open
) -> None:
    owner = await browser(LOCAL)
    await sign_in(owner, await hire("Olga", "owner"))
    path = f"/v1/organization/staff/{anna.id}/reset"
    for lost, code in ((False, 200), (True, 401)):
        token = (await owner.post(path, json={"second_factor": lost})).json()["token"]
        used = await owner.post("/v1/auth/password/reset", json={"token": token, "password": OTHER})
        assert used.status_code == 204
        assert (await use(await browser(LOCAL), device)).status_code == code


async def test_a_passkey_asks_for_no_second_factor_but_adding_one_does(anna: Staff, browser: Open) -> None:
    client, device = await browser(LOCAL), Authenticator()
    await sign_in(client, anna)
    secret = (await client.post("/v1/auth/second-factor", json={"password": PHRASE})).json()["secret"]
    generator = pyotp.TOTP(secret)
    now = clock.now()
    await client.post("/v1/auth/second-factor/confirm", json={"code": generator.at(now)})

    without = await client.post("/v1/auth/passkeys/begin", json={"password": PHRASE})
    added = await add(client, device, password=PHRASE, code=generator.at(now + timedelta(seconds=30)))

    assert without.json()["type"] == "access.second_factor_unproven"
    assert added.status_code == 201
    assert (await use(await browser(LOCAL), device)).status_code == 200


async def test_whoever_has_no_password_adds_another_just_after_she_came_in(
    device: Authenticator, anna: Staff, browser: Open, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff SET password_hash = NULL WHERE id = %s", [anna.id])
    client, second = await browser(LOCAL), Authenticator()
    assert (await use(client, device)).status_code == 200
    options = await client.post("/v1/auth/passkeys/begin", json={})
    assert options.status_code == 200
    body = {"name": "Phone", "credential": second.create(options.json())}
    assert (await client.post("/v1/auth/passkeys", json=body)).status_code == 201

    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
        late = await client.post("/v1/auth/passkeys/begin", json={})

    assert (late.status_code, late.json()["type"]) == (403, "access.sign_in_again")


async def test_passkeys_are_for_the_public_address(app: FastAPI, anna: Staff, browser: Open) -> None:
    for base in ("http://127.0.0.1:8000", "https://puntal"):
        nameless = await browser(base)
        assert (await nameless.get("/v1/setup")).json()["passkeys"] is False
        refused = await nameless.post("/v1/auth/passkeys/sign-in/begin")
        assert (refused.status_code, refused.json()["type"]) == (409, "access.passkeys_unavailable")
    app.state.settings = Settings(public_url="https://club.example")
    client = await browser("https://club.example")
    device = Authenticator(origin="https://club.example", host="club.example")
    await sign_in(client, anna)

    assert (await add(client, device)).status_code == 201
    assert (await use(await browser("https://club.example"), device)).status_code == 200
    assert (await client.get("/v1/setup")).json()["passkeys"] is True


async def test_another_sites_page_begins_nothing(browser: Open) -> None:
    client = await browser(LOCAL)

    for path in ("/v1/auth/passkeys/sign-in/begin", "/v1/auth/passkeys/sign-in"):
        answer = await client.post(path, json={}, headers={"sec-fetch-site": "cross-site"})
        assert answer.json()["type"] in {"access.foreign_origin", "request.faulty"}
        assert answer.status_code in {403, 422}


async def test_guesses_at_passkeys_wait_like_guesses_at_passwords(device: Authenticator, browser: Open) -> None:
    client = await browser(LOCAL, "203.0.113.77")
    wrong = replace(device, key=Authenticator().key)

    answers = [await use(client, wrong) for _ in range(8)]

    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_broken_answers_are_refused_and_never_a_fault() -> None:
    device = Authenticator()
    challenge = bytes_to_base64url(b"c" * 32)
    options: dict[str, Any] = {"user": {"id": "AAAA"}, "challenge": challenge}
    good = device.create(options)
    for broken in ("", "!!", "AAAA", bytes_to_base64url(b"{}"), bytes_to_base64url(b"[" * 100_000)):
        for field in ("clientDataJSON", "attestationObject"):
            credential = good | {"response": good["response"] | {field: broken}}
            assert ceremony.made(credential, site=_site(), challenge=b"c" * 32) is None
    assert ceremony.made(good, site=_site(), challenge=b"c" * 32) is not None
    assert ceremony.challenge_of(good) == base64url_to_bytes(challenge)


@given(known=st.integers(0, 2**32 - 1), said=st.integers(0, 2**32 - 1))
def test_a_count_that_does_not_grow_is_a_copy_unless_nobody_counts(known: int, said: int) -> None:
    assert ceremony.is_copy(known, said) == (said <= known and (known, said) != (0, 0))


def _site() -> Site:
    return Site(host="localhost", origin=LOCAL)
