"""Files of rows: exact, harmless to spreadsheets, fetched by link, gone in time, made again after a crash."""

from __future__ import annotations

import copy
import csv
import io
import zipfile
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from telling import POINTS, Teller

from puntal.entrypoints.worker_schedule import clear_away
from puntal.insight.exports import files, headings, making, sources, store, values
from puntal.kit import jobs
from puntal.kit.jobs import Work
from puntal.ledger import model as ledger
from puntal.rewards import model as rewards
from puntal.rewards import model_vouchers

Json = dict[str, Any]
PROGRAM: Json = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "joining": {"unknown_customer": "enrol"},
    "wallets": {"points": {"kind": "points"}},
    "ladders": [{"id": "club", "measure": {"earned": "points"}, "window": "calendar_year", "keep": "end_of_next_period",
                 "tiers": [{"id": "base"}, {"id": "silver", "from": 50}]}],
    "segments": {"buyers": {"label": "Buyers", "when": {"member.orders": {"at_least": 1}}}},
    "earning": [{"id": "purchases", "on": "purchase", "award": POINTS}],
}  # fmt: skip
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "=cmd|' /C calc'!A0"]


@pytest.fixture
async def shop(story: Teller) -> Teller:
    await story.open(PROGRAM)
    await story.joins("anna@example.com", name="Anna López")
    await story.buys("anna@example.com", 10_000, order="a1")
    await story.joins("ben@example.com", name="Ben Díaz")
    return story


async def worked(shop: Teller) -> None:
    queue = jobs.runner(shop.database.uri, connections=2)
    async with queue.open_async():
        await jobs.run(queue, Work(database=shop.database, parts=shop.work.parts), concurrency=1, wait=False)


async def exported(shop: Teller, kind: str, format: str = "csv", **filters: Any) -> Json:
    asked = await shop.post("exports", {"kind": kind, "format": format, "filters": filters}, status=202)
    assert asked["state"] == "waiting"
    await worked(shop)
    found: Json = await shop.get(f"exports/{asked['id']}")
    assert found["state"] == "done", found
    return found


async def fetched(shop: Teller, export: Json) -> bytes:
    answered = await shop.client.get(f"{shop.path}/exports/{export['id']}/file")
    assert answered.status_code == 200
    assert len(answered.content) == export["size"]
    assert answered.headers["content-disposition"] == f'attachment; filename="{export["name"]}"'
    return bytes(answered.content)


async def rows(shop: Teller, kind: str, **filters: Any) -> list[dict[str, str]]:
    export = await exported(shop, kind, **filters)
    text = (await fetched(shop, export)).decode("utf-8-sig")
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert export["progress"] == {"rows_done": len(found), "rows_total": len(found)}
    return found


async def test_members_come_with_balances_and_tiers_and_can_be_narrowed(shop: Teller) -> None:
    everybody = await rows(shop, "members")
    assert {(one["name"], one["email"], one["points_available"], one["tier_club"]) for one in everybody} == {
        ("Anna López", "anna@example.com", "100", "silver"),
        ("Ben Díaz", "ben@example.com", "0", "base"),
    }
    assert [one["name"] for one in await rows(shop, "members", ladder="club", tier="silver")] == ["Anna López"]
    assert [one["name"] for one in await rows(shop, "members", ladder="club", tier="base")] == ["Ben Díaz"]
    assert [one["name"] for one in await rows(shop, "members", search="lope ann")] == ["Anna López"]
    assert await rows(shop, "members", search="nobody") == []
    assert await rows(shop, "members", status="blocked") == []


async def in_words(shop: Teller, kind: str, language: str, format: str = "csv") -> bytes:
    body = {"kind": kind, "format": format, "headings": "words"}
    asked = await shop.client.post(f"{shop.path}/exports", json=body, headers={"accept-language": language})
    assert asked.status_code == 202, asked.text
    assert asked.json()["headings"] == "words"
    await worked(shop)
    found: Json = await shop.get(f"exports/{asked.json()['id']}")
    assert found["state"] == "done", found
    return await fetched(shop, found)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"Name": "Anna López", "E-mail": "anna@example.com", "Status": "active", "Pets": "cat | dog",
                "'=Fee": "9.50", "Points: available": "100", "Tier": "Silver"}),
        ("es", {"Nombre": "Anna López", "Correo": "anna@example.com", "Estado": "activo", "Mascotas": "cat | dog",
                "'=Fee": "9.50", "Puntos: disponible": "100", "Nivel": "Plata"}),
    ],
)  # fmt: skip
async def test_a_file_for_people_is_in_words(shop: Teller, language: str, expected: dict[str, str]) -> None:
    """Columns, own fields, wallets and tiers by name; amounts and hours as people of the program read them."""
    document = copy.deepcopy(PROGRAM)
    document["wallets"]["points"]["label"] = {"en": "Points", "es": "Puntos"}
    document["ladders"][0]["tiers"][1]["name"] = {"en": "Silver", "es": "Plata"}
    document["fields"] = {
        "member.pets": {"type": "list", "label": {"en": "Pets", "es": "Mascotas"}},
        "member.fee": {"type": "money", "label": "=Fee"},
    }
    await shop.post("program/publish", {"document": document})
    (anna,) = [one["id"] for one in await rows(shop, "members", search="anna")]
    own = {"attributes": {"pets": ["cat", "dog"], "fee": "9.50 EUR"}}
    changed = await shop.client.patch(f"{shop.path}/members/{anna}", json=own)
    assert changed.status_code == 200, changed.text

    text = (await in_words(shop, "members", language)).decode("utf-8-sig")
    (found,) = [one for one in csv.DictReader(io.StringIO(text, newline="")) if "Anna López" in one.values()]
    assert expected.items() <= found.items()
    enrolled = datetime.fromisoformat(found["Enrolled" if language == "en" else "Fecha de alta"])
    assert enrolled.utcoffset() == enrolled.astimezone(ZoneInfo("Europe/Madrid")).utcoffset()

    text = (await in_words(shop, "orders", language)).decode("utf-8-sig")
    (order,) = csv.DictReader(io.StringIO(text, newline=""))
    assert order["Net amount" if language == "en" else "Importe neto"] == "100.00"
    assert order["State" if language == "en" else "Estado"] == ("counted" if language == "en" else "cuenta")
    text = (await in_words(shop, "transfers", language)).decode("utf-8-sig")
    moved = next(csv.DictReader(io.StringIO(text, newline="")))
    assert [*moved.values()][3:6] == (
        ["Earned", "given by the program", "available"]
        if language == "en"
        else ["Ganado", "dado por el programa", "disponible"]
    )
    assert (await in_words(shop, "orders", language, "xlsx")).startswith(b"PK")


def test_every_state_and_kind_has_words() -> None:
    """What a type says a column may hold is said in both languages."""
    held: dict[tuple[str, str], tuple[str, ...]] = {
        ("redemptions", "kind"): get_args(rewards.Kind),
        ("redemptions", "state"): get_args(rewards.State),
        ("redemptions", "fulfilment"): get_args(rewards.Fulfilment),
        ("vouchers", "state"): get_args(model_vouchers.VoucherState),
        ("vouchers", "origin"): get_args(model_vouchers.Origin),
        ("vouchers", "ended_because"): get_args(model_vouchers.Because),
        ("transfers", "from"): (*ledger.MEMBER_ACCOUNTS, *ledger.PROGRAM_ACCOUNTS),
    }
    for place, known in held.items():
        assert set(known) == set(values.VALUES[place]), place
        assert all(set(said) == {"en", "es"} for said in values.VALUES[place].values())


def test_every_column_has_words() -> None:
    named = {name for source in sources.SOURCES.values() for name in source.columns}

    assert named - {"attributes"} <= set(headings.WORDS)


@pytest.mark.parametrize("kind", ["orders", "transfers", "redemptions", "vouchers", "events", "audit"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
async def test_every_kind_can_be_exported(shop: Teller, kind: str, format: str) -> None:
    export = await exported(shop, kind, format)
    data = await fetched(shop, export)
    assert data.startswith(b"PK" if format == "xlsx" else b"\xef\xbb\xbf")
    assert export["progress"]["rows_total"] == {"orders": 1, "transfers": 1, "redemptions": 0, "vouchers": 0}.get(
        kind, export["progress"]["rows_total"]
    )
    assert len(await in_words(shop, kind, "es", format)) > 0


async def test_days_are_the_programs(shop: Teller) -> None:
    today = str(shop.clock.at.date())
    assert len(await rows(shop, "orders", since=today, through=today)) == 1
    yesterday = str((shop.clock.at - timedelta(days=1)).date())
    assert await rows(shop, "orders", through=yesterday) == []


async def test_what_a_spreadsheet_would_run_is_text(shop: Teller) -> None:
    sendable = [name for name in EVIL if name.isprintable() and name.strip() == name]
    for n, name in enumerate(sendable):
        await shop.joins(f"evil{n}@example.com", name=name)
    names = {one["name"] for one in await rows(shop, "members")}
    assert {f"'{name}" for name in sendable} <= names
    data = await fetched(shop, await exported(shop, "members", "xlsx"))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in sheet
    assert "<v>100</v>" in sheet


@pytest.mark.parametrize("evil", EVIL)
def test_cells_are_written_so_that_nothing_runs(evil: str) -> None:
    with files.Csv(["a", "b"]) as file:
        file.add([evil, -5])
        (written,) = file.end()
    row = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))[1]
    assert row[0] == f"'{evil}"
    assert row[1] == "-5", "numbers stay numbers"


async def test_a_signed_link_works_for_an_hour_and_for_nothing_else(shop: Teller) -> None:
    export = await exported(shop, "orders")
    other = await exported(shop, "members")
    link = await shop.post(f"exports/{export['id']}/link")
    stranger = {"authorization": ""}
    answered = await shop.client.get(link["url"], headers=stranger)
    assert answered.status_code == 200
    assert answered.content == await fetched(shop, export)
    assert (await shop.client.get(link["url"][:-1] + "x", headers=stranger)).status_code == 404
    elsewhere = link["url"].replace(export["id"], other["id"])
    assert (await shop.client.get(elsewhere, headers=stranger)).status_code == 404
    later = link["url"].replace("until=", "until=9")
    assert (await shop.client.get(later, headers=stranger)).status_code == 404
    shop.clock.at += timedelta(hours=1, seconds=1)
    assert (await shop.client.get(link["url"], headers=stranger)).status_code == 404
    actions = [one["action"] for one in (await shop.get("audit"))["items"]]
    assert actions.count("export.fetched") == 2
    assert actions.count("export.asked") == 2


async def test_files_are_gone_after_a_week(shop: Teller) -> None:
    export = await exported(shop, "orders")
    shop.clock.at += timedelta(days=7, minutes=1)
    refused = await shop.get(f"exports/{export['id']}/file", status=409)
    assert refused["type"].endswith("insight.export_not_ready")
    assert (await clear_away(shop.database))["exports"] >= 1
    assert (await shop.get(f"exports/{export['id']}"))["state"] == "expired"
    await shop.post(f"exports/{export['id']}/link", status=409)
    async with shop.database.program_transaction(shop.program_id) as tx:
        cursor = await tx.execute("SELECT count(*) FROM export_piece WHERE program_id = %s", [shop.program_id])
        assert await cursor.fetchone() == (0,)


async def test_a_run_that_was_cut_short_begins_anew_and_a_cancelled_one_ends(
    shop: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = await shop.post("exports", {"kind": "transfers"}, status=202)
    kept, cut = store.advance, 0

    async def dies(*args: Any, **said: Any) -> bool:
        nonlocal cut
        done = await kept(*args, **said)
        cut += 1
        if cut == 2:
            raise ConnectionError("the worker died here")
        return done

    monkeypatch.setattr(store, "advance", dies)
    with pytest.raises(ConnectionError):
        await making.make(shop.database, shop.program_id, _id(asked), now=shop.clock.at)
    assert await making.make(shop.database, shop.program_id, _id(asked), now=shop.clock.at)
    text = (await fetched(shop, await shop.get(f"exports/{asked['id']}"))).decode("utf-8-sig")
    assert len(text.splitlines()) == 2

    asked = await shop.post("exports", {"kind": "orders"}, status=202)
    assert (await shop.post(f"exports/{asked['id']}/cancel"))["state"] == "cancelled"
    await worked(shop)
    assert (await shop.get(f"exports/{asked['id']}"))["state"] == "cancelled"
    assert (await shop.post(f"exports/{asked['id']}/cancel"))["state"] == "cancelled"


def _id(asked: Json) -> UUID:
    return UUID(asked["id"])


async def test_what_cannot_be_exported_is_refused(shop: Teller) -> None:
    refused = await shop.post("exports", {"kind": "orders", "filters": {"segment": "buyers"}}, status=422)
    assert refused["type"].endswith("insight.filter_not_for")
    await shop.post("exports", {"kind": "members", "filters": {"tier": "silver"}}, status=422)
    await shop.post("exports", {"kind": "passwords"}, status=422)
    await shop.get("exports/00000000-0000-7000-8000-000000000000/file", status=404)
    for _ in range(5):
        await shop.post("exports", {"kind": "orders"}, status=202)
    await shop.post("exports", {"kind": "orders"}, status=409)
