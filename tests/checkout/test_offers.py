"""`GET members/{id}/offers`: what is for her, sorted; for staff also why the rest is not (D3)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest
from tills import Till

from puntal.access.model import OrganizationId, Permission
from puntal.access.operations import keys
from puntal.checkout.shapes import OffersOut
from puntal.kit import clock, ids
from puntal.kit.db import Database

REWARDS = [
    {"id": "dear", "kind": "amount_off", "value": "9.00 EUR", "cost": {"wallet": "points", "points": 900}},
    {"id": "cheap", "kind": "amount_off", "value": "1.00 EUR", "cost": {"wallet": "points", "points": 100}},
    {"id": "nearly", "kind": "amount_off", "value": "8.00 EUR", "cost": {"wallet": "points", "points": 800}},
    {"id": "loved", "kind": "percent_off", "value": "5%", "priority": 9, "text": {"en": "For you", "es": "Para ti"}},
    {"id": "shipping", "kind": "shipping", "when": {"order.net": {"at_least": "50.00 EUR"}}},
    {
        "id": "for_fifty",
        "kind": "amount_off",
        "value": "7.00 EUR",
        "when": {"order.net": {"at_least": "50.00 EUR"}},
        "cost": {"wallet": "points", "points": 700},
    },
    {"id": "germans", "kind": "percent_off", "value": "5%", "when": {"member.country": "DE"}},
    {"id": "in_store", "kind": "percent_off", "value": "5%", "channels": ["store"]},
    {"id": "gone", "kind": "percent_off", "value": "5%", "stock": 0},
    {"id": "given", "kind": "percent_off", "value": "5%", "listed": False},
]


@pytest.fixture
async def till(a_till: Callable[..., Awaitable[Till]]) -> Till:
    return await a_till(rewards=REWARDS, stacking=None, wallets={"points": {"kind": "points"}})


async def offers(till: Till, member: str, **params: Any) -> Any:
    response = await till.client.get(till.url(f"/members/{member}/offers"), params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def test_what_is_for_her_is_sorted(till: Till) -> None:
    """D3: at once, with an order, and what she may save for, the nearest first."""
    anna = await till.join("anna")
    await till.buy("anna", 50_000)

    answer = await offers(till, anna)

    OffersOut.model_validate(answer)
    assert [(each["reward"], each["state"]) for each in answer["items"]] == [
        ("loved", "available"),
        ("in_store", "available"),
        ("cheap", "available"),
        ("shipping", "with_order"),
        ("for_fifty", "with_order"),
        ("nearly", "short_of_points"),
        ("dear", "short_of_points"),
    ]
    assert [each["short_by"] for each in answer["items"]] == [0, 0, 0, 0, 200, 300, 400]
    assert [each["points"] for each in answer["items"]] == [0, 0, 100, 0, 700, 800, 900]
    assert answer["items"][0]["text"] == "For you"
    assert (answer["hidden"], answer["balances"]) == ([], {"points": 500})


async def test_staff_reads_why_the_rest_is_hidden(till: Till) -> None:
    """D3: each hidden one with its reason."""
    anna = await till.join("anna")

    answer = await offers(till, anna, preview=True, channel="online")

    assert {each["reward"]: each["code"] for each in answer["hidden"]} == {
        "germans": "reward.condition",
        "in_store": "reward.channel",
        "gone": "reward.sold_out",
    }
    assert answer["hidden"][0]["message"] == "The conditions of the reward are not met"


async def test_only_who_may_see_the_program_previews(
    till: Till, database: Database, organization_id: OrganizationId
) -> None:
    anna = await till.join("anna")
    async with database.transaction() as tx:
        key = await keys.create_first_key(
            tx, organization_id, name="Widget", now=clock.now(), scopes=frozenset({Permission.MEMBERS_READ})
        )
    headers = {"authorization": f"Bearer {key.token}"}
    url = till.url(f"/members/{anna}/offers")

    shown = await till.client.get(url, headers=headers)
    preview = await till.client.get(url, headers=headers, params={"preview": True})

    assert (shown.status_code, preview.status_code) == (200, 403)


async def test_a_member_nobody_knows_is_refused(till: Till) -> None:
    response: httpx2.Response = await till.client.get(till.url(f"/members/{ids.new_id()}/offers"))

    assert (response.status_code, response.json()["type"]) == (404, "members.unknown")


async def test_a_blocked_member_sees_nothing(till: Till) -> None:
    anna = await till.join("anna")
    response = await till.client.post(till.url(f"/members/{anna}/block"), json={"reason": "Fraud"})
    assert response.status_code == 200, response.text

    answer = await offers(till, anna, preview=True)

    assert answer["items"] == []
    assert {each["code"] for each in answer["hidden"]} == {"reward.member_blocked"}
