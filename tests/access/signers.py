"""People of the staff at their browsers, for tests of signing in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2

from puntal.access.model import NewKey, OrganizationId, Staff
from puntal.kit.db import Database

PHRASE = "una contraseña larga"
OTHER = "dos manos de lluvia"
MakeKey = Callable[..., Awaitable[NewKey]]
Hire = Callable[..., Awaitable[Staff]]
Open = Callable[..., Awaitable[httpx2.AsyncClient]]


def bearer(token: str) -> str:
    """Return a token as it is sent."""
    return f"Bearer {token}"


async def sign_in(client: httpx2.AsyncClient, person: Staff, password: str = PHRASE, **more: Any) -> httpx2.Response:
    return await client.post("/v1/auth/sign-in", json={"email": person.email, "password": password, **more})


async def audited(database: Database, organization_id: OrganizationId, person: Staff) -> list[str]:
    """Return what the log says was done to a person, oldest first."""
    async with database.transaction() as tx:
        found = await tx.execute(
            "SELECT action FROM organization_audit_entry WHERE organization_id = %s AND subject = %s ORDER BY id",
            [organization_id, f"staff:{person.id}"],
        )
        return [row[0] for row in await found.fetchall()]


def timeless(me: dict[str, Any]) -> dict[str, Any]:
    """Return who is signed in without the time that her programs' clocks showed."""
    return me | {"programs": [{name: program[name] for name in program if name != "now"} for program in me["programs"]]}
