"""Signing in over HTTP: passwords, sessions, other sites' pages, lockouts."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from signers import OTHER, PHRASE, Hire, MakeKey, Open, audited, sign_in, timeless

from puntal.access import policy
from puntal.access.cookies import PLAIN, SECURE
from puntal.access.gate import Gate
from puntal.access.model import Caller, OrganizationId, Permission, Staff
from puntal.access.operations import staff
from puntal.access.operations.attempts import attempt_of
from puntal.kit import clock, ids
from puntal.kit.db import Database


async def test_somebody_signs_in_is_known_and_signs_out(
    hire: Hire, browser: Open, slug: str, database: Database, organization_id: OrganizationId
) -> None:
    anna, client = await hire(), await browser()

    answer = await client.post("/v1/auth/sign-in", json={"email": f" {anna.email.upper()}", "password": PHRASE})

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{SECURE}=")
    for word in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word in cookie
    me = (await client.get("/v1/auth/me")).json()
    assert timeless(me) == timeless(answer.json())
    assert (me["staff"]["name"], me["staff"]["role"], me["staff"]["locale"]) == ("Anna", "admin", "es")
    assert me["permissions"] == sorted(Permission)
    assert [each["slug"] for each in me["programs"]] == [slug]
    assert me["session"]["agent"] == "Firefox"
    assert me["second_factor"] == {"since": None, "recovery_codes_left": 0}

    held = client.cookies[SECURE]
    assert (await client.post("/v1/auth/sign-out")).status_code == 204
    assert SECURE not in client.cookies
    assert (await client.get("/v1/auth/me")).json()["type"] == "access.session_missing"
    client.cookies.set(SECURE, held)
    assert (await client.get("/v1/auth/me")).json()["type"] == "access.session_ended"
    assert (await client.post("/v1/auth/sign-out")).status_code == 204
    assert await audited(database, organization_id, anna) == ["staff.added", "staff.signed_in"]


async def test_of_a_session_only_a_hash_is_stored(hire: Hire, browser: Open, database: Database) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)

    async with database.transaction() as tx:
        found = await tx.execute("SELECT s::text FROM staff_session AS s WHERE staff_id = %s", [anna.id])
        rows = [row[0] for row in await found.fetchall()]

    assert len(rows) == 1
    assert client.cookies[SECURE] not in rows[0]
    assert policy.hash_secret(client.cookies[SECURE]).hex() in rows[0]


@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
async def test_on_this_machine_the_cookie_needs_no_https(hire: Hire, browser: Open, base: str) -> None:
    client = await browser(base)

    answer = await sign_in(client, await hire())

    assert answer.headers["set-cookie"].startswith(f"{PLAIN}=")
    assert "Secure" not in answer.headers["set-cookie"]
    assert (await client.get("/v1/auth/me")).status_code == 200


async def test_beyond_this_machine_the_cookie_needs_https(hire: Hire, browser: Open) -> None:
    answer = await sign_in(await browser("http://shop.example"), await hire())

    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("role", [*policy.BUILT_IN_ROLES, "clerk"])
async def test_a_session_may_what_a_key_of_the_person_may(
    hire: Hire, browser: Open, a_key: MakeKey, slug: str, role: str, client: httpx2.AsyncClient
) -> None:
    admin = {"Authorization": f"Bearer {(await a_key()).token}"}
    custom = {"permissions": ["audit:read"], "adjust_limit": 0}
    await client.put("/v1/organization/roles/clerk", json=custom, headers=admin)
    anna, signed = await hire(role=role), await browser()
    made = await client.post(
        "/v1/organization/keys",
        json={"name": "Script", "scopes": sorted(Permission), "staff_id": str(anna.id)},
        headers=admin,
    )
    by_key = {"Authorization": f"Bearer {made.json()['token']}"}
    await sign_in(signed, anna)

    for path in (
        "/v1/organization",
        "/v1/organization/keys",
        "/v1/organization/staff",
        "/v1/organization/audit",
        f"/v1/programs/{slug}/audit",
        f"/v1/programs/{slug}/approvals",
        "/v1/programs/nowhere/audit",
    ):
        expected, got = await client.get(path, headers=by_key), await signed.get(path)
        assert (got.status_code, got.json().get("type")) == (expected.status_code, expected.json().get("type"))


async def test_a_key_comes_before_a_session(hire: Hire, browser: Open) -> None:
    client = await browser()
    await sign_in(client, await hire())

    answer = await client.get("/v1/organization", headers={"Authorization": "Bearer pk_live_wrong"})

    assert answer.json()["type"] == "access.key_unknown"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.a.proxy"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://puntal"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://puntal"}, True),
        ({"Origin": "https://club.example"}, True),
        ({"Origin": "http://puntal"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({}, False),
    ],
)
async def test_only_our_own_pages_change_things_with_a_session(
    app: FastAPI, hire: Hire, browser: Open, headers: dict[str, str], *, allowed: bool
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"public_url": "https://club.example/app"})
    client = await browser()
    await sign_in(client, await hire())
    del client.headers["Sec-Fetch-Site"]
    body = {"name": "Shop", "scopes": ["events:write"]}

    answer = await client.post("/v1/organization/keys", json=body, headers=headers)
    read = await client.get("/v1/organization/keys", headers=headers)
    out = await client.post("/v1/auth/sign-out", headers=headers)

    assert read.status_code == 200
    assert (answer.status_code, out.status_code) == ((201, 204) if allowed else (403, 403))
    if not allowed:
        assert answer.json()["type"] == out.json()["type"] == "access.foreign_origin"


async def test_other_sites_cannot_sign_anybody_in_but_programs_can(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    del client.headers["Sec-Fetch-Site"]
    body = {"email": anna.email, "password": PHRASE}

    foreign = await client.post("/v1/auth/sign-in", json=body, headers={"Origin": "https://evil.example"})
    program = await client.post("/v1/auth/sign-in", json=body)

    assert (foreign.status_code, foreign.json()["type"]) == (403, "access.foreign_origin")
    assert program.status_code == 200


async def test_keys_need_no_origin(client: httpx2.AsyncClient, a_key: MakeKey) -> None:
    headers = {"Authorization": f"Bearer {(await a_key()).token}", "Origin": "https://evil.example"}

    answer = await client.post("/v1/organization/keys", json={"name": "S", "scopes": ["audit:read"]}, headers=headers)

    assert answer.status_code == 201


async def test_two_sessions_are_listed_and_one_revokes_the_other(hire: Hire, browser: Open) -> None:
    anna, phone, desk = await hire(), await browser(), await browser()
    await sign_in(phone, anna)
    await sign_in(desk, anna)

    listed = (await desk.get("/v1/auth/sessions")).json()
    assert [each["current"] for each in listed] == [True, False]
    revoked = await desk.post(f"/v1/auth/sessions/{listed[1]['id']}/revoke")
    assert revoked.status_code == 204

    assert (await phone.get("/v1/auth/me")).json()["type"] == "access.session_ended"
    assert (await desk.get("/v1/auth/me")).status_code == 200
    assert len((await desk.get("/v1/auth/sessions")).json()) == 1


async def test_nobody_revokes_a_session_of_somebody_else(hire: Hire, browser: Open) -> None:
    anna, ben = await browser(), await browser()
    hers = (await sign_in(anna, await hire())).json()["session"]["id"]
    await sign_in(ben, await hire("Ben"))

    answer = await ben.post(f"/v1/auth/sessions/{hers}/revoke")

    assert (answer.status_code, answer.json()["type"]) == (404, "access.session_unknown")
    assert (await anna.get("/v1/auth/me")).status_code == 200


@pytest.mark.parametrize("over", ["expires_at", "seen_at"])
async def test_sessions_end_by_themselves(
    app: FastAPI, hire: Hire, browser: Open, database: Database, over: str
) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    assert (await client.get("/v1/auth/me")).status_code == 200
    away = clock.now() - (policy.SESSION_IDLE if over == "seen_at" else timedelta(seconds=1))
    async with database.transaction() as tx:
        await tx.execute(f"UPDATE staff_session SET {over} = %s WHERE staff_id = %s".encode(), [away, anna.id])

    app.state.gate = Gate(database)

    assert (await client.get("/v1/auth/me")).json()["type"] == "access.session_ended"
    assert (await client.get("/v1/organization")).json()["type"] == "access.session_ended"


async def test_use_keeps_a_session_alive_across_processes(
    app: FastAPI, hire: Hire, browser: Open, database: Database
) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    nearly = clock.now() - policy.SESSION_IDLE + timedelta(seconds=30)
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff_session SET seen_at = %s WHERE staff_id = %s", [nearly, anna.id])
    app.state.gate.forget()
    assert (await client.get("/v1/auth/me")).status_code == 200

    await app.state.gate.visits.flush()

    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT seen_at FROM staff_session WHERE staff_id = %s", [anna.id])).fetchone()
    assert row is not None
    assert row[0] > nearly + timedelta(hours=1)


async def test_another_process_refuses_what_ended_within_five_seconds(
    app: FastAPI, hire: Hire, browser: Open, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    held = client.cookies[SECURE]
    assert (await client.get("/v1/auth/me")).status_code == 200
    elsewhere, app.state.gate = app.state.gate, Gate(database)
    await client.post("/v1/auth/sign-out")
    client.cookies.set(SECURE, held)

    app.state.gate = elsewhere
    later = clock.now() + timedelta(seconds=5)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert (await client.get("/v1/auth/me")).json()["type"] == "access.session_ended"


async def _sessions_of(database: Database, person: Staff) -> list[datetime | None]:
    async with database.transaction() as tx:
        found = await tx.execute("SELECT ended_at FROM staff_session WHERE staff_id = %s ORDER BY id", [person.id])
        return [row[0] for row in await found.fetchall()]


async def test_disabling_somebody_ends_her_sessions(
    app: FastAPI, hire: Hire, browser: Open, database: Database, owner: Caller
) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    async with database.transaction() as tx:
        await staff.disable(tx, anna.id, by=owner, now=clock.now())

    app.state.gate.forget()

    assert (await client.get("/v1/auth/me")).json()["type"] == "access.session_ended"
    assert None not in await _sessions_of(database, anna)
    assert (await sign_in(client, anna)).json()["type"] == "access.sign_in_refused"


async def test_unknown_people_and_wrong_passwords_are_told_apart_by_nobody(hire: Hire, browser: Open) -> None:
    anna, keyless = await hire(), await hire("Ben", password=None)

    wrong = await sign_in(await browser(), anna, OTHER)
    without = await sign_in(await browser(), keyless, PHRASE)
    client = await browser()
    unknown = await client.post("/v1/auth/sign-in", json={"email": f"{ids.new_id()}@x.org", "password": PHRASE})

    assert wrong.json() == without.json() == unknown.json()
    assert (wrong.status_code, wrong.json()["type"]) == (401, "access.sign_in_refused")
    assert "set-cookie" not in wrong.headers


async def test_a_password_is_compared_also_where_there_is_nobody(
    hire: Hire, browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    real = PasswordHash.verify

    def verify(self: PasswordHash, password: str | bytes, known: str | bytes) -> bool:
        compared.append(str(known)[:31])
        return real(self, password, known)

    monkeypatch.setattr(PasswordHash, "verify", verify)
    await sign_in(await browser(), await hire(), OTHER)
    await sign_in(await browser(), await hire("Ben", password=None), OTHER)
    await (await browser()).post("/v1/auth/sign-in", json={"email": f"{ids.new_id()}@x.org", "password": OTHER})

    assert compared == ["$argon2id$v=19$m=19456,t=2,p=1$"] * 3


@pytest.mark.parametrize("exists", [True, False])
async def test_failures_block_an_account_for_longer_and_longer_whether_or_not_it_exists(
    hire: Hire, browser: Open, database: Database, *, exists: bool
) -> None:
    anna = await hire()
    email = anna.email if exists else f"{ids.new_id()}@example.org"

    async def attempt(password: str = OTHER) -> httpx2.Response:
        client = await browser()
        return await client.post("/v1/auth/sign-in", json={"email": email, "password": password})

    assert [(await attempt()).status_code for _ in range(policy.ACCOUNT_FREE)] == [401] * policy.ACCOUNT_FREE
    blocked = await attempt(PHRASE)
    assert (blocked.status_code, blocked.json()["type"]) == (429, "access.sign_in_blocked")
    assert 1 <= int(blocked.headers["retry-after"]) <= 5

    await _wait(database, email, timedelta(seconds=5))
    assert (await attempt()).status_code == 401
    assert 6 <= int((await attempt()).headers["retry-after"]) <= 10

    await _wait(database, email, timedelta(seconds=10))
    assert (await attempt(PHRASE)).status_code == (200 if exists else 401)
    if exists:
        assert (await attempt()).status_code == 401, "a right password forgives the ones before"


async def _wait(database: Database, email: str, how_long: timedelta) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE sign_in_failure SET free_at = free_at - %s WHERE subject = %s",
            [how_long, attempt_of(email, None).account],
        )


async def test_a_crowd_of_tries_at_once_gets_no_more_guesses(hire: Hire, browser: Open) -> None:
    anna = await hire()
    browsers = [await browser() for _ in range(4 * policy.ACCOUNT_FREE)]

    answers = await asyncio.gather(*(sign_in(each, anna, OTHER) for each in browsers))

    assert sum(answer.status_code == 401 for answer in answers) == policy.ACCOUNT_FREE
    assert {answer.status_code for answer in answers} == {401, 429}


async def test_failures_of_an_address_block_it_for_everybody(hire: Hire, browser: Open) -> None:
    client = await browser(address="198.51.100.77")
    people = [f"{ids.new_id()}@example.org" for _ in range(policy.ADDRESS_FREE)]
    for email in people:
        await client.post("/v1/auth/sign-in", json={"email": email, "password": OTHER})

    anna = await hire()

    assert (await sign_in(client, anna)).json()["type"] == "access.sign_in_blocked"
    assert (await sign_in(await browser(), anna)).status_code == 200


async def test_failures_are_written_into_the_log(
    hire: Hire, browser: Open, database: Database, organization_id: OrganizationId
) -> None:
    anna = await hire()
    await sign_in(await browser(), anna, OTHER)

    assert await audited(database, organization_id, anna) == ["staff.added", "staff.sign_in_failed"]


@pytest.mark.parametrize("body", [{}, {"email": "", "password": ""}, {"email": "a@b.c", "password": "x", "more": 1}])
async def test_bad_bodies_are_refused(browser: Open, body: dict[str, Any]) -> None:
    answer = await (await browser()).post("/v1/auth/sign-in", json=body)

    assert (answer.status_code, answer.json()["type"]) == (422, "request.faulty")
