"""What a template would be like, told before there is a program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import httpx2
import pytest
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.model import OrganizationId
from puntal.access.operations import keys
from puntal.kit import clock, http
from puntal.programs import api_preview
from puntal.programs.templates import list_templates

if TYPE_CHECKING:
    from puntal.kit.db import Database


@pytest.fixture
async def client(database: Database, program_id: int) -> AsyncIterator[httpx2.AsyncClient]:
    """Anna, with a key that may do nothing in particular."""
    async with database.transaction() as tx:
        found = await tx.execute("SELECT organization_id FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
        assert row is not None
        key = await keys.create_first_key(tx, OrganizationId(row[0]), name="Anna", now=clock.now(), scopes=frozenset())
    app = FastAPI()
    http.install(app)
    app.state.database = database
    app.state.gate = Gate(database)
    app.include_router(api_preview.router)
    transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
    headers = {"authorization": f"Bearer {key.token}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as opened:
        yield opened


@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_template_says_what_members_would_meet(client: httpx2.AsyncClient, language: str) -> None:
    """G5: whoever chooses sees wallets, rules and rewards in words, and her own currency."""
    for template in list_templates():
        answer = await client.get(
            f"/v1/templates/{template.id}/preview", params={"currency": "USD"}, headers={"accept-language": language}
        )
        said = answer.json()
        assert (answer.status_code, said["currency"]) == (200, "USD")
        assert {"wallets", "earning"} <= {each["section"] for each in said["sentences"]}
        assert all(each["name"] and "EUR" not in each["words"] for each in said["sentences"])


async def test_a_currency_is_three_letters_and_a_template_one_of_ours(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/v1/templates/cafe/preview", params={"currency": "euro"})).status_code == 422
    assert (await client.get("/v1/templates/bakery/preview")).json()["type"] == "programs.template_not_found"
