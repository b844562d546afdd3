"""Sessions at the whole server: events, which pass outside the framework, and rough input to signing in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_schemathesis import CHECKS, MODES, OPERATIONS

from puntal.kit import ids

PHRASE = "una contraseña larga"
OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def _nobody_has_failed(database_uri: str) -> None:
    """Rough input of other tests comes from this address too, and an address that fails too often has to wait."""
    with psycopg.connect(database_uri) as connection:
        connection.execute("DELETE FROM sign_in_failure")


@pytest.fixture
def support(served: Any) -> Iterator[httpx2.Client]:
    """A browser in which Anna of the support is signed in."""
    with httpx2.Client(base_url=served.base) as client:
        sign_in(client, served, "support")
        yield client


@pytest.fixture
def marketing(served: Any) -> Iterator[httpx2.Client]:
    """A browser in which Ben of marketing is signed in."""
    with httpx2.Client(base_url=served.base) as client:
        sign_in(client, served, "marketer")
        yield client


def sign_in(client: httpx2.Client, served: Any, role: str) -> None:
    body = {"email": f"{role}-{ids.new_id()}@example.org", "name": role, "role": role, "password": PHRASE}
    added = client.post("/v1/organization/staff", json=body, headers={"Authorization": f"Bearer {served.token}"})
    assert added.status_code == 201, added.text
    signed = client.post("/v1/auth/sign-in", json={"email": body["email"], "password": PHRASE})
    assert signed.status_code == 200, signed.text


def event() -> dict[str, Any]:
    return {
        "id": str(ids.new_id()),
        "type": "member.birthday_told",
        "source": "desk",
        "occurred_at": "2026-11-21T12:00:00Z",
        "member": {"external": {"shop": "6712"}},
    }


@pytest.mark.parametrize("path", ["events", "events/batch"])
def test_events_are_taken_from_a_session_of_our_own_pages(
    served: Any, support: httpx2.Client, marketing: httpx2.Client, path: str
) -> None:
    url = f"/v1/programs/{served.slug}/{path}"
    body = event() if path == "events" else {"events": [event()]}

    foreign = support.post(url, json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert (foreign.status_code, foreign.json()["type"]) == (403, "access.foreign_origin")
    assert support.post(url, json=body).json()["type"] == "access.foreign_origin"

    own = support.post(url, json=body, headers=OWN)
    assert own.status_code not in {401, 403}, "let in; what it says is another matter"
    denied = marketing.post(url, json=body, headers=OWN)
    assert (denied.status_code, denied.json()["permission"]) == (403, "events:write")

    support.post("/v1/auth/sign-out", headers=OWN)
    assert support.post(url, json=body, headers=OWN).json()["type"] == "access.credentials_missing"


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if each.path.startswith("/v1/auth/")],
    ids=lambda operation: operation.label,
)
def test_no_request_with_a_session_breaks_the_server(operation: Any, served: Any, support: httpx2.Client) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in support.cookies.items())

    @settings(
        max_examples=8,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES)))
    def knock(case: Any) -> None:
        case.cookies = {}
        case.call_and_validate(base_url=served.base, headers=OWN | {"cookie": cookie}, checks=list(CHECKS))

    knock()
