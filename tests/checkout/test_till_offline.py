"""What a till did while it was offline, and the same voucher in two places (G19)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from counters import Shop, a_new_id, order

from puntal.kit import clock


def ago(minutes: int) -> str:
    return (clock.now() - timedelta(minutes=minutes)).isoformat()


def a_sale(minutes: int = 30, **more: Any) -> dict[str, Any]:
    return {"kind": "sale", "id": a_new_id(), "at": ago(minutes), "order": order(5_000)} | more


def a_deed(minutes: int = 20, **more: Any) -> dict[str, Any]:
    return {"kind": "redeem", "id": a_new_id(), "at": ago(minutes)} | more


async def test_the_same_voucher_at_the_till_and_online_at_one_moment(shop: Shop) -> None:
    """G19: one wins, whichever it is."""
    marta = await shop.hire("Marta")
    for _ in range(5):
        code = await shop.a_voucher()
        till, online, sale = await asyncio.gather(
            marta.ask("redeem", {"id": a_new_id(), "voucher": code}),
            shop.http.post(f"{shop.path}/vouchers/{code}/redeem", json={"reference": "web-1", "channel": "online"}),
            marta.ask("earn", {"id": a_new_id(), "order": order(1000), "vouchers": [code]}),
        )
        answers = sorted([till.status_code, online.status_code, sale.status_code])
        assert answers in ([200, 409, 409], [201, 409, 409])
        refused = [each.json()["type"] for each in (till, online, sale) if each.status_code == 409]
        assert refused == ["rewards.voucher_used"] * 2
    assert await shop.wrong() == {}


async def test_the_same_sale_sent_twice_at_one_moment_is_one(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    said = {"id": a_new_id(), "member_id": anna, "order": order(1000)}
    answers = await asyncio.gather(*(marta.ask("earn", said) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201]
    assert await shop.balance(anna) == 10


async def test_a_days_work_comes_in_late_and_conflicts_are_told(shop: Shop) -> None:
    """E5: sales, redemptions and voucher uses, each by itself; sent again, nothing happens twice."""
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 10_000)
    token = (await shop.call(f"members/{anna}/pass-token", method="GET"))["token"]
    mine, gone = await shop.a_voucher(), await shop.a_voucher()
    await shop.call(f"vouchers/{gone}/redeem", {"reference": "web-1", "channel": "online"})
    items = [
        a_sale(scanned=token) | {"at": clock.now().isoformat()},
        a_deed(scanned="7700123", reward="coffee"),
        a_deed(scanned="anna@example.com", reward="coffee"),
        a_deed(voucher=mine),
        a_deed(voucher=gone),
        a_sale(scanned="7700123", vouchers=[gone]),
        a_sale(scanned="99999999"),
        a_deed(scanned="99999999", reward="coffee"),
        a_deed(voucher="NOPE1234"),
        a_sale(-30, scanned="7700123"),
        a_sale(scanned="7700123", order={"id": "x"}),
        {"kind": "dance", "id": a_new_id()},
    ]

    first = await marta.does("batch", {"items": items}, locale="es")

    assert [each["state"] for each in first["items"]] == [
        "taken", "taken", "conflict", "taken", "conflict", "conflict", "taken", *["conflict"] * 5
    ]  # fmt: skip
    assert [each["problem"]["type"] for each in first["items"] if each["problem"]] == [
        "reward.short_of_points", "rewards.voucher_used", "rewards.voucher_used", "till.nobody",
        "rewards.voucher_unknown", "till.in_future", "request.faulty", "request.faulty",
    ]  # fmt: skip
    assert (first["taken"], first["conflicts"], first["failed"]) == (4, 8, 0)
    assert first["items"][2]["problem"]["title"] == "Faltan 50"
    assert first["items"][0]["action"]["member_id"] == anna
    assert await shop.balance(anna) == 50
    # Nothing is left of what conflicted: its id is free, its order was not taken in.
    left = items[5]["id"]
    await marta.does(f"actions/{left}", method="GET", status=404)
    await shop.call(f"events/till:{left}", method="GET", status=404)

    again = await marta.does("batch", {"items": items}, locale="es")

    assert [each["state"] for each in again["items"]] == [each["state"] for each in first["items"]]
    assert all(each["action"]["replayed"] for each in again["items"] if each["action"])
    assert await shop.balance(anna) == 50
    assert await shop.wrong() == {}


async def test_what_was_not_answered_online_may_be_uploaded(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    said = {"id": a_new_id(), "member_id": anna, "order": order(5_000)}
    await marta.does("earn", said, status=201)
    found = await marta.does("batch", {"items": [said | {"kind": "sale", "at": ago(1)}]})
    assert (found["taken"], found["items"][0]["action"]["replayed"]) == (1, True)
    other = await marta.does("batch", {"items": [said | {"kind": "sale", "at": ago(1), "order": order(1)}]})
    assert other["items"][0]["problem"]["type"] == "till.id_reused"


async def test_a_voucher_counts_as_of_the_moment_it_was_used(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    early = await shop.a_voucher(ends_at=clock.now() + timedelta(milliseconds=600))
    late = await shop.a_voucher(ends_at=clock.now() + timedelta(milliseconds=600))
    used_at = clock.now().isoformat()
    await asyncio.sleep(0.7)
    found = await marta.does(
        "batch",
        {"items": [a_deed(voucher=early) | {"at": used_at}, a_deed(voucher=late) | {"at": clock.now().isoformat()}]},
    )
    assert [each["state"] for each in found["items"]] == ["taken", "conflict"]
    assert found["items"][1]["problem"]["type"] == "rewards.voucher_expired"


async def test_what_was_done_offline_is_undone_like_anything(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    found = await marta.does("batch", {"items": [a_sale(600, scanned="7700123")]})
    action = found["items"][0]["action"]
    assert (action["receipt"], await shop.balance(anna)) == (None, 50)
    await marta.undoes(action)
    assert await shop.balance(anna) == 0
    assert await shop.wrong() == {}
