"""Second factors, recovery codes, new passwords and resets over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pyotp
import pytest
from fastapi import FastAPI
from signers import OTHER, PHRASE, Hire, MakeKey, Open, audited, sign_in

from puntal.access import policy
from puntal.access.cookies import SECURE
from puntal.access.model import NewKey, OrganizationId, Permission, Staff
from puntal.access.operations import factors
from puntal.kit import clock
from puntal.kit.db import Database
from puntal.kit.sealing import Sealer


@pytest.fixture(autouse=True)
def _standing_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A half minute that ends within a test would change which codes are right."""
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at)


def code_of(secret: str, aside: int = 0) -> str:
    """Return the code of now, or of so many half minutes later."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * aside))


async def enrolled(client: httpx2.AsyncClient) -> tuple[str, list[str]]:
    """Give whoever is signed in a second factor; its code of half a minute ago is used up by that."""
    begun = await client.post("/v1/auth/second-factor", json={"password": PHRASE})
    assert begun.status_code == 200, begun.text
    secret: str = begun.json()["secret"]
    confirmed = await client.post("/v1/auth/second-factor/confirm", json={"code": code_of(secret, -1)})
    assert confirmed.status_code == 200, confirmed.text
    codes: list[str] = confirmed.json()["recovery_codes"]
    return secret, codes


async def test_a_factor_is_begun_confirmed_and_asked_for(
    hire: Hire, browser: Open, database: Database, organization_id: OrganizationId
) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)

    begun = (await client.post("/v1/auth/second-factor", json={"password": PHRASE})).json()
    read = pyotp.parse_uri(begun["uri"])
    assert (read.secret, read.issuer, read.name) == (begun["secret"], "Puntal", anna.email)
    assert begun["picture"].startswith("<svg")
    assert (await sign_in(await browser(), anna)).status_code == 200, "not asked for before it is confirmed"

    wrong = await client.post("/v1/auth/second-factor/confirm", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["type"]) == (403, "access.second_factor_unproven")
    right = await client.post("/v1/auth/second-factor/confirm", json={"code": code_of(begun["secret"], -1)})
    codes = right.json()["recovery_codes"]
    assert len(set(codes)) == policy.RECOVERY_CODES
    state = (await client.get("/v1/auth/me")).json()["second_factor"]
    assert (state["since"] is not None, state["recovery_codes_left"]) == (True, policy.RECOVERY_CODES)

    desk = await browser()
    asked = await sign_in(desk, anna)
    assert (asked.status_code, asked.json()["type"]) == (401, "access.second_factor_required")
    assert SECURE not in desk.cookies
    assert (await sign_in(desk, anna, code="000000")).json()["type"] == "access.second_factor_wrong"
    spaced = code_of(begun["secret"])
    assert (await sign_in(desk, anna, code=f"{spaced[:3]} {spaced[3:]}")).status_code == 200

    assert await audited(database, organization_id, anna) == [
        "staff.added",
        "staff.signed_in",
        "staff.signed_in",
        "staff.second_factor_added",
        "staff.sign_in_failed",
        "staff.signed_in",
    ]


async def test_a_code_works_once(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    secret, _ = await enrolled(client)

    used_to_confirm = await sign_in(await browser(), anna, code=code_of(secret, -1))
    first = await sign_in(await browser(), anna, code=code_of(secret))
    again = await sign_in(await browser(), anna, code=code_of(secret))
    following = await sign_in(await browser(), anna, code=code_of(secret, 1))

    assert [each.status_code for each in (used_to_confirm, first, again, following)] == [401, 200, 401, 200]
    assert again.json()["type"] == "access.second_factor_wrong"


async def test_a_wrong_password_is_refused_before_the_code_is_looked_at(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    secret, _ = await enrolled(client)

    refused = await sign_in(await browser(), anna, OTHER, code=code_of(secret))

    assert refused.json()["type"] == "access.sign_in_refused"
    assert (await sign_in(await browser(), anna, code=code_of(secret))).status_code == 200, "the code was not used"


async def test_recovery_codes_work_once_each_and_are_replaced(hire: Hire, browser: Open, database: Database) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    secret, codes = await enrolled(client)

    first = await sign_in(await browser(), anna, code=codes[0].upper().replace("-", " "))
    again = await sign_in(await browser(), anna, code=codes[0])
    assert (first.status_code, again.status_code) == (200, 401)
    assert first.json()["second_factor"]["recovery_codes_left"] == policy.RECOVERY_CODES - 1

    async with database.transaction() as tx:
        rows = await (
            await tx.execute("SELECT c::text FROM staff_recovery_code AS c WHERE staff_id = %s", [anna.id])
        ).fetchall()
    assert not any(code.replace("-", "") in row[0] for code in codes for row in rows)

    renewed = await client.post(
        "/v1/auth/second-factor/recovery-codes", json={"password": PHRASE, "code": code_of(secret)}
    )
    assert set(renewed.json()["recovery_codes"]).isdisjoint(codes)
    assert (await sign_in(await browser(), anna, code=codes[1])).status_code == 401
    assert (await sign_in(await browser(), anna, code=renewed.json()["recovery_codes"][1])).status_code == 200


async def test_guessing_codes_is_blocked_like_guessing_passwords(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    await enrolled(client)

    answers = [await sign_in(await browser(), anna, code=f"{guess:06}") for guess in range(policy.ACCOUNT_FREE + 1)]

    assert [each.status_code for each in answers] == [401] * policy.ACCOUNT_FREE + [429]


async def test_asking_for_the_code_is_no_failure(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    await enrolled(client)

    answers = [await sign_in(client, anna) for _ in range(2 * policy.ACCOUNT_FREE)]

    assert {each.json()["type"] for each in answers} == {"access.second_factor_required"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("second-factor", {"password": OTHER}),
        ("second-factor/recovery-codes", {"password": OTHER, "code": "000000"}),
        ("second-factor/remove", {"password": OTHER, "code": "000000"}),
        ("password", {"password": OTHER, "new_password": "nine lives of a cat"}),
    ],
)
async def test_what_proves_her_changes_only_with_her_password(
    hire: Hire, browser: Open, path: str, body: dict[str, Any]
) -> None:
    client = await browser()
    await sign_in(client, await hire())

    answers = [await client.post(f"/v1/auth/{path}", json=body) for _ in range(policy.ACCOUNT_FREE + 1)]

    assert {each.json()["type"] for each in answers[:-1]} == {"access.password_wrong"}
    assert answers[-1].json()["type"] == "access.sign_in_blocked"


async def test_a_factor_is_removed_with_a_code_and_another_begun(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    secret, _ = await enrolled(client)

    twice = await client.post("/v1/auth/second-factor", json={"password": PHRASE})
    assert (twice.status_code, twice.json()["type"]) == (409, "access.second_factor_enrolled")
    unproven = await client.post("/v1/auth/second-factor/remove", json={"password": PHRASE, "code": "000000"})
    assert (unproven.status_code, unproven.json()["type"]) == (403, "access.second_factor_unproven")
    removed = await client.post("/v1/auth/second-factor/remove", json={"password": PHRASE, "code": code_of(secret)})
    assert removed.status_code == 204

    assert (await sign_in(client, anna)).status_code == 200
    assert (await client.post("/v1/auth/second-factor/confirm", json={"code": "000000"})).status_code == 409
    assert (await client.post("/v1/auth/second-factor", json={"password": PHRASE})).status_code == 200


async def test_without_a_factor_there_is_nothing_to_renew_or_remove(hire: Hire, browser: Open) -> None:
    client = await browser()
    await sign_in(client, await hire())

    for path in ("recovery-codes", "remove"):
        answer = await client.post(f"/v1/auth/second-factor/{path}", json={"password": PHRASE, "code": "000000"})
        assert (answer.status_code, answer.json()["type"]) == (409, "access.second_factor_missing")


async def test_a_factor_only_begun_is_neither_renewed_nor_confirmed_by_the_way(hire: Hire, browser: Open) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    secret = (await client.post("/v1/auth/second-factor", json={"password": PHRASE})).json()["secret"]

    for path in ("recovery-codes", "remove"):
        body = {"password": PHRASE, "code": code_of(secret)}
        answer = await client.post(f"/v1/auth/second-factor/{path}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (409, "access.second_factor_missing")

    assert (await sign_in(await browser(), anna)).status_code == 200


async def test_a_new_password_ends_every_session_but_gives_this_browser_a_new_one(hire: Hire, browser: Open) -> None:
    anna, phone, desk = await hire(), await browser(), await browser()
    await sign_in(phone, anna)
    await sign_in(desk, anna)
    before = desk.cookies[SECURE]

    weak = await desk.post("/v1/auth/password", json={"password": PHRASE, "new_password": "short"})
    changed = await desk.post("/v1/auth/password", json={"password": PHRASE, "new_password": OTHER})

    assert (weak.status_code, weak.json()["type"]) == (422, "access.password_weak")
    assert changed.status_code == 200
    assert desk.cookies[SECURE] != before
    assert (await desk.get("/v1/auth/me")).json()["session"] == changed.json()["session"]
    assert (await phone.get("/v1/auth/me")).json()["type"] == "access.session_ended"
    assert (await sign_in(await browser(), anna)).status_code == 401
    assert (await sign_in(await browser(), anna, OTHER)).status_code == 200


async def reset(client: httpx2.AsyncClient, made: NewKey, person: Staff, **body: Any) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {made.token}"}
    return await client.post(f"/v1/organization/staff/{person.id}/reset", json=body, headers=headers)


async def test_a_reset_gives_a_new_password_once(
    hire: Hire,
    browser: Open,
    client: httpx2.AsyncClient,
    a_key: MakeKey,
    database: Database,
    organization_id: OrganizationId,
) -> None:
    anna, hers = await hire(), await browser()
    await sign_in(hers, anna)
    made = await a_key()
    for _ in range(policy.ACCOUNT_FREE):
        await sign_in(await browser(), anna, OTHER)

    older = (await reset(client, made, anna)).json()["token"]
    token = (await reset(client, made, anna)).json()["token"]
    weak = await hers.post("/v1/auth/password/reset", json={"token": token, "password": "short"})
    used = await hers.post("/v1/auth/password/reset", json={"token": token, "password": OTHER})
    assert (weak.status_code, used.status_code) == (422, 204)
    for over in (older, token, "never one of ours"):
        answer = await hers.post("/v1/auth/password/reset", json={"token": over, "password": PHRASE})
        assert (answer.status_code, answer.json()["type"]) == (404, "access.reset_over")

    assert (await hers.get("/v1/auth/me")).json()["type"] == "access.session_ended"
    assert (await sign_in(await browser(), anna, OTHER)).status_code == 200, "the failures before are forgiven"
    log = await audited(database, organization_id, anna)
    assert log[-4:] == ["staff.reset_made", "staff.reset_made", "staff.password_changed", "staff.signed_in"]


async def test_a_reset_ends_after_an_hour(
    hire: Hire, browser: Open, client: httpx2.AsyncClient, a_key: MakeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await reset(client, await a_key(), await hire())).json()["token"]
    later = clock.now() + policy.RESET_LASTS + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    answer = await (await browser()).post("/v1/auth/password/reset", json={"token": token, "password": OTHER})

    assert answer.json()["type"] == "access.reset_over"


@pytest.mark.parametrize("drops", [True, False])
async def test_a_reset_takes_the_second_factor_away_only_when_it_says_so(
    hire: Hire, browser: Open, client: httpx2.AsyncClient, a_key: MakeKey, *, drops: bool
) -> None:
    anna, hers = await hire(), await browser()
    await sign_in(hers, anna)
    await enrolled(hers)

    token = (await reset(client, await a_key(), anna, second_factor=drops)).json()["token"]
    assert (await sign_in(hers, anna)).json()["type"] == "access.second_factor_required"
    await hers.post("/v1/auth/password/reset", json={"token": token, "password": OTHER})

    assert (await sign_in(hers, anna, OTHER)).status_code == (200 if drops else 401)


async def test_only_those_who_could_appoint_a_person_reset_her(hire: Hire, browser: Open) -> None:
    owner, admin = await hire("Olga", "owner"), await hire()
    by_admin, by_analyst, by_owner = await browser(), await browser(), await browser()
    await sign_in(by_admin, admin)
    await sign_in(by_analyst, await hire("Ben", "analyst"))
    await sign_in(by_owner, owner)

    async def answer(client: httpx2.AsyncClient, person: Staff) -> tuple[int, str | None]:
        said = await client.post(f"/v1/organization/staff/{person.id}/reset", json={})
        return said.status_code, said.json().get("type") or said.json().get("permission")

    assert await answer(by_admin, owner) == (403, "access.beyond_own")
    assert await answer(by_analyst, admin) == (403, "access.forbidden")
    assert await answer(by_admin, admin) == (201, None)
    assert await answer(by_owner, owner) == (201, None)


async def test_a_repeated_reset_does_not_show_its_token_again(
    hire: Hire, client: httpx2.AsyncClient, a_key: MakeKey
) -> None:
    headers = {"Authorization": f"Bearer {(await a_key()).token}", "Idempotency-Key": "one"}
    path = f"/v1/organization/staff/{(await hire()).id}/reset"

    first, again = [await client.post(path, json={}, headers=headers) for _ in range(2)]

    assert again.json() == first.json() | {"token": None}


async def test_keys_are_nobody_here(client: httpx2.AsyncClient, a_key: MakeKey) -> None:
    headers = {"Authorization": f"Bearer {(await a_key(frozenset(Permission))).token}"}

    for path in ("me", "sessions"):
        answer = await client.get(f"/v1/auth/{path}", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (401, "access.session_missing")


async def test_the_secret_is_stored_sealed_and_an_older_one_is_sealed_by_its_next_use(
    hire: Hire, browser: Open, database: Database, app: FastAPI
) -> None:
    anna, client = await hire(), await browser()
    await sign_in(client, anna)
    secret, codes = await enrolled(client)
    assert (await _stored(database, anna)).startswith("s1.")
    assert secret not in await _stored(database, anna)
    # As it was stored before there was sealing.
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff_factor SET secret = %s WHERE staff_id = %s", [secret, anna.id])

    assert (await sign_in(await browser(), anna, code=code_of(secret))).status_code == 200

    assert (await _stored(database, anna)).startswith("s1.")
    one, two = bytes(range(32)), bytes(range(32, 64))
    async with database.transaction() as tx:
        assert await factors.reseal(tx, sealer=Sealer(lambda: [two, one])) >= 1
    lost = await sign_in(await browser(), anna, code=code_of(secret, 1))
    assert (lost.status_code, lost.json()["type"]) == (409, "access.secret_unreadable")
    assert (await sign_in(await browser(), anna, code=codes[0])).status_code == 200
    app.state.sealer = Sealer(lambda: [two])
    assert (await sign_in(await browser(), anna, code=code_of(secret, 1))).status_code == 200
    async with database.transaction() as tx:
        await factors.reseal(tx, sealer=Sealer(lambda: [one, two]))


async def _stored(database: Database, person: Staff) -> str:
    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT secret FROM staff_factor WHERE staff_id = %s", [person.id])).fetchone()
    assert row is not None
    return str(row[0])
