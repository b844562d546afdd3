"""`POST imports/events`: history over HTTP, with its nights; what is wrong with a line; again without harm."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
from shops import BEGINNING, PROGRAM, history, jsonl
from telling import Teller, gave

from puntal.access import queries
from puntal.access.model import ALL_PERMISSIONS, KeyTerms, NewStaff, Staff
from puntal.access.operations import keys, notifications, staff
from puntal.entrypoints import imports
from puntal.entrypoints.imports import _KIND as KIND
from puntal.entrypoints.imports import ALONE
from puntal.kit import clock, ids

LINES = {"content-type": "application/x-ndjson"}
Json = dict[str, Any]


@pytest.fixture
async def shop(story: Teller) -> Teller:
    """A program that was made today and has a past to bring in."""
    story.clock.at = BEGINNING + timedelta(days=500)
    await story.open(PROGRAM)
    return story


async def sent(shop: Teller, events: list[Json], status: int = 200, **more: Any) -> Any:
    headers = LINES | more.pop("headers", {})
    content = b"\n".join(jsonl(events)) + b"\n"
    return await shop.call("POST", "imports/events", content=content, headers=headers, status=status, **more)


async def asked(shop: Teller, select: str) -> list[tuple[Any, ...]]:
    async with shop.database.program_transaction(shop.program_id) as tx:
        return await (await tx.execute(select.encode(), {"id": shop.program_id})).fetchall()


async def stored(shop: Teller) -> list[str]:
    found = await asked(shop, "SELECT id FROM event WHERE program_id = %(id)s AND source <> 'puntal' ORDER BY id")
    return [id for (id,) in found]


def bought(id: str, day: int, amount: int, hour: int = 10) -> Json:
    at = (BEGINNING + timedelta(days=day)).replace(hour=hour)
    lines = [{"id": "1", "amount_minor": amount}]
    return {
        "id": id, "type": "order.paid", "occurred_at": at.isoformat(), "source": "till", "member": {"card": "77"},
        "order": {"id": f"o-{id}", "currency": "EUR", "lines": lines},
    }  # fmt: skip


async def test_each_event_is_decided_at_its_own_time_with_the_nights_between(shop: Teller) -> None:
    """Points of the first order wait a week and live 35 days; the second is bought when they are gone."""
    answered = await sent(shop, [bought("a", 0, 20_000), bought("b", 1, 1_000), bought("c", 70, 3_000)])

    assert answered == {"events": 3, "replayed": 0, "nights": 70, "refused": [], "refused_count": 0}
    first, second, third = [await shop.get(f"events/{id}") for id in "abc"]
    assert gave(first) == {"purchases": 200, "tier_points": 200, "first_hundred": 3}
    assert gave(second)["purchases"] == 15, "silver since the day before"
    assert gave(third)["purchases"] == 30, "and no longer: the night took the tier"
    assert second["occurred_at"] == bought("b", 1, 1)["occurred_at"].replace("+00:00", "Z")
    ended = await asked(
        shop,
        "SELECT (effective_at AT TIME ZONE 'Europe/Madrid')::date, sum(amount)::integer FROM transfer"
        " WHERE program_id = %(id)s AND kind = 'points.expired' GROUP BY 1 ORDER BY 1",
    )
    day = date(2025, 2, 3)
    assert ended == [(day + timedelta(days=8 + 36), 203), (day + timedelta(days=9 + 36), 18)]
    assert await shop.wrong() == {}


async def test_the_program_goes_on_from_its_history_where_that_is_asked_for(shop: Teller) -> None:
    await sent(shop, [bought("a", 0, 1_000)])
    assert await asked(shop, "SELECT clock_offset_seconds FROM program WHERE id = %(id)s") == [(0,)]

    await sent(shop, [bought("a", 0, 1_000), bought("b", 3, 1_000)], params={"set_clock": "true"})

    ((offset,),) = await asked(shop, "SELECT clock_offset_seconds FROM program WHERE id = %(id)s")
    assert abs(offset - timedelta(days=497).total_seconds()) < 86_400
    assert await shop.wrong() == {}


async def test_the_same_again_changes_nothing_whatever_its_key(shop: Teller) -> None:
    events = history(80)
    first = await sent(shop, events, headers={"idempotency-key": "march"})
    books = await asked(shop, "SELECT id, available, pending, debt, running::text FROM holder"
                              " WHERE program_id = %(id)s ORDER BY id")  # fmt: skip

    assert await sent(shop, events, headers={"idempotency-key": "march"}) == first
    for headers in ({"idempotency-key": "april"}, {}):
        again = await sent(shop, events, headers=headers)
        assert again == {"events": 80, "replayed": 80, "nights": 0, "refused": [], "refused_count": 0}

    assert first["replayed"] == 0
    assert await asked(shop, "SELECT id, available, pending, debt, running::text FROM holder"
                             " WHERE program_id = %(id)s ORDER BY id") == books  # fmt: skip
    assert await shop.wrong() == {}


async def test_what_cannot_be_taken_is_listed_and_holds_up_nothing(shop: Teller) -> None:
    await sent(shop, [bought("a", 0, 1_000), bought("b", 0, 2_000, 11)])

    other = bought("a", 0, 9_900)
    answered = await sent(shop, [other, bought("b", 0, 2_000, 11), bought("c", 1, 3_000)])

    assert answered["refused"] == [{"id": "a", "code": "event.id_reused"}]
    assert (answered["events"], answered["replayed"], answered["refused_count"]) == (3, 1, 1)
    assert await stored(shop) == ["a", "b", "c"]
    assert await shop.wrong() == {}


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ({"id": "x", "type": "order.paid"}, "event.invalid", ""),
        (
            bought("x", 0, 5, 13) | {"order": {"id": "x", "currency": "eur", "lines": []}},
            "event.invalid",
            "/order/currency",
        ),
        ({**bought("x", 0, 1_000, 13), "id": ""}, "event.invalid", "/id"),
    ],
)
async def test_a_faulty_line_is_named_and_what_is_before_it_is_kept(
    shop: Teller, line: Json, code: str, says: str
) -> None:
    good = [bought("a", 0, 1_000), bought("b", 0, 2_000, 11)]

    refused = await sent(shop, [*good, line, bought("c", 0, 500, 14)], status=422)

    assert (refused["type"], refused["line"]) == (code, 3)
    assert says in {error["path"] for error in refused["errors"]}
    assert await stored(shop) == ["a", "b"]
    mended = await sent(shop, [*good, bought("c", 0, 500, 14)])
    assert (mended["events"], mended["replayed"]) == (3, 2)
    assert await shop.wrong() == {}


async def test_a_line_that_is_no_json_is_refused(shop: Teller) -> None:
    text = json.dumps(bought("a", 0, 1_000)).encode() + b'\n\n{"id": "x"\n'

    refused = await shop.call("POST", "imports/events", content=text, headers=LINES, status=422)

    assert (refused["type"], refused["line"]) == ("event.invalid", 2), "empty lines are not counted"
    assert await stored(shop) == ["a"]


async def test_lines_out_of_order_are_refused_by_name(shop: Teller) -> None:
    refused = await sent(shop, [bought("a", 2, 1_000), bought("b", 0, 1_000)], status=409)

    assert (refused["type"], refused["id"], refused["line"]) == ("replay.unsorted", "b", 2)
    assert await stored(shop) == ["a"]


async def test_history_older_than_the_nights_is_refused(shop: Teller) -> None:
    await sent(shop, [bought("a", 0, 1_000), bought("b", 9, 1_000)])

    refused = await sent(shop, [bought("a", 0, 1_000), bought("late", 3, 1_000), bought("b", 9, 1_000)], status=409)

    assert (refused["type"], refused["id"]) == ("replay.too_late", "late")
    assert await stored(shop) == ["a", "b"]


async def test_other_words_and_empty_files(shop: Teller) -> None:
    plain = await shop.call(
        "POST", "imports/events", content=b"a,b\n1,2\n", headers={"content-type": "text/csv"}, status=415
    )
    assert plain["type"] == "request.unsupported_media"
    nothing = await shop.call("POST", "imports/events", content=b"\n\n", headers=LINES)
    assert (nothing["events"], nothing["nights"]) == (0, 0)


async def test_one_import_of_a_program_at_a_time(shop: Teller) -> None:
    async with shop.database.program_transaction(shop.program_id) as other:
        await other.execute(ALONE.encode(), {"kind": KIND, "program_id": shop.program_id})
        refused = await sent(shop, [bought("a", 0, 1_000)], status=409)
    assert refused["type"] == "imports.under_way"
    assert (await sent(shop, [bought("a", 0, 1_000)]))["events"] == 1


async def test_the_same_key_is_answered_as_the_first_time(shop: Teller) -> None:
    """Every write honours `Idempotency-Key`: the same lines the same answer, other lines 409."""
    keyed = {"Idempotency-Key": "history-2025"}
    lines = [bought("a", 0, 1_000), bought("b", 1, 1_000)]

    first = await sent(shop, lines, headers=keyed)
    again = await sent(shop, lines, headers=keyed)
    other = await sent(shop, [*lines, bought("c", 2, 1_000)], headers=keyed, status=409)

    assert first == again == {"events": 2, "replayed": 0, "nights": 1, "refused": [], "refused_count": 0}
    assert other["type"] == "idempotency.key_reused"
    assert await stored(shop) == ["a", "b"]
    assert (await sent(shop, lines, headers=keyed, params={"set_clock": "true"}, status=409))["type"] == other["type"]
    # Without a key the lines are looked at again.
    assert (await sent(shop, lines))["replayed"] == 2


async def test_what_was_refused_is_not_kept(shop: Teller) -> None:
    keyed = {"Idempotency-Key": "history-2025"}
    faulty = [bought("a", 0, 1_000), bought("b", 1, 1_000) | {"type": "no such type"}]
    await sent(shop, faulty, headers=keyed, status=422)

    mended = await sent(shop, [bought("a", 0, 1_000), bought("b", 1, 1_000)], headers=keyed)

    assert (mended["events"], mended["replayed"]) == (2, 1)
    wrong = await sent(shop, [], headers={"Idempotency-Key": "k" * 256}, status=400)
    assert wrong["type"] == "idempotency.key_invalid"


@pytest.mark.parametrize("kind", ["application/json-lines", "application/json", "text/plain", "", None])
async def test_only_declared_kinds_are_read(shop: Teller, kind: str | None) -> None:
    content = b"\n".join(jsonl([bought("a", 0, 1_000)]))
    headers = {} if kind is None else {"content-type": kind}

    refused = await shop.call("POST", "imports/events", content=content, headers=headers, status=415)

    assert refused["type"] == "request.unsupported_media"
    assert await stored(shop) == []
    for declared in ("application/jsonl; charset=utf-8", "Application/X-NDJSON"):
        read = await shop.call("POST", "imports/events", content=content, headers={"content-type": declared})
        assert read["events"] == 1


async def test_whoever_asked_is_told_of_an_import_that_took_long_once(
    shop: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the same lines are sent; of a quick one she sees the answer."""
    async with shop.database.transaction() as tx:
        by = keys.administrator(await queries.organization_of(tx, shop.program_id))
        person = NewStaff(email=f"anna-{ids.new_id()}@example.org", name="Anna", role="admin", locale="en")
        anna = await staff.add(tx, person, by=by, password=None, now=clock.now())
        key = await keys.create(
            tx, KeyTerms(name="Anna", scopes=ALL_PERMISSIONS, staff_id=anna.id), by=by, now=clock.now()
        )
    hers = LINES | {"authorization": f"Bearer {key.token}"}
    events = history(2)
    await sent(shop, events, headers=hers)
    assert await told(shop, anna) == []

    monkeypatch.setattr(imports, "LONG", timedelta(0))
    for _ in range(2):
        await sent(shop, events, headers=hers)
        faulty = b"\n".join([*jsonl(events), b"[]"])
        await shop.call("POST", "imports/events", content=faulty, headers=hers, status=422)

    assert await told(shop, anna) == [
        f"Your import is done: {len(events)} events, 0 of them refused",
        "Your import stopped before its end; what came before is in",
    ]


async def test_an_import_is_listed_with_what_came_of_it(shop: Teller) -> None:
    await sent(shop, [bought("a", 0, 1_000), bought("b", 1, 1_000)], params={"name": "2025.jsonl"})
    await sent(shop, [bought("c", 2, 1_000), bought("d", 2, 1_000) | {"id": ""}], status=422)

    failed, done = (await shop.get("jobs"))["items"]

    assert (done["text"], done["state"]) == ("Import of events 2025.jsonl", "done")
    assert (done["summary"], done["progress"]["total"]) == ("2 new, 0 known, 0 refused", 2)
    assert (failed["state"], failed["progress"]["done"]) == ("failed", 1)


async def test_a_cancelled_import_keeps_what_came_before(shop: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "NOTED_EVERY_SECONDS", 0.01)
    many = [bought(f"e{number:04}", 0, 1_000) for number in range(6_000)]
    sending = asyncio.create_task(sent(shop, many, status=409))
    begun: list[Json] = []
    while not begun:
        begun = [job for job in (await shop.get("jobs"))["items"] if job["progress"]["done"]]
        await asyncio.sleep(0.01)

    await shop.call("POST", f"imports/{begun[0]['id']}/cancel")

    assert (await sending)["type"] == "imports.over"
    kept = [id for id in await stored(shop) if len(id) == len("e0000")]
    assert kept == [f"e{number:04}" for number in range(len(kept))]
    assert 0 < len(kept) < len(many)


async def told(shop: Teller, person: Staff) -> list[str]:
    async with shop.database.program_transaction(shop.program_id) as tx:
        found = await notifications.listed(tx, shop.program_id, person.id, unread=False, before=None, limit=50)
    return [one.text("en") for one in reversed(found)]
