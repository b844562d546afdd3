"""Vouchers over HTTP, on the whole server: issuing, using at any till, guessing, batches, passes."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from structlog.testing import capture_logs

from puntal.access.model import ALL_PERMISSIONS, OrganizationId, Permission
from puntal.access.operations import keys
from puntal.entrypoints.following import DEFERRED
from puntal.entrypoints.server import create_app
from puntal.kit import clock, ids, jobs
from puntal.kit.db import Database
from puntal.kit.jobs import Work
from puntal.kit.settings import Settings
from puntal.programs import operations as programs
from puntal.rewards.operations.passes import MOST_GUESSES_OF_MEMBER
from puntal.rewards.policy import tokens

DOCUMENT: dict[str, Any] = {
    "puntal": 1,
    "name": "Club Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "wallets": {"points": {"kind": "points"}},
    "ladders": [
        {
            "id": "club",
            "measure": {"orders": True},
            "window": "lifetime",
            "keep": "forever",
            "tiers": [{"id": "base"}, {"id": "gold", "from": 5}],
        }
    ],
    "rewards": [
        {
            "id": "five_euro",
            "kind": "amount_off",
            "value": "5.00 EUR",
            "valid": {"for": "30 days", "by_tier": {"gold": "60 days"}},
            "voucher": {"prefix": "HOLA", "transferable": True},
        },
        {"id": "card", "kind": "gift_card", "value": "50.00 EUR"},
        {
            "id": "bought",
            "kind": "amount_off",
            "value": "5.00 EUR",
            "cost": {"wallet": "points", "points": 500},
            "stock": 1,
            "voucher": {},
        },
        {"id": "cinema", "kind": "partner_code", "pool": "cinema"},
    ],
}


class Club:
    """A program over HTTP."""

    def __init__(self, client: httpx2.AsyncClient, database: Database, program_id: int, cashier: str) -> None:
        self.client = client
        self.database = database
        self.program_id = program_id
        self.cashier = {"authorization": f"Bearer {cashier}"}

    async def member(self) -> UUID:
        member, now = ids.new_id(), clock.now()
        async with self.database.program_transaction(self.program_id) as tx:
            await tx.execute(
                "INSERT INTO member (program_id, id, name, status, enrolled_at, created_at, updated_at)"
                " VALUES (%s, %s, 'Anna', 'active', %s, %s, %s)",
                [self.program_id, member, now, now, now],
            )
        return member

    async def issue(self, **more: Any) -> dict[str, Any]:
        answer = await self.client.post("vouchers", json={"reward": "five_euro"} | more)
        assert answer.status_code == 201, answer.text
        issued: dict[str, Any] = answer.json()["items"][0]
        return issued

    async def redeem(self, code: str, reference: str = "ticket-1", **more: Any) -> httpx2.Response:
        headers = more.pop("headers", self.cashier)
        body = {"reference": reference} | more
        return await self.client.post(f"vouchers/{code}/redeem", json=body, headers=headers)

    async def work(self) -> None:
        """Run the jobs that wait, as a worker that knows them does."""
        assert DEFERRED
        queue = jobs.runner(self.database.uri, connections=2)
        async with queue.open_async():
            await jobs.run(queue, Work(database=self.database), concurrency=1, wait=False)


@pytest.fixture
async def club(database: Database, program_id: int) -> AsyncIterator[Club]:
    async with database.program_transaction(program_id) as tx:
        await programs.publish(tx, program_id, DOCUMENT, by="tests", now=clock.now())
    async with database.transaction() as tx:
        row = await (
            await tx.execute("SELECT organization_id, slug FROM program WHERE id = %s", [program_id])
        ).fetchone()
        assert row is not None
        own = OrganizationId(row[0])
        everything = await keys.create_first_key(tx, own, name="Shop", now=clock.now(), scopes=ALL_PERMISSIONS)
        cashier = await keys.create_first_key(
            tx, own, name="Till", now=clock.now(),
            scopes=frozenset({Permission.REDEMPTIONS_WRITE, Permission.MEMBERS_READ, Permission.CARTS_EVALUATE}),
        )  # fmt: skip
    app = create_app(database, settings=Settings())
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app),
            base_url=f"http://puntal/v1/programs/{row[1]}",
            headers={"authorization": f"Bearer {everything.token}"},
        ) as opened,
    ):
        yield Club(opened, database, program_id, cashier.token)


async def test_a_voucher_from_its_issue_to_its_use(club: Club) -> None:
    """G9, G19."""
    anna = await club.member()
    issued = await club.issue(member_id=str(anna))

    shown = (await club.client.get(f"vouchers/{issued['code'].lower()}", headers=club.cashier)).json()
    held = await club.redeem(issued["code"], "cart-1", member_id=str(anna), hold_seconds=600, channel="online")
    refused = await club.redeem(issued["code"], "ticket-1", member_id=str(anna), channel="store")
    released = await club.client.post(f"vouchers/{issued['code']}/release", json={"reference": "cart-1"})
    used = await club.redeem(issued["code"], "ticket-1", member_id=str(anna), channel="store")
    again = await club.redeem(issued["code"], "ticket-1", member_id=str(anna), channel="store")

    assert issued["code"].startswith("HOLA")
    assert issued["printed"].replace("-", "") == issued["code"] != issued["printed"]
    assert shown["benefit"]["value"] == "5.00 EUR"
    assert (
        clock.now() + timedelta(days=30)
        < datetime.fromisoformat(shown["ends_at"])
        <= clock.now() + timedelta(days=31, hours=1)
    )
    assert held.json()["voucher"]["state"] == "held"
    assert (refused.status_code, refused.json()["type"]) == (409, "rewards.voucher_held")
    assert released.json()["voucher"]["state"] == "issued"
    assert (used.json()["voucher"]["state"], used.json()["replayed"], again.json()["replayed"]) == ("used", False, True)


async def test_till_and_web_shop_at_the_same_moment(club: Club) -> None:
    """G19: one wins."""
    code = (await club.issue())["code"]

    answers = await asyncio.gather(
        *(club.redeem(code, f"r{n}", channel=c) for n, c in enumerate(["store", "online"] * 4))
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


async def test_codes_are_shown_to_those_who_may_see_them(club: Club) -> None:
    anna = await club.member()
    issued = await club.issue(member_id=str(anna))

    full = (await club.client.get("vouchers", params={"member_id": str(anna)})).json()["items"][0]
    masked = (await club.client.get("vouchers", headers=club.cashier)).json()["items"][0]
    none = (await club.client.get("vouchers", params={"state": "used"})).json()["items"]

    assert (full["code"], masked["code"], masked["ending"]) == (issued["code"], None, issued["code"][-3:])
    assert none == []
    for path, body in (("vouchers", {"reward": "five_euro"}), (f"vouchers/{issued['code']}/void", {"reason": "x"})):
        assert (await club.client.post(path, json=body, headers=club.cashier)).status_code == 403


async def test_guessing_ends_soon_and_tells_nothing(club: Club) -> None:
    anna, ben = await club.member(), await club.member()
    bens = (await club.issue(member_id=str(ben)))["code"]
    annas = (await club.issue(member_id=str(anna)))["code"]

    for n in range(MOST_GUESSES_OF_MEMBER - 1):
        unknown = await club.redeem(f"HOLA2345{n:04}", member_id=str(anna))
        assert (unknown.status_code, unknown.json()["type"]) == (404, "rewards.voucher_unknown")
    foreign = await club.redeem(bens, member_id=str(anna))
    right = await club.redeem(annas, member_id=str(anna))
    other = await club.redeem(bens, member_id=str(ben))

    assert foreign.json()["type"] == "rewards.voucher_not_yours"
    assert (right.status_code, right.json()["type"]) == (429, "rewards.too_many_guesses")
    assert int(right.headers["retry-after"]) > 500
    assert other.status_code == 200


async def test_a_gift_card_in_parts_and_a_friend_who_gets_a_voucher(club: Club) -> None:
    anna, ben = await club.member(), await club.member()
    card = await club.issue(reward="card")
    gift = await club.issue(member_id=str(anna))

    part = await club.redeem(card["code"], "a", amount=1999, currency="EUR")
    dollars = await club.redeem(card["code"], "b", amount=1, currency="USD")
    moved = await club.client.post(f"vouchers/{gift['code']}/transfer", json={"member_id": str(anna), "to": str(ben)})
    annas = await club.redeem(gift["code"], "c", member_id=str(anna))
    void = await club.client.post(f"vouchers/{card['code']}/void", json={"reason": "lost"})

    assert (part.json()["voucher"]["remaining"], part.json()["voucher"]["currency"]) == (3001, "EUR")
    assert (dollars.status_code, dollars.json()["type"]) == (422, "rewards.voucher_currency")
    assert moved.json()["member_id"] == str(ben)
    assert annas.json()["type"] == "rewards.voucher_not_yours"
    assert void.json()["state"] == "void"


@pytest.mark.parametrize("kind", ["qr.png", "qr.svg", "barcode.png", "barcode.svg"])
async def test_pictures(club: Club, kind: str) -> None:
    code = (await club.issue())["code"]

    answer = await club.client.get(f"vouchers/{code}/{kind}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == {"png": "image/png", "svg": "image/svg+xml"}[kind[-3:]]
    assert (await club.client.get(f"vouchers/NOBODYS/{kind}")).status_code == 404


async def test_a_batch_is_made_by_a_worker_and_taken_home(club: Club) -> None:
    body = {"name": "Spring", "reward": "five_euro", "count": 1200, "prefix": "SPRING"}
    made = (await club.client.post("voucher-batches", json=body)).json()
    await club.work()

    page = (await club.client.get(f"voucher-batches/{made['id']}")).json()
    file = await club.client.get(f"voucher-batches/{made['id']}/codes.csv")
    lines = file.text.split("\r\n")
    code = lines[1].split(",")[0]
    used = await club.redeem(code)
    await club.client.post(f"voucher-batches/{made['id']}/void")
    await club.work()
    after = (await club.client.get(f"voucher-batches/{made['id']}")).json()

    assert (page["state"], page["made"], page["states"]["free"]) == ("done", 1200, 1200)
    assert file.headers["content-type"].startswith("text/csv")
    assert len(lines) == 1202
    assert lines[0].startswith("code,state,member_id")
    assert used.status_code == 200
    assert (after["state"], after["states"]["void"], after["states"]["used"]) == ("void", 1199, 1)
    for wrong in ({"count": 0}, {"kind": "imported"}, {"count": 1_000_000, "length": 6}, {"reward": "nothing"}):
        assert (await club.client.post("voucher-batches", json=body | wrong)).status_code == 422
    none = await club.client.post("voucher-batches", json=body | {"count": 0}, headers={"accept-language": "es"})
    [fault] = none.json()["errors"]
    assert (fault["reason"], fault["suggestion"]) == ("0 códigos", "de 1 a 10.000.000 de códigos por generar")


async def test_a_file_of_partner_codes(club: Club) -> None:
    body = {"name": "cinema", "reward": "cinema", "kind": "imported", "low_at": 2}
    batch = (await club.client.post("voucher-batches", json=body)).json()["id"]
    path = f"voucher-batches/{batch}/codes"

    answer = await club.client.post(path, content="code\nA-1\nA-2\nA-1\n", headers={"content-type": "text/csv"})
    again = await club.client.post(path, content="code\nA-1\nA-2\nA-1\n", headers={"content-type": "text/csv"})
    json = await club.client.post(path, json={"code": "A"})
    broken = await club.client.post(path, content=b"code\n\xff\n", headers={"content-type": "text/csv"})

    refused = [{"row": 4, "reason": "twice"}]
    assert answer.json() == {"taken": 2, "known": 0, "refused": refused}
    assert again.json() == {"taken": 0, "known": 2, "refused": refused}
    assert (json.status_code, broken.status_code) == (415, 422)


async def test_a_member_shows_her_pass_once(club: Club) -> None:
    """E5: the till knows her online, once, and offline with the program's keys."""
    anna = await club.member()
    given = (await club.client.get(f"members/{anna}/pass-token")).json()
    known = (await club.client.get("till/keys", headers=club.cashier)).json()

    offline = tokens.verify(
        given["token"],
        {key["id"]: base64.b64decode(key["public_key"]) for key in known["keys"]},
        program_id=known["program_id"],
        now=clock.now(),
    )
    first = await club.client.post("till/verify-token", json={"token": given["token"]}, headers=club.cashier)
    second = await club.client.post("till/verify-token", json={"token": given["token"]}, headers=club.cashier)
    picture = await club.client.get(f"members/{anna}/pass-token/qr.svg")
    nobody = await club.client.get(f"members/{ids.new_id()}/pass-token")

    assert offline.member_id == anna
    assert (first.json()["member_id"], first.json()["name"]) == (str(anna), "Anna")
    assert (second.status_code, second.json()["type"]) == (403, "rewards.pass_used")
    assert picture.text.startswith("<svg")
    assert nobody.status_code == 404


async def test_keys_are_rotated(club: Club) -> None:
    anna = await club.member()
    old = (await club.client.get(f"members/{anna}/pass-token")).json()["token"]
    soon = (await club.client.post("till/keys/rotate", json={})).json()
    still = (await club.client.get(f"members/{anna}/pass-token")).json()["token"]
    after_soon = await club.client.post("till/verify-token", json={"token": still})
    lost = (await club.client.post("till/keys/rotate", json={"at_once": True})).json()
    void = await club.client.post("till/verify-token", json={"token": old})
    fresh = (await club.client.get(f"members/{anna}/pass-token")).json()["token"]
    fine = await club.client.post("till/verify-token", json={"token": fresh})
    known = (await club.client.get("till/keys")).json()["keys"]

    assert (soon["id"], lost["id"]) == (2, 3)
    assert after_soon.status_code == 200
    assert (void.status_code, void.json()["type"]) == (403, "rewards.pass_invalid")
    assert fine.status_code == 200
    assert [key["id"] for key in known] == [3]
    assert (await club.client.post("till/keys/rotate", json={}, headers=club.cashier)).status_code == 403


async def test_what_was_paid_for_a_voucher_is_returned_when_staff_void_it(club: Club) -> None:
    anna = await club.member()
    given = {"wallet": "points", "amount": 500, "reason": "Perdon", "internal_reason": "ticket 81"}
    await club.client.post(f"members/{anna}/adjustments", json=given)
    redeemed = await club.client.post("redemptions", json={"member_id": str(anna), "reward": "bought", "commit": True})
    assert redeemed.status_code == 201, redeemed.text
    held = (await club.client.get("vouchers", params={"member_id": str(anna)})).json()["items"][0]
    before = (await club.client.get(f"members/{anna}/wallets")).json()["items"][0]["balance"]

    void = await club.client.post(f"vouchers/{held['code']}/void", json={"reason": "Printed twice"})
    again = await club.client.post(f"vouchers/{held['code']}/void", json={"reason": "Printed twice"})
    after = (await club.client.get(f"members/{anna}/wallets")).json()["items"][0]["balance"]
    another = await club.client.post("redemptions", json={"member_id": str(anna), "reward": "bought"})

    assert (before, after) == (0, 500)
    assert (void.json()["state"], again.json()["state"]) == ("void", "void")
    assert another.status_code == 201, "the stock is there again"


async def test_codes_do_not_stand_in_logs(club: Club) -> None:
    code = (await club.issue())["code"]

    with capture_logs() as log:
        await club.client.get(f"vouchers/{code}")
        await club.redeem(code)

    assert [line["event"] for line in log].count("http.answered") == 2
    assert code not in str(log)
    assert "/vouchers/{code}/redeem" in str(log)


async def test_it_lives_as_long_as_the_members_tier_says(club: Club) -> None:
    anna = await club.member()
    base = await club.issue(member_id=str(anna))
    floor = {"tier": "gold", "reason": "Goodwill"}
    given = await club.client.put(f"members/{anna}/tiers/club/floor", json=floor)
    assert given.status_code == 204, given.text
    gold = await club.issue(member_id=str(anna))
    nobodys = await club.issue()

    lives = [datetime.fromisoformat(one["ends_at"]) - clock.now() for one in (base, gold, nobodys)]
    assert [span > timedelta(days=59) for span in lives] == [False, True, False]
