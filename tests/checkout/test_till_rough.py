"""Rough input at the till: an answer to everything, and nothing half done."""

from __future__ import annotations

from typing import Any

import pytest
from counters import Shop, a_new_id, order

NOBODY = "0198c0de-0000-7000-8000-00000000dead"


@pytest.mark.parametrize(
    "text",
    ["@", "a@", "ñ" * 300, "9" * 300, "+", " ", "%_'", "A" * 172, "\u202e7700123", "💥"],
)
async def test_whatever_is_scanned_is_answered(shop: Shop, text: str) -> None:
    marta = await shop.hire("Marta")
    answered = await marta.ask("lookup", {"text": text})
    assert answered.status_code == 200, answered.text
    assert answered.json()["found"] is False


async def test_bodies_that_are_none(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    for path, body in (
        ("lookup", {"text": ""}),
        ("lookup", {"text": "x" * 301}),
        ("earn", {"id": "x", "order": order(1)}),
        ("earn", {"id": a_new_id(), "order": order(-1)}),
        ("earn", {"id": a_new_id(), "order": order(10, discount_minor=11)}),
        ("redeem", {"id": a_new_id()}),
        ("redeem", {"id": a_new_id(), "reward": "coffee", "portions": 0}),
        ("redeem", {"id": a_new_id(), "voucher": "X", "amount_minor": 0}),
        ("batch", {"items": 3}),
        ("batch", {"items": [{}] * 201}),
        ("evaluate", {"order": {"currency": "EURO", "lines": []}}),
    ):
        answered = await marta.ask(path, body)
        assert answered.status_code == 422, (path, body, answered.text)
    for path, body in (
        ("earn", {"id": a_new_id(), "member_id": NOBODY, "order": order(1)}),
        ("redeem", {"id": a_new_id(), "member_id": NOBODY, "reward": "coffee"}),
        ("redeem", {"id": a_new_id(), "reward": "coffee"}),
        ("redeem", {"id": a_new_id(), "voucher_id": NOBODY}),
        (f"actions/{NOBODY}/undo", {}),
        (f"actions/{NOBODY}/commit", {}),
    ):
        answered = await marta.ask(path, body)
        assert answered.status_code == 404, (path, body, answered.text)


async def test_items_that_are_none_do_not_stop_the_others(shop: Shop) -> None:
    marta = await shop.hire("Marta")
    good = {"kind": "sale", "id": a_new_id(), "at": "2026-01-01T00:00:00Z", "order": order(1)}
    items: list[Any] = [
        3, None, "x", [], {}, {"kind": "sale"}, good | {"at": "yesterday"}, good | {"at": "2026-01-01T00:00:00"},
        good | {"order": {}}, good, good,
        good | {"id": a_new_id(), "at": "1800-01-01T00:00:00Z"},
    ]  # fmt: skip
    found = await marta.does("batch", {"items": items})
    assert [each["state"] for each in found["items"]] == [*["conflict"] * 9, "taken", "taken", "conflict"]
    assert {each["problem"]["type"] for each in found["items"] if each["problem"]} == {
        "request.faulty", "event.invalid",
    }  # fmt: skip


async def test_other_currencies_and_nobodies_are_facts_that_can_be_undone(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    dollars = await marta.sells(anna, order=order(5_000) | {"currency": "USD"})
    nobodys = await marta.sells(None, 5_000)
    assert await shop.balance(anna) == 0
    for sold in (dollars, nobodys):
        assert (await marta.undoes(sold))["state"] == "undone"
        assert (await marta.undoes(sold))["replayed"] is True
    assert await shop.wrong() == {}


async def test_a_stopped_program_serves_nobody_and_still_takes_sales(shop: Shop) -> None:
    anna = await shop.joins()
    marta = await shop.hire("Marta")
    await marta.sells(anna, 50_000)
    code = await shop.a_voucher()
    stop = {"target_kind": "channel", "target_id": "store", "mode": "stop_new", "reason": "x"}
    await shop.call("kill-switches", stop, status=201)
    assert (await marta.redeems(anna, reward="coffee", status=409))["type"] == "reward.channel_off"
    assert (await marta.redeems(None, voucher=code, status=409))["type"] == "rewards.voucher_stopped"
    shown = await marta.does("lookup", {"text": code})
    assert (shown["vouchers"][0]["usable"], shown["vouchers"][0]["code"]) == (False, "rewards.voucher_stopped")
    assert (await marta.sells(anna, 1000))["state"] == "done"
    assert await shop.balance(anna) == 500
