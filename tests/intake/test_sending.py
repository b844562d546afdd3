"""Sending events over HTTP: decided, answered after the commit, safe to send again."""

from __future__ import annotations

import asyncio
from typing import Any

from selling import MakeProgram, Shop, a_refund, an_order


async def test_an_order_earns_and_its_answer_says_what_and_why(shop: Shop) -> None:
    answered = await shop.send(an_order(1999))

    said = answered.json()
    assert answered.status_code == 200, said
    assert (said["status"], said["code"], said["message"]) == ("awarded", None, "Rules of the program applied")
    assert {"rule": "purchases", "wallet": "points", "points": 19, "kind": "awarded"} in said["awards"]
    assert said["balances"]["points"] == {"available": 19, "pending": 0, "debt": 0}
    assert {"rule": "big_basket", "code": "condition", "sentence": "The condition is not met"} in said["reasons"]
    assert answered.headers["x-request-id"]


async def test_the_same_words_again_answer_the_first_outcome_and_other_words_are_refused(shop: Shop) -> None:
    event = an_order(1999, id="7")
    first = (await shop.send(event)).json()

    again = (await shop.send(event)).json()
    other = await shop.send(event | {"channel": "app"})

    assert (again["replayed"], again["awards"], again["member_id"]) == (True, first["awards"], first["member_id"])
    assert (other.status_code, other.json()["type"], other.json()["id"]) == (409, "event.id_reused", event["id"])


async def test_fifty_callers_with_one_event_pay_once(shop: Shop) -> None:
    event = an_order(5000)

    answers = [answer.json() for answer in await asyncio.gather(*(shop.send(event) for _ in range(50)))]

    assert sorted(answer["replayed"] for answer in answers) == [False] + [True] * 49
    last = (await shop.send(an_order(100))).json()
    assert last["balances"]["points"]["available"] == 51


async def test_a_stored_event_is_read_with_its_decision(shop: Shop) -> None:
    event = an_order(1999, id="8")
    sent = (await shop.send(event)).json()

    read = (await shop.get(f"events/{event['id']}")).json()

    assert read["said"]["order"]["lines"] == [{"id": "1", "amount_minor": 1999}]
    assert (read["awards"], read["status"]) == (sent["awards"], "awarded")
    assert (await shop.get("events/nobody")).json()["type"] == "event.not_found"


async def test_an_event_id_may_hold_slashes(shop: Shop) -> None:
    event = an_order(1999) | {"id": "shop/2026/8 ñ"}
    await shop.send(event)

    assert (await shop.get("events/shop%2F2026%2F8%20%C3%B1")).json()["id"] == "shop/2026/8 ñ"


async def test_a_members_events_come_newest_first_in_pages(shop: Shop) -> None:
    sent = [(await shop.send(an_order(1000))).json() for _ in range(5)]
    member = sent[0]["member_id"]

    first = (await shop.get(f"members/{member}/events", params={"limit": 3})).json()
    rest = (await shop.get(f"members/{member}/events", params={"limit": 3, "cursor": first["next"]})).json()

    listed = [event["id"] for event in first["items"] + rest["items"] if event["type"] == "order.paid"]
    assert sorted(listed) == sorted(event["id"] for event in sent)


async def test_an_event_is_explained_rule_by_rule_in_spanish(shop: Shop) -> None:
    sent = (await shop.send(an_order(1999))).json()

    told = await shop.get(
        f"members/{sent['member_id']}/explain", params={"event": sent["id"]}, headers={"accept-language": "es-MX"}
    )

    rules = {rule["rule"]: rule for rule in told.json()["rules"]}
    assert rules["purchases"]["gave"] == {"points": 19}
    assert rules["big_basket"]["sentences"]
    assert told.headers["content-language"] == "es"


async def test_a_refund_takes_back_what_the_order_gave(shop: Shop) -> None:
    await shop.send(an_order(3000, id="21"))

    answer = (await shop.send(a_refund("21"))).json()

    assert {"rule": "purchases", "wallet": "points", "points": -30, "kind": "reversed"} in answer["awards"]
    assert answer["balances"]["points"]["available"] == 0


async def test_a_dry_run_answers_alike_and_writes_nothing(shop: Shop) -> None:
    event = an_order(1999)

    asked = (await shop.send(event, params={"dry_run": "true"})).json()
    missing = await shop.get(f"events/{event['id']}")
    sent = (await shop.send(event)).json()

    assert asked["dry_run"]
    assert (asked["awards"], asked["balances"]) == (sent["awards"], sent["balances"])
    assert missing.status_code == 404


async def test_a_dry_run_moves_the_clock_and_at_needs_a_dry_run(shop: Shop) -> None:
    future = an_order(1999) | {"occurred_at": "2031-05-01T10:00:00Z"}

    asked = await shop.send(future, params={"dry_run": "true", "at": "2031-05-01T10:01:00Z"})
    refused = await shop.send(future, params={"at": "2031-05-01T10:01:00Z"})

    assert asked.json()["status"] == "awarded"
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (422, "/at")


async def test_a_batch_answers_each_event_by_itself_and_in_order(shop: Shop) -> None:
    events: list[Any] = [an_order(1000), {"id": "x"}, an_order(2000, type="nothing.known"), an_order(3000)]

    answered = await shop.send_many(events)

    said = answered.json()
    assert (answered.status_code, said["taken"], said["refused"]) == (200, 2, 2)
    assert [item.get("answer", {}).get("id") for item in said["items"]] == [
        events[0]["id"],
        None,
        None,
        events[3]["id"],
    ]
    assert {fault["path"] for fault in said["items"][1]["problem"]["errors"]} == {"/type", "/occurred_at"}
    assert said["items"][2]["problem"]["errors"][0]["code"] == "event.unknown_type"


async def test_equal_ids_in_one_batch_share_the_answer_or_are_refused(shop: Shop) -> None:
    event = an_order(1000)

    said = (await shop.send_many([event, event, event | {"channel": "app"}])).json()

    assert [item["answer"]["replayed"] for item in said["items"][:2]] == [False, True]
    assert said["items"][2]["problem"]["type"] == "event.id_reused"


async def test_a_thousand_events_are_one_call_and_one_more_is_refused(shop: Shop) -> None:
    events = [an_order(100, member={"card": str(n % 40)}) for n in range(1001)]

    taken = (await shop.send_many(events[:1000])).json()
    refused = await shop.send_many(events)

    assert (taken["taken"], taken["refused"]) == (1000, 0)
    assert (refused.status_code, refused.json()["type"], refused.json()["most"]) == (422, "event.batch_too_large", 1000)


async def test_what_earns_nothing_is_a_fact_and_says_why(a_program: MakeProgram) -> None:
    closed = await a_program(phase="closed")
    shop = await a_program()

    shut = await closed.send(an_order(1999))
    old = await shop.send(an_order(1999) | {"occurred_at": "2019-05-01T10:00:00Z"})
    foreign = an_order(1999)
    foreign["order"]["currency"] = "USD"
    other = await shop.send(foreign)
    nobody = await shop.send(an_order(1999) | {"member": None})

    codes = [(answer.status_code, answer.json()["status"], answer.json()["code"]) for answer in (shut, old, other)]
    assert codes == [
        (200, "nothing", "program.closed"),
        (200, "nothing", "event.too_old"),
        (200, "nothing", "order.other_currency"),
    ]
    assert nobody.json()["code"] == "member.unknown"
    assert (await closed.get(f"events/{shut.json()['id']}")).json()["message"] == "The program is closed."
