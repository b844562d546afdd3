"""How often somebody may try to come in: from one address in all, and by failures of an account and an address."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from signers import OTHER, Hire, Open, sign_in

from puntal.access.errors_sign_in import KnocksExceeded
from puntal.access.gate import Gate
from puntal.kit.db import Database

LOCAL = "http://localhost:8000"
DOORS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/v1/auth/sign-in", {"email": "anna@example.org", "password": "x"}),
    ("POST", "/v1/auth/password/reset", {"token": "guess", "password": OTHER}),
    ("POST", "/v1/auth/password/reset/for", {"token": "guess"}),
    ("POST", "/v1/auth/passkeys/sign-in/begin", None),
    ("POST", "/v1/auth/passkeys/sign-in", {"credential": {}}),
    ("GET", "/v1/auth/sso/nobody", None),
    ("GET", "/v1/auth/sso/nobody/callback?state=x&code=y", None),
    ("POST", "/v1/setup", {"organization": "A", "email": "a@example.org", "name": "A", "password": OTHER}),
]
"""Every route that lets somebody in who has neither key nor session."""


@pytest.mark.parametrize(("method", "path", "body"), DOORS, ids=[path for _, path, _ in DOORS])
async def test_at_no_door_may_anybody_knock_for_ever(
    app: FastAPI, database: Database, browser: Open, method: str, path: str, body: dict[str, Any] | None
) -> None:
    app.state.gate = Gate(database, knocks_per_minute=3)
    client = await browser(LOCAL, "203.0.113.50")

    answers = [await client.request(method, path, json=body) for _ in range(5)]

    assert all(answer.status_code != 429 or "knocks" not in answer.text for answer in answers[:3])
    for answer in answers[3:]:
        assert (answer.status_code, answer.json()["type"]) == (429, "access.knocks_exceeded")
        assert 1 <= int(answer.headers["retry-after"]) <= 60
    other = await (await browser(LOCAL, "203.0.113.51")).request(method, path, json=body)
    assert other.status_code != 429 or "knocks" not in other.text


def test_every_door_is_in_the_list(app: FastAPI) -> None:
    public = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
        if "security" not in operation and (method, path) != ("get", "/v1/setup")
    }

    listed = {(method, path.partition("?")[0].replace("nobody", "{provider}")) for method, path, _ in DOORS}
    assert public == listed


async def test_a_household_is_one_address(database: Database) -> None:
    gate = Gate(database, knocks_per_minute=2)
    gate.knock("2001:db8:1:2::1")
    gate.knock("2001:db8:1:2:ffff::9")

    with pytest.raises(KnocksExceeded):
        gate.knock("2001:db8:1:2::3")
    gate.knock("2001:db8:1:3::1")
    Gate(database).knock(None)


async def test_an_account_waits_wherever_the_guesses_come_from(hire: Hire, browser: Open) -> None:
    anna = await hire("Anna", "admin")

    answers = [await sign_in(await browser(), anna, "a wrong password") for _ in range(7)]

    assert [answer.status_code for answer in answers[:5]] == [401] * 5
    assert answers[5].status_code == 429
    assert answers[5].json()["type"] == "access.sign_in_blocked"
    right = await sign_in(await browser(), anna)
    assert right.status_code == 429


async def test_an_address_waits_whomever_it_guesses_at(hire: Hire, browser: Open) -> None:
    guesser = "198.51.100.9"

    answers = [
        await (await browser("https://puntal", guesser)).post(
            "/v1/auth/sign-in", json={"email": f"anna{n}@example.org", "password": "a wrong password"}
        )
        for n in range(22)
    ]

    assert [answer.status_code for answer in answers[:20]] == [401] * 20
    assert answers[-1].json()["type"] == "access.sign_in_blocked"
    # Somebody elsewhere is not kept out by it.
    assert (await sign_in(await browser(), await hire("Ben", "admin"))).status_code == 200
