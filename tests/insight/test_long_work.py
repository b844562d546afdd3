"""All long work in one list: what it is, how far it has got, who asked; each sees what she may."""

from __future__ import annotations

from typing import Any

import pytest
from telling import POINTS, Teller

from puntal.access import queries
from puntal.access.model import KeyTerms, NewStaff, Permission
from puntal.access.operations import keys, staff
from puntal.insight.model_work import Work
from puntal.kit import clock, ids, jobs

Json = dict[str, Any]
PROGRAM: Json = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "wallets": {"points": {"kind": "points"}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
    "rewards": [{"id": "five", "kind": "amount_off", "value": "5.00 EUR", "voucher": {"length": 12}}],
}


@pytest.fixture
async def shop(story: Teller) -> Teller:
    await story.open(PROGRAM)
    await story.buys("anna@example.com", 1_000)
    return story


async def asked(shop: Teller) -> dict[str, str]:
    """Ask for one of each; return kind to id."""
    made = {
        "simulation": await shop.post("program/simulate", {"document": PROGRAM, "days": 7}, status=202),
        "export": await shop.post("exports", {"kind": "members"}, status=202),
        "voucher_batch": await shop.post(
            "voucher-batches", {"name": "Spring", "reward": "five", "count": 20}, status=201
        ),
    }
    return {kind: one["id"] for kind, one in made.items()}


async def test_what_waits_and_what_is_done_is_listed_in_words(shop: Teller) -> None:
    known = await asked(shop)
    waiting = (await shop.get("jobs?active=true"))["items"]
    assert [one["target"] for one in waiting] == [
        {"kind": kind, "id": known[kind]} for kind in ("voucher_batch", "export", "simulation")
    ]
    assert {one["state"] for one in waiting} == {"waiting"}
    assert waiting[0]["progress"] == {"done": 0, "total": 20, "percent": 0}

    queue = jobs.runner(shop.database.uri, connections=2)
    async with queue.open_async():
        await jobs.run(queue, jobs.Work(database=shop.database, parts=shop.work.parts), concurrency=1, wait=False)

    assert (await shop.get("jobs?active=true"))["items"] == []
    done = (await shop.get("jobs"))["items"]
    assert [one["summary"] for one in done] == ["20 codes", "1 rows", None]
    assert [one["file"] is not None for one in done] == [False, True, False]
    assert [(one["text"], one["state"], one["progress"]["percent"]) for one in done] == [
        ("Voucher codes: Spring", "done", 100),
        ("Export of members", "done", 100),
        ("Simulation of a draft over 7 days", "done", 100),
    ]
    assert [one["text"] for one in (await shop.get("jobs", locale="es"))["items"]] == [
        "Códigos de vale: Spring",
        "Exportación de miembros",
        "Simulación de un borrador sobre 7 días",
    ]
    assert all(one["asked_by"] and one["ended_at"] for one in done)


async def test_pages_go_through_all_kinds(shop: Teller) -> None:
    await asked(shop)
    everything = [one["id"] for one in (await shop.get("jobs"))["items"]]
    first = await shop.get("jobs?limit=2")
    rest = await shop.get(f"jobs?limit=2&cursor={first['next']}")
    assert [one["id"] for one in (*first["items"], *rest["items"])] == everything
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        ("analyst", {"simulation", "export"}),
        ("support", {"simulation", "voucher_batch"}),
        ("marketer", {"simulation", "export", "voucher_batch"}),
    ],
)
async def test_each_sees_what_she_may(shop: Teller, role: str, kinds: set[str]) -> None:
    await asked(shop)
    async with shop.database.transaction() as tx:
        by = keys.administrator(await queries.organization_of(tx, shop.program_id))
        person = NewStaff(email=f"ben-{ids.new_id()}@example.org", name="Ben", role=role, locale="en")
        ben = await staff.add(tx, person, by=by, password=None, now=clock.now())
        terms = KeyTerms(name="Ben", scopes=frozenset(Permission), staff_id=ben.id)
        key = await keys.create(tx, terms, by=by, now=clock.now())
    found = await shop.get("jobs", headers={"authorization": f"Bearer {key.token}"})
    assert {one["kind"] for one in found["items"]} == kinds


async def test_a_file_of_members_is_followed_row_by_row(shop: Teller) -> None:
    people = [{"ids": {"email": f"guest-{n}@example.com"}} for n in range(3)] + [{"ids": {"email": "no address"}}]
    begun = await shop.post("imports/members", {"name": "members.csv", "total": 4}, status=201)
    path = f"imports/{begun['id']}/members"

    first = await shop.post(path, {"first": 0, "members": people[:2]})
    again = await shop.post(path, {"first": 0, "members": people[:2]})
    [running] = (await shop.get("jobs?active=true"))["items"]
    early = await shop.post(path, {"first": 3, "members": people[3:]}, status=409)
    last = await shop.post(path, {"first": 2, "members": people[2:]})

    assert (first["run"]["done"], first["run"]["added"]) == (2, 2)
    assert (again["run"]["done"], again["run"]["known"]) == (2, 0), "sent again, not counted again"
    assert (running["text"], running["progress"]["percent"]) == ("Import of members members.csv", 50)
    assert (early["type"], early["done"]) == ("imports.part_missing", 2)
    assert (last["run"]["state"], last["items"][1]["refused"]["type"]) == ("done", "members.not_valid")
    [done] = (await shop.get("jobs"))["items"]
    assert (done["state"], done["summary"]) == ("done", "3 new, 0 known, 1 refused")
    assert (await shop.post(path, {"first": 4, "members": people[:1]}, status=409))["type"] == "imports.over"


async def test_a_row_that_cannot_be_read_does_not_hold_up_the_others(shop: Teller) -> None:
    """A day written as no day is, or a country in full, is that row's: files from spreadsheets always have one."""
    rows = [
        {"ids": {"email": "anna@example.com"}, "birthday": "1885-13-45", "country": "España"},
        {"ids": {"email": "ben@example.com"}},
        {"ids": {"email": "carla@example.com"}, "name": "x" * 201},
    ]
    begun = await shop.post("imports/members", {"name": "members.csv", "total": 3}, status=201)

    answer = await shop.post(f"imports/{begun['id']}/members", {"first": 0, "members": rows})

    bad, good, long = answer["items"]
    assert good["enrolled"]["created"]
    assert bad["refused"]["type"] == long["refused"]["type"] == "imports.row_unreadable"
    assert {one["path"] for one in bad["refused"]["errors"]} == {"/birthday", "/country"}
    assert [one["path"] for one in long["refused"]["errors"]] == ["/name"]
    run = answer["run"]
    assert (run["state"], run["added"], run["refused"]) == ("done", 1, 2)
    again = await shop.post("imports/members", {"name": "none.csv", "total": 1}, status=201)
    none = await shop.post(f"imports/{again['id']}/members", {"first": 0, "members": rows[:1]})
    assert none["run"]["refused"] == 1, "a part of which no row can be read"
    third = await shop.post("imports/members", {"name": "tres.csv", "total": 2}, status=201)
    mail = {"ids": {"email": "no address"}}
    spanish = await shop.post(
        f"imports/{third['id']}/members", {"first": 0, "members": [rows[2], mail]}, headers={"accept-language": "es"}
    )
    assert [one["refused"]["errors"][0]["reason"] for one in spanish["items"]] == [
        "Debe tener como máximo 200 caracteres",
        "esto no es una dirección de correo",
    ]


async def test_who_brought_a_file_in_or_stopped_it_is_in_the_log(shop: Teller) -> None:
    begun = await shop.post("imports/members", {"name": "members.csv", "total": 3}, status=201)
    await shop.post(f"imports/{begun['id']}/cancel", {})
    await shop.post(f"imports/{begun['id']}/cancel", {})

    noted = (await shop.get(f"audit?subject=import:{begun['id']}"))["items"]

    assert [one["action"] for one in noted] == ["import.cancelled", "import.begun"]
    assert noted[1]["detail"] == {"kind": "members", "name": "members.csv"}


async def test_an_import_can_be_cancelled_and_stops_when_its_sender_is_gone(shop: Teller) -> None:
    given_up = await shop.post("imports/members", {"name": "a.csv", "total": 2}, status=201)
    left = await shop.post("imports/members", {"name": "b.csv", "total": 2}, status=201)
    async with shop.database.program_transaction(shop.program_id) as tx:
        await tx.execute(
            "UPDATE import_run SET moved_at = moved_at - interval '6 minutes' WHERE program_id = %s AND id = %s",
            (shop.program_id, left["id"]),
        )

    cancelled = await shop.post(f"imports/{given_up['id']}/cancel", {})

    assert cancelled["state"] == "cancelled"
    assert [one["state"] for one in (await shop.get("jobs"))["items"]] == ["failed", "cancelled"]
    assert (await shop.get("jobs?active=true"))["items"] == []
    assert (await shop.get(f"imports/{left['id']}"))["state"] == "failed"
    assert (await shop.get(f"imports/{ids.new_id()}", status=404))["type"] == "imports.not_found"


@pytest.mark.parametrize(
    ("state", "done", "total", "percent"),
    [("running", 10, 10, 99), ("running", 0, 0, 0), ("waiting", 0, None, None), ("done", 0, 0, 100)],
)
def test_what_goes_on_is_never_complete(state: Any, done: int, total: int | None, percent: int | None) -> None:
    one = Work(
        id=ids.new_id(),
        kind="export",
        what="members",
        state=state,
        done=done,
        total=total,
        asked_by="cli",
        asked_at=clock.now(),
        started_at=None,
        ended_at=None,
    )
    assert one.percent == percent
