"""Phone numbers as people say them, without a country code: events, enrolment and look-ups mean the same person."""

from __future__ import annotations

from typing import Any

import pytest
from selling import MakeProgram, Shop, an_order

NATIONAL, INTERNATIONAL = "612 345 678", "+34 612 345 678"


async def _who(shop: Shop, phone: str) -> str:
    answer = await shop.send(an_order(1000, member={"phone": phone}))
    assert answer.status_code == 200, answer.text
    found = answer.json()["member_id"]
    assert isinstance(found, str)
    return found


async def test_the_country_of_the_time_zone_is_where_numbers_belong(shop: Shop) -> None:
    """The same Spanish number, said at the till without and in the app with its code, is one member's."""
    assert await _who(shop, NATIONAL) == await _who(shop, INTERNATIONAL)
    found = await shop.client.post(f"{shop.at}/members/lookup", json={"phone": NATIONAL})
    assert [one["value"] for one in found.json()["identities"]] == ["+34612345678"]


async def test_a_document_may_name_another_country(a_program: MakeProgram) -> None:
    """A club run from Madrid for shops in Portugal."""
    shop = await a_program(country="PT")
    enrolled = await shop.client.post(f"{shop.at}/members", json={"ids": {"phone": "912 345 678"}, "name": "Anna"})
    assert enrolled.status_code == 201, enrolled.text
    assert await _who(shop, "912345678") == enrolled.json()["id"]
    assert await _who(shop, "+351 912 345 678") == enrolled.json()["id"]


async def test_two_orders_of_one_batch_are_one_persons(shop: Shop) -> None:
    events = [an_order(1000, member={"phone": said}) for said in (NATIONAL, INTERNATIONAL)]
    first, second = (await shop.send_many(events)).json()["items"]
    assert first["answer"]["member_id"] == second["answer"]["member_id"]


async def test_without_a_country_the_code_is_needed(a_program: MakeProgram) -> None:
    shop = await a_program(timezone="UTC")
    refused = await shop.send(an_order(1000, member={"phone": NATIONAL}))
    assert refused.status_code == 422
    assert [fault["path"] for fault in refused.json()["errors"]] == ["/member/phone"]
    assert await _who(shop, INTERNATIONAL)


@pytest.mark.parametrize(("written", "code"), [("es", "programs.bad_country"), ("XX", "programs.unknown_country")])
async def test_a_country_that_is_none_is_a_fault(shop: Shop, written: str, code: str) -> None:
    document: dict[str, Any] = (await shop.get("program")).json()["document"]
    answer = await shop.client.post(f"{shop.at}/program/check", json=document | {"country": written})
    assert code in answer.text
