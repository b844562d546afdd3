"""What the admin app does with people, roles and stores: inviting, changing, limiting to programs, closing."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from signers import OTHER, Hire, Open, audited, sign_in

from puntal.access import phrases, policy
from puntal.access.model import OrganizationId, Permission
from puntal.kit import ids
from puntal.kit.db import Database


@pytest.fixture
async def admin(hire: Hire, browser: Open) -> httpx2.AsyncClient:
    client = await browser()
    assert (await sign_in(client, await hire("Olga", "owner"))).status_code == 200
    return client


async def test_one_changes_ones_own_name_language_and_theme(hire: Hire, browser: Open) -> None:
    anna, client = await hire(role="marketer"), await browser()
    await sign_in(client, anna)

    answer = await client.patch("/v1/auth/me", json={"theme": "dark", "locale": "en"})

    assert answer.status_code == 200, answer.text
    shown = (await client.get("/v1/auth/me")).json()["staff"]
    assert (shown["name"], shown["theme"], shown["locale"]) == ("Anna", "dark", "en")
    assert (await client.patch("/v1/auth/me", json={"role": "owner"})).status_code == 422
    assert (await client.patch("/v1/auth/me", json={"name": None})).status_code == 422
    assert (await client.patch("/v1/auth/me", json={})).status_code == 200


async def test_whoever_is_invited_chooses_her_password_within_a_week(admin: httpx2.AsyncClient, browser: Open) -> None:
    email = f"ben-{ids.new_id()}@example.org"
    invited = await admin.post(
        "/v1/organization/staff/invite", json={"email": email, "name": "Ben", "role": "cashier", "store": "madrid-1"}
    )
    assert invited.status_code == 201, invited.text
    body = invited.json()
    client = await browser()

    shown = await client.post("/v1/auth/password/reset/for", json={"token": body["token"]})
    chosen = await client.post("/v1/auth/password/reset", json={"token": body["token"], "password": OTHER})

    assert (shown.status_code, shown.json()["name"], shown.json()["email"]) == (200, "Ben", email)
    assert shown.json()["organization"]
    assert chosen.status_code == 204
    over = await client.post("/v1/auth/password/reset/for", json={"token": body["token"]})
    assert (over.status_code, over.json()["type"]) == (404, "access.reset_over")
    signed = await client.post("/v1/auth/sign-in", json={"email": email, "password": OTHER})
    assert signed.json()["store"] == {"id": "madrid-1", "name": "madrid-1"}
    assert (await admin.get(f"/v1/organization/staff/{body['staff']['id']}")).json() == body["staff"]
    again = await admin.post("/v1/organization/staff/invite", json={"email": email, "name": "Ben", "role": "cashier"})
    assert again.json()["type"] == "access.email_taken"


async def test_a_changed_role_counts_at_once_where_it_was_changed(
    admin: httpx2.AsyncClient, hire: Hire, browser: Open, slug: str, database: Database, organization_id: OrganizationId
) -> None:
    anna, client = await hire("Anna", "analyst"), await browser()
    await sign_in(client, anna)
    assert (await client.get(f"/v1/programs/{slug}/audit")).status_code == 200

    changed = await admin.patch(f"/v1/organization/staff/{anna.id}", json={"role": "cashier", "store": "Sol"})

    assert (changed.json()["role"], changed.json()["store"], changed.json()["name"]) == ("cashier", "Sol", "Anna")
    assert (await client.get(f"/v1/programs/{slug}/audit")).json()["type"] == "access.forbidden"
    assert "staff.changed" in await audited(database, organization_id, anna)
    unknown = await admin.patch(f"/v1/organization/staff/{anna.id}", json={"role": "pope"})
    assert unknown.json()["type"] == "access.role_unknown"
    nobody = await admin.patch(f"/v1/organization/staff/{ids.new_id()}", json={"name": "Eve"})
    assert nobody.json()["type"] == "access.staff_unknown"


async def test_the_last_owner_stays_one(
    hire: Hire, browser: Open, database: Database, organization_id: OrganizationId
) -> None:
    anna, client = await hire("Anna", "owner"), await browser()
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE staff SET disabled_at = now() WHERE organization_id = %s AND role = 'owner' AND id <> %s",
            [organization_id, anna.id],
        )
    await sign_in(client, anna)
    path = f"/v1/organization/staff/{anna.id}"

    assert (await client.patch(path, json={"role": "admin"})).json()["type"] == "access.last_owner"
    assert (await client.post(f"{path}/disable")).json()["type"] == "access.last_owner"
    assert (await client.patch(path, json={"programs": [1]})).json()["type"] == "access.owners_see_all"
    ben = await hire("Ben", "owner")
    assert (await client.patch(path, json={"role": "admin"})).json()["role"] == "admin"
    # No owner any more: she appoints none, and changes none.
    assert (await client.patch(path, json={"role": "owner"})).json()["type"] == "access.beyond_own"
    other = f"/v1/organization/staff/{ben.id}"
    for answer in (await client.patch(other, json={"name": "Eve"}), await client.post(f"{other}/enable")):
        assert answer.json()["type"] == "access.beyond_own"


async def test_whoever_is_let_in_again_signs_in_anew(admin: httpx2.AsyncClient, hire: Hire, browser: Open) -> None:
    anna, client = await hire("Anna", "support"), await browser()
    await sign_in(client, anna)
    path = f"/v1/organization/staff/{anna.id}"
    assert (await admin.post(f"{path}/disable")).status_code == 200
    assert (await sign_in(client, anna)).status_code == 401

    enabled = await admin.post(f"{path}/enable")

    assert enabled.json()["disabled_at"] is None
    assert (await admin.post(f"{path}/enable")).json() == enabled.json()
    assert (await sign_in(client, anna)).status_code == 200


async def test_whoever_sees_some_programs_sees_no_other_and_acts_on_nothing_above(
    admin: httpx2.AsyncClient, hire: Hire, browser: Open, slug: str, database: Database, organization_id: OrganizationId
) -> None:
    other = f"otra-{organization_id}"
    async with database.transaction() as tx:
        row = await (
            await tx.execute(
                "INSERT INTO program (organization_id, slug, created_at) VALUES (%s, %s, now()) RETURNING id",
                [organization_id, other],
            )
        ).fetchone()
        await tx.execute("INSERT INTO organization (id, name, created_at) VALUES (%s, 'Else', now())", [ids.new_id()])
    assert row is not None
    anna, client = await hire("Anna", "admin"), await browser()
    changed = await admin.patch(f"/v1/organization/staff/{anna.id}", json={"programs": [row[0]]})
    assert changed.json()["programs"] == [row[0]]

    me = (await sign_in(client, anna)).json()

    assert [program["slug"] for program in me["programs"]] == [other]
    assert (await client.get(f"/v1/programs/{other}/audit")).status_code == 200
    assert (await client.get(f"/v1/programs/{slug}/audit")).json()["type"] == "access.program_unknown"
    assert (await client.get("/v1/organization/staff")).json()["type"] == "access.forbidden"
    assert (await client.get("/v1/organization")).status_code == 200
    back = await admin.patch(f"/v1/organization/staff/{anna.id}", json={"programs": None})
    assert back.json()["programs"] is None
    assert (await client.get(f"/v1/programs/{slug}/audit")).status_code == 200
    unknown = await admin.patch(f"/v1/organization/staff/{anna.id}", json={"programs": [2**31 - 1]})
    assert unknown.json()["type"] == "access.program_unknown"


async def test_a_program_is_shown_as_it_stands(admin: httpx2.AsyncClient, slug: str) -> None:
    me = (await admin.get("/v1/auth/me")).json()

    (program,) = (each for each in me["programs"] if each["slug"] == slug)
    assert program["name"] == slug
    assert (program["phase"], program["revision"], program["currency"]) == ("draft", 0, None)
    assert program["now"]
    assert me["csrf"] == "same_origin"


async def test_every_permission_and_role_has_words_in_both_languages(admin: httpx2.AsyncClient) -> None:
    assert phrases.PERMISSIONS.keys() == set(Permission)
    assert phrases.ROLES.keys() == policy.BUILT_IN_ROLES.keys()
    assert {group for group, _ in phrases.PERMISSIONS.values()} == phrases.GROUPS.keys()

    shown = (await admin.get("/v1/organization/permissions")).json()
    roles = (await admin.get("/v1/organization/roles")).json()

    assert {each["id"] for each in shown} == set(Permission)
    for words in [*(each["description"] for each in shown), *(each["name"] for each in roles if each["built_in"])]:
        assert words["en"]
        assert words["es"]


async def test_a_role_that_somebody_has_stays(admin: httpx2.AsyncClient, hire: Hire) -> None:
    path = "/v1/organization/roles/clerk"
    await admin.put(path, json={"permissions": ["members:read"], "adjust_limit": 0})
    anna = await hire("Anna", "clerk")

    assert (await admin.delete(path)).json()["type"] == "access.role_in_use"
    await admin.patch(f"/v1/organization/staff/{anna.id}", json={"role": "support"})
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.delete(path)).status_code == 204
    assert (await admin.delete("/v1/organization/roles/owner")).json()["type"] == "access.role_reserved"


async def test_a_store_is_opened_renamed_closed_and_opened_again(admin: httpx2.AsyncClient, hire: Hire) -> None:
    made = await admin.post("/v1/organization/stores", json={"id": "madrid-1", "name": "Gran Vía"})
    assert (made.status_code, made.json()["people"], made.json()["closed_at"]) == (201, 0, None)
    twice = await admin.post("/v1/organization/stores", json={"id": "madrid-1", "name": "Sol"})
    assert twice.json()["type"] == "access.store_taken"
    anna = await hire("Anna", "cashier")
    path, person = "/v1/organization/stores/madrid-1", f"/v1/organization/staff/{anna.id}"
    assert (await admin.patch(person, json={"store": "madrid-1"})).status_code == 200

    renamed = (await admin.patch(path, json={"name": "Gran Vía 12"})).json()
    in_use = await admin.post(f"{path}/close")

    assert (renamed["name"], renamed["people"]) == ("Gran Vía 12", 1)
    assert (in_use.json()["type"], in_use.json()["people"]) == ("access.store_in_use", 1)
    assert (await admin.patch(person, json={"store": None})).json()["store"] is None
    closed = (await admin.post(f"{path}/close")).json()
    assert closed["closed_at"] is not None
    assert (await admin.post(f"{path}/close")).json() == closed
    assert (await admin.patch(person, json={"store": "madrid-1"})).json()["type"] == "access.store_closed"
    assert (await admin.post(f"{path}/reopen")).json()["closed_at"] is None
    assert (await admin.patch(person, json={"store": "madrid-1"})).status_code == 200
    listed = (await admin.get("/v1/organization/stores")).json()
    assert [(each["id"], each["people"]) for each in listed] == [("madrid-1", 1)]
    assert (await admin.patch("/v1/organization/stores/nowhere", json={"name": "X"})).status_code == 404


async def test_putting_somebody_to_work_at_a_new_store_opens_it(admin: httpx2.AsyncClient, hire: Hire) -> None:
    anna = await hire("Anna", "cashier")

    await admin.patch(f"/v1/organization/staff/{anna.id}", json={"store": "Sol"})

    listed: list[dict[str, Any]] = (await admin.get("/v1/organization/stores")).json()
    assert [(each["id"], each["name"]) for each in listed] == [("Sol", "Sol")]


async def test_the_organization_gets_another_name(admin: httpx2.AsyncClient) -> None:
    renamed = await admin.patch("/v1/organization", json={"name": "Café Aurora"})

    assert renamed.json()["name"] == "Café Aurora"
    assert (await admin.get("/v1/auth/me")).json()["organization"]["name"] == "Café Aurora"
