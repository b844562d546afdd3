"""Tiers on a real PostgreSQL: floors by hand, placing by history, lists and routes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from fastapi import FastAPI

from puntal.access.gate import Gate
from puntal.access.operations import keys
from puntal.kit import clock, http, ids
from puntal.ledger import operations as ledger
from puntal.ledger.model import Transfer
from puntal.members import operations as members
from puntal.members.errors import UnknownMember
from puntal.members.model import Enrolled, Ids, NewMember
from puntal.programs import operations as programs
from puntal.tiers import api, jobs, operations, queries
from puntal.tiers.errors import FloorOver, UnknownLadder, UnknownTier

if TYPE_CHECKING:
    from uuid import UUID

    from puntal.kit.db import Database, ProgramId, Transaction

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}, "status": {"kind": "qualifying"}},
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
        },
        {
            "id": "spenders",
            "measure": {"spend": "order.net"},
            "window": {"rolling": "12 months"},
            "keep": {"months": 6},
            "tiers": [{"id": "start"}, {"id": "big", "from": "100.00 EUR"}],
        },
    ],
}


async def publish(tx: Transaction, program_id: int) -> None:
    await programs.publish(tx, program_id, DOCUMENT, by="anna", now=NOON - timedelta(days=60))


async def a_member(tx: Transaction, program_id: int, email: str) -> UUID:
    published = await programs.load_published(tx, program_id)
    [answer] = await members.enrol_many(
        tx,
        program_id,
        [NewMember(ids=Ids(email=email))],
        membership=members.Membership.of(published.document),
        now=NOON - timedelta(days=30),
    )
    assert isinstance(answer, Enrolled)
    return answer.id


async def earned(tx: Transaction, program_id: int, member: UUID, amount: int, at: datetime) -> None:
    holder = (await ledger.open_and_lock(tx, program_id, [member], now=at))[member]
    transfer = Transfer(ids.new_id(), member, 1, "points.earned", "issued", "available", amount, at, at)
    await ledger.write(tx, program_id, holders=[holder], transfers=[transfer])


async def bought(tx: Transaction, program_id: int, member: UUID, net_minor: int, refunded_minor: int = 0) -> None:
    await tx.execute(
        "INSERT INTO shop_order (program_id, source, order_id, member_id, state, occurred_at, day, currency,"
        " net_minor, total_minor, refunded_minor, lines)"
        " VALUES (%s, 'shop', %s, %s, 'earned', %s, %s, 'EUR', %s, %s, %s, '[]')",
        [program_id, str(ids.new_id()), member, NOON, NOON.date(), net_minor, net_minor, refunded_minor],
    )


async def give(tx: Transaction, program_id: int, member: UUID, **changes: Any) -> None:
    words: dict[str, Any] = {"ladder": "club", "tier": "gold", "through": date(2026, 6, 30), "reason": "Goodwill"}
    await operations.set_floor(tx, program_id, member, **(words | changes), actor="staff:ben", now=NOON)  # type: ignore[arg-type] # the fixture's id is plain


async def tier_of(tx: Transaction, program_id: int, member: UUID, now: datetime = NOON) -> list[str]:
    return [progress.tier for _, _, progress in await operations.outlook(tx, program_id, member, now=now)]


async def test_a_tier_by_hand_lasts_through_its_last_day(tx: Transaction, program_id: int) -> None:
    """X32."""
    await publish(tx, program_id)
    anna = await a_member(tx, program_id, "anna@example.com")
    holder = (await ledger.open_and_lock(tx, program_id, [anna], now=NOON))[anna]
    await tx.execute('UPDATE holder SET running = \'{"totals": {"orders": 3}}\' WHERE id = %s', [anna])

    await give(tx, program_id, anna)
    await give(tx, program_id, anna)

    assert await tier_of(tx, program_id, anna) == ["gold", "start"]
    assert await tier_of(tx, program_id, anna, datetime(2026, 6, 30, 21, 59, tzinfo=UTC)) == ["gold", "start"]
    assert await tier_of(tx, program_id, anna, datetime(2026, 6, 30, 22, tzinfo=UTC)) == ["base", "start"]
    history = await queries.history(tx, program_id, anna, before=None, limit=10)
    assert [(row.from_tier, row.to_tier, row.reason) for row in history] == [("base", "gold", "floor")]
    holder = (await ledger.lock_holders(tx, program_id, [anna]))[anna]
    assert json.loads(bytes(holder.running))["totals"] == {"orders": 3}
    assert holder.due_at == datetime(2026, 6, 30, 22, tzinfo=UTC)


async def test_lifting_a_tier_by_hand_twice_changes_once(tx: Transaction, program_id: int) -> None:
    await publish(tx, program_id)
    anna = await a_member(tx, program_id, "anna@example.com")
    await give(tx, program_id, anna, through=None)

    for _ in range(2):
        await operations.lift_floor(tx, program_id, anna, ladder="club", actor="staff:ben", now=NOON)  # type: ignore[arg-type] # the fixture's id is plain

    assert await tier_of(tx, program_id, anna) == ["base", "start"]
    cursor = await tx.execute("SELECT kind FROM outbox WHERE kind LIKE 'tier.%%' ORDER BY id")
    assert await cursor.fetchall() == [("tier.upgraded",), ("tier.downgraded",)]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        pytest.param({"ladder": "other"}, UnknownLadder, id="no such ladder"),
        pytest.param({"tier": "platinum"}, UnknownTier, id="no such tier"),
        pytest.param({"through": date(2026, 3, 31)}, FloorOver, id="over already"),
    ],
)
async def test_refuses_a_tier_by_hand_that_cannot_be(
    tx: Transaction, program_id: int, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    await publish(tx, program_id)
    anna = await a_member(tx, program_id, "anna@example.com")

    with pytest.raises(refusal):
        await give(tx, program_id, anna, **changes)
    with pytest.raises(UnknownMember):
        await give(tx, program_id, ids.new_id())


async def test_a_first_publication_places_everyone_by_history(tx: Transaction, program_id: int) -> None:
    await publish(tx, program_id)
    anna = await a_member(tx, program_id, "anna@example.com")
    ben = await a_member(tx, program_id, "ben@example.com")
    await earned(tx, program_id, anna, 400, NOON)
    # The last instant of the year before in Madrid.
    await earned(tx, program_id, ben, 1000, datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    await bought(tx, program_id, ben, 12000, refunded_minor=1999)
    await bought(tx, program_id, anna, 12000, refunded_minor=2001)
    climbs = list((await operations.ladders(tx, program_id, now=NOON)).values())

    foreseen = await operations.preview_page(tx, program_id, climbs, after=None, now=NOON)
    first = await operations.place_page(tx, program_id, climbs, after=None, limit=1, now=NOON)
    rest = await operations.place_page(tx, program_id, climbs, after=first.next, now=NOON)
    again = await operations.place_page(tx, program_id, climbs, after=None, now=NOON)

    assert foreseen.moves == first.moves + rest.moves
    assert (rest.next, again.moves) == (None, [])
    assert await tier_of(tx, program_id, anna) == ["silver", "start"]
    assert await tier_of(tx, program_id, ben) == ["gold", "big"]
    club, spenders = climbs
    assert await queries.members_per_tier(tx, program_id, club) == {"base": 0, "silver": 1, "gold": 1}
    assert await queries.members_per_tier(tx, program_id, spenders) == {"start": 1, "big": 1}
    assert await queries.members_of_tier(tx, program_id, club, "gold", before=None, limit=5) == [ben]


async def test_over_http_a_tier_is_given_shown_and_taken_back(database: Database, program_id: ProgramId) -> None:
    """B5."""
    async with database.program_transaction(program_id) as tx:
        await publish(tx, program_id)
        anna = await a_member(tx, program_id, "anna@example.com")
        found = await tx.execute("SELECT organization_id, slug FROM program WHERE id = %s", [program_id])
        row = await found.fetchone()
    assert row is not None
    async with database.transaction() as outside:
        made = await keys.create_first_key(outside, row[0], name="Shop", now=clock.now())
    served = FastAPI()
    http.install(served)
    served.state.database = database
    served.state.gate = Gate(database)
    http.add_routes(served, api.router)
    floor = f"/v1/programs/{row[1]}/members/{anna}/tiers/club/floor"
    transport = httpx2.ASGITransport(served, client=("203.0.113.7", 40000))
    headers = {"Authorization": f"Bearer {made.token}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://puntal", headers=headers) as client:
        given = await client.put(floor, json={"tier": "gold", "reason": "Goodwill"})
        assert given.status_code == 204, given.text

        shown = await client.get(f"/v1/programs/{row[1]}/members/{anna}/tiers")
        club = shown.json()["items"][0]
        assert (club["tier"], club["earned_tier"], club["floor"]["tier"]) == ("gold", "base", "gold")
        assert (club["next_tier"], club["forecast_if_nothing_more"]) == (None, "gold")
        history = await client.get(f"/v1/programs/{row[1]}/members/{anna}/tiers/history")
        assert [change["to_tier"] for change in history.json()["items"]] == ["gold"]
        counts = await client.get(f"/v1/programs/{row[1]}/ladders/club/tiers")
        assert {"tier": "gold", "members": 1} in counts.json()
        listed = await client.get(f"/v1/programs/{row[1]}/ladders/club/tiers/gold/members")
        assert listed.json()["items"] == [str(anna)]

        assert (await client.delete(floor)).status_code == 204
        shown = await client.get(f"/v1/programs/{row[1]}/members/{anna}/tiers")
        assert (shown.json()["items"][0]["tier"], shown.json()["items"][0]["floor"]) == ("base", None)
        wrong = await client.put(floor, json={"tier": "platinum", "reason": "Goodwill"})
        assert (wrong.status_code, wrong.json()["type"]) == (422, "tiers.tier_unknown")
        nobody = await client.get(f"/v1/programs/{row[1]}/members/{ids.new_id()}/tiers")
        assert (nobody.status_code, nobody.json()["type"]) == (404, "members.unknown")


async def test_publishing_a_new_ladder_places_everyone_and_an_edit_only_lifts(
    database: Database, program_id: ProgramId
) -> None:
    club = DOCUMENT["ladders"][0]
    easier = club | {"tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 350}]}
    harder = club | {"tiers": [{"id": "base"}, {"id": "silver", "from": 500}, {"id": "gold", "from": 5000}]}
    async with database.program_transaction(program_id) as tx:
        await publish(tx, program_id)
        anna = await a_member(tx, program_id, "anna@example.com")
        await earned(tx, program_id, anna, 400, NOON)

    assert await jobs.place(database, program_id=program_id, number=1, now=NOON) == 2
    assert await jobs.place(database, program_id=program_id, number=1, now=NOON) == 0

    for number, ladder, tiers in [(2, easier, ["gold"]), (3, harder, ["gold"])]:
        async with database.program_transaction(program_id) as tx:
            await programs.publish(tx, program_id, DOCUMENT | {"ladders": [ladder]}, by="anna", now=NOON)
        await jobs.place(database, program_id=program_id, number=number, now=NOON)
        async with database.program_transaction(program_id) as tx:
            assert await tier_of(tx, program_id, anna) == tiers
    async with database.program_transaction(program_id) as tx:
        assert await tier_of(tx, program_id, anna, datetime(2027, 12, 31, 22, 59, tzinfo=UTC)) == ["gold"]
        assert await tier_of(tx, program_id, anna, datetime(2027, 12, 31, 23, tzinfo=UTC)) == ["silver"]
