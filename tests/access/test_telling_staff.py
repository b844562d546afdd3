"""What staff are told: whom, in which language, once, and each only her own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from signers import Hire, MakeKey, Open, sign_in

from puntal.access.model import ApprovalId, Caller, Permission, Staff
from puntal.access.model_notifications import KINDS, WORDS, News, Notification
from puntal.access.operations import approvals, notifications, staff
from puntal.kit import clock, ids
from puntal.kit.db import Database, ProgramId

Json = dict[str, Any]
EXPORT = ids.new_id()


async def told(client: httpx2.AsyncClient, slug: str, locale: str = "en", **query: Any) -> Json:
    answered = await client.get(f"/v1/programs/{slug}/notifications", params=query, headers={"accept-language": locale})
    assert answered.status_code == 200, answered.text
    found: Json = answered.json()
    return found


async def tell(database: Database, program_id: int, person: Staff, *, rows: int = 12, once: str | None = None) -> None:
    async with database.program_transaction(program_id) as tx:
        await notifications.tell(
            tx,
            program_id,
            f"staff:{person.id}",
            "export.done",
            target=("export", EXPORT),
            now=clock.now(),
            once=once,
            kind="members",
            rows=rows,
        )


@pytest.fixture
async def anna(hire: Hire) -> Staff:
    return await hire("Anna", "admin")


@pytest.fixture
async def annas(anna: Staff, browser: Open) -> httpx2.AsyncClient:
    client = await browser()
    assert (await sign_in(client, anna)).status_code == 200
    return client


def test_every_code_has_words_in_both_languages_with_the_same_numbers() -> None:
    for words in (*WORDS.values(), *KINDS.values()):
        english, spanish = words
        assert english
        assert spanish
        names = [{piece.partition("}")[0] for piece in each.split("{")[1:]} for each in words]
        assert names[0] == names[1]


async def test_whoever_asked_is_told_in_her_language(
    database: Database, program_id: int, slug: str, anna: Staff, annas: httpx2.AsyncClient
) -> None:
    await tell(database, program_id, anna)

    (english,) = (await told(annas, slug))["items"]
    (spanish,) = (await told(annas, slug, "es-ES"))["items"]

    assert english["text"] == "Your export of members is ready: 12 rows"
    assert spanish["text"] == "Tu exportación de miembros está lista: 12 filas"
    assert english["target"] == {"kind": "export", "id": str(EXPORT)}
    assert english["read_at"] is None


async def test_unread_are_counted_until_they_are_read(
    database: Database, program_id: int, slug: str, anna: Staff, annas: httpx2.AsyncClient
) -> None:
    for rows in range(3):
        await tell(database, program_id, anna, rows=rows)
    found = await told(annas, slug)
    assert found["unread"] == 3
    assert [one["numbers"]["rows"] for one in found["items"]] == [2, 1, 0]

    path = f"/v1/programs/{slug}/notifications/read"
    for _ in range(2):
        marked = await annas.post(path, json={"ids": [found["items"][0]["id"]]})
        assert marked.json() == {"unread": 2}
    assert [one["numbers"]["rows"] for one in (await told(annas, slug, unread=True))["items"]] == [1, 0]
    first = await told(annas, slug, limit=2)
    rest = await told(annas, slug, limit=2, cursor=first["next"])
    assert [one["numbers"]["rows"] for one in (*first["items"], *rest["items"])] == [2, 1, 0]
    assert rest["next"] is None

    assert (await annas.post(path, json={})).json() == {"unread": 0}


async def test_nobody_reads_or_marks_what_another_was_told(
    database: Database, program_id: int, slug: str, anna: Staff, annas: httpx2.AsyncClient, hire: Hire, browser: Open
) -> None:
    await tell(database, program_id, anna)
    bens = await browser()
    assert (await sign_in(bens, await hire("Ben", "owner"))).status_code == 200

    assert await told(bens, slug) == {"items": [], "unread": 0, "next": None}
    hers = (await told(annas, slug))["items"][0]["id"]
    for said in ({"ids": [hers]}, {}):
        assert (await bens.post(f"/v1/programs/{slug}/notifications/read", json=said)).json() == {"unread": 0}

    assert (await told(annas, slug))["unread"] == 1


async def test_keys_and_command_lines_are_told_nothing(
    database: Database, program_id: int, slug: str, client: httpx2.AsyncClient, a_key: MakeKey
) -> None:
    made = await a_key()
    async with database.program_transaction(program_id) as tx:
        for actor in (f"key:{made.key.id}", "cli"):
            await notifications.tell(
                tx, program_id, actor, "simulation.failed", target=("simulation", EXPORT), now=clock.now()
            )
    client.headers["authorization"] = f"Bearer {made.token}"
    assert (await told(client, slug))["items"] == []


async def test_a_request_is_told_to_those_who_may_decide_it_but_not_to_who_asks(
    database: Database, program_id: int, owner: Caller, hire: Hire
) -> None:
    """Nor to those who work for other programs, and the answer goes to who asked."""
    asking = await hire("Anna", "admin")
    deciding, elsewhere = await hire("Ben", "owner"), await hire("Carla", "admin")
    marketer, gone = await hire("Dora", "marketer"), await hire("Eva", "admin")
    by = Caller(
        kind="staff",
        organization_id=owner.organization_id,
        program_id=None,
        id=asking.id,
        name="Anna",
        permissions=owner.permissions,
    )
    request = ApprovalId(ids.new_id())
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff SET programs = '{}' WHERE id = %s", [elsewhere.id])
        await staff.disable(tx, gone.id, by=owner, now=clock.now())
    async with database.program_transaction(program_id) as tx:
        await approvals.ask(
            tx,
            program_id=ProgramId(program_id),
            id=request,
            action="points.adjust",
            subject="member:anna",
            payload={},
            by=by,
            now=clock.now(),
        )

    assert await codes(database, program_id, deciding) == ["approval.wanted"]
    for nobody in (asking, elsewhere, marketer, gone):
        assert await codes(database, program_id, nobody) == []


async def test_what_is_told_once_is_not_told_again(database: Database, program_id: int, anna: Staff) -> None:
    news = News(code="budget.used_up", target=("budget", "program"), once="march", numbers={"budget": "program"})
    for now in (clock.now(), clock.now() + timedelta(minutes=1)):
        async with database.program_transaction(program_id) as tx:
            await notifications.tell_whoever_may(tx, program_id, Permission.REPORTS_READ, [news], now=now)
        await tell(database, program_id, anna, once="the same file")

    assert sorted(await codes(database, program_id, anna)) == ["budget.used_up", "export.done"]


async def test_what_is_old_is_forgotten(database: Database, program_id: int, anna: Staff) -> None:
    await tell(database, program_id, anna)
    async with database.program_transaction(program_id) as tx:
        assert await notifications.forget_old(tx, program_id, now=clock.now() + timedelta(days=89)) == 0
        assert await notifications.forget_old(tx, program_id, now=clock.now() + timedelta(days=91)) == 1
    assert await codes(database, program_id, anna) == []


async def codes(database: Database, program_id: int, person: Staff) -> list[str]:
    async with database.program_transaction(program_id) as tx:
        found = await notifications.listed(tx, program_id, UUID(str(person.id)), unread=False, before=None, limit=50)
    return [one.code for one in found]


def test_days_and_numbers_are_written_as_people_write_them() -> None:
    def told(code: str, locale: str, **numbers: object) -> str:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return Notification(
            id=UUID(int=1), code=code, numbers=numbers, target_kind="report", target_id="1", at=at
        ).text(locale)

    days = {"kind": "month", "since": "2017-11-01", "through": "2017-11-30"}
    assert (
        told("report.done", "es", **days)
        == "El informe mensual está listo: del 1 de noviembre de 2017 al 30 de noviembre de 2017"
    )
    assert told("export.done", "en", kind="members", rows=2470) == "Your export of members is ready: 2,470 rows"
