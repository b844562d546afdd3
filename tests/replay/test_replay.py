"""Replaying history: the same as having lived it, twice the same as once, cut short the same as whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from shops import BEGINNING, PROGRAM, history, jsonl
from telling import Teller

from puntal.entrypoints.nights import run_due, run_night
from puntal.entrypoints.replay import HistoryTooLate, HistoryUnsorted, Progress, Replay
from puntal.kit import clock
from puntal.kit.calendar import midnight

MADRID = ZoneInfo("Europe/Madrid")
BOOKS = {
    "balances": "SELECT i.value, h.available, h.pending, h.held, h.debt, h.running::jsonb - 'clocks'"
    " FROM holder h JOIN identity i ON i.program_id = h.program_id AND i.member_id = h.id"
    " WHERE h.program_id = %(id)s ORDER BY i.value",
    "lots": "SELECT i.value, l.wallet, l.order_key, l.event_id, l.amount, l.remaining, l.expired, l.reversed, l.noted,"
    " l.starts_at, l.ends_at FROM lot l JOIN identity i ON i.program_id = l.program_id AND i.member_id = l.holder_id"
    " WHERE l.program_id = %(id)s ORDER BY i.value, l.earned_at, l.event_id, l.wallet, l.starts_at, l.amount",
    "transfers": "SELECT i.value, t.wallet, t.kind, t.source, t.destination, t.amount, t.effective_at, t.event_id,"
    " t.rule FROM transfer t JOIN identity i ON i.program_id = t.program_id AND i.member_id = t.holder_id"
    " WHERE t.program_id = %(id)s"
    " ORDER BY i.value, t.effective_at, t.wallet, t.kind, t.event_id, t.rule, t.amount, t.source",
    "tiers": "SELECT i.value, c.ladder, c.from_tier, c.to_tier, c.reason, c.effective_at, c.event_id"
    " FROM tier_change c JOIN identity i ON i.program_id = c.program_id AND i.member_id = c.member_id"
    " WHERE c.program_id = %(id)s ORDER BY i.value, c.effective_at, c.from_tier",
    "events": "SELECT id, type, occurred_at, revision, outcome::jsonb - 'facts' FROM event"
    " WHERE program_id = %(id)s ORDER BY id",
    "budgets": "SELECT budget, measure, period_start, used FROM budget_usage WHERE program_id = %(id)s"
    " ORDER BY budget, measure, period_start",
}


async def books(story: Teller) -> dict[str, Any]:
    out = {}
    async with story.database.program_transaction(story.program_id) as tx:
        for name, select in BOOKS.items():
            found = await tx.execute(select.encode(), {"id": story.program_id})
            out[name] = await found.fetchall()
    return out


def replay(story: Teller) -> Replay:
    return Replay(story.database, story.app.state.programs, story.program_id)


@pytest.fixture
async def shop(story: Teller) -> Teller:
    """A program that is there a day before the history begins."""
    story.clock.at = BEGINNING - timedelta(days=1)
    await story.open(PROGRAM)
    return story


async def replayed(shop: Teller, events: list[bytes]) -> Progress:
    """Replay a year and a half later, as history is."""
    shop.clock.at = BEGINNING + timedelta(days=500)
    return await replay(shop).run(events)


async def test_a_replay_twice_changes_nothing_and_sets_the_clock_once(shop: Teller) -> None:
    events = jsonl(history())
    first = await replayed(shop, events)
    assert (first.events, first.replayed, first.refused) == (300, 0, [])
    assert first.nights > 55
    once = await books(shop)
    assert len(once["tiers"]) > 10
    assert {row[2] for row in once["transfers"]} >= {"points.earned", "points.expired", "points.reversed"}
    async with shop.database.program_transaction(shop.program_id) as tx:
        offset = (await shop.app.state.programs.current(tx, shop.program_id)).clock_offset
    last = datetime.fromisoformat(history()[-1]["occurred_at"])
    assert abs(clock.now() - offset - last) <= timedelta(seconds=1)

    shop.clock.at += timedelta(hours=5)
    again = await replay(shop).run(events)
    assert (again.events, again.replayed, again.nights) == (300, 300, 0)
    assert await books(shop) == once
    async with shop.database.program_transaction(shop.program_id) as tx:
        assert (await shop.app.state.programs.current(tx, shop.program_id)).clock_offset == offset
    assert await shop.wrong() == {}


async def test_a_replay_is_the_same_as_having_lived_it(shop: Teller) -> None:
    """The same events over HTTP as they happened, with a night at each midnight: the same books to the last lot."""
    await replayed(shop, jsonl(history()))
    told = await books(shop)
    assert await shop.wrong() == {}

    shop.clock.at = BEGINNING - timedelta(days=1)
    await shop.open(PROGRAM)
    programs = shop.app.state.programs
    for event in history():
        at = datetime.fromisoformat(event["occurred_at"])
        day = shop.clock.at.astimezone(MADRID).date()
        while day < at.astimezone(MADRID).date():
            day += timedelta(days=1)
            shop.clock.at = midnight(MADRID, day)
            await run_due(shop.database, programs, shop.program_id, shop.clock.at)
        shop.clock.at = at
        await shop.post("events", event)
    lived = await books(shop)
    assert await shop.wrong() == {}
    for name in BOOKS:
        assert told[name] == lived[name], name


async def test_a_replay_cut_short_goes_on_to_the_same_end(shop: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    events = jsonl(history())
    await replayed(shop, events)
    whole = await books(shop)

    shop.clock.at = BEGINNING - timedelta(days=1)
    await shop.open(PROGRAM)
    calls = 0

    async def cut(*arguments: Any, **named: Any) -> dict[str, int]:
        nonlocal calls
        calls += 1
        done = await run_night(*arguments, **named)
        if calls in (7, 31):
            raise ConnectionResetError("the process was killed")
        return done

    with monkeypatch.context() as patched:
        patched.setattr("puntal.entrypoints.replay.run_night", cut)
        for _ in range(2):
            with pytest.raises(ConnectionResetError):
                await replayed(shop, events)
    rest = await replayed(shop, events)
    assert 0 < rest.replayed < 300
    halves = await books(shop)
    for name in BOOKS:
        assert halves[name] == whole[name], name
    assert await shop.wrong() == {}


async def test_history_out_of_order_is_refused_by_name(shop: Teller) -> None:
    events = history(40)
    events[20], events[21] = events[21], events[20]
    with pytest.raises(HistoryUnsorted) as refused:
        await replayed(shop, jsonl(events))
    assert refused.value.numbers["id"] == events[21]["id"]


async def test_a_new_event_older_than_the_nights_is_refused(shop: Teller) -> None:
    """What is known already may be sent again; what is new would have changed nights that were run."""
    events = history(60)
    await replayed(shop, jsonl(events))
    before = await books(shop)
    forgotten = events[10] | {"id": "forgotten", "type": "review.created", "data": {"product": "z"},
                              "member": {"card": "1"}}  # fmt: skip
    for key in ("order", "refund"):
        forgotten.pop(key, None)
    with pytest.raises(HistoryTooLate) as refused:
        await replayed(shop, jsonl([*events[:11], forgotten, *events[11:]]))
    assert refused.value.numbers["id"] == "forgotten"
    assert await books(shop) == before


async def test_a_history_can_be_continued_and_imported_over_http(shop: Teller) -> None:
    """The rest later, through the API's bulk import: the same as all at once."""
    events = jsonl(history(120))
    await replayed(shop, events)
    whole = await books(shop)
    shop.clock.at = BEGINNING - timedelta(days=1)
    await shop.open(PROGRAM)
    shop.clock.at = BEGINNING + timedelta(days=500)
    for part in (events[:70], events[:100], events):
        answered = await shop.call(
            "POST", "imports/events", content=b"\n".join(part),
            headers={"content-type": "application/jsonl"}, params={"set_clock": "false"},
        )  # fmt: skip
        assert (answered["events"], answered["refused_count"]) == (len(part), 0)
    assert await books(shop) == whole
    faulty = await shop.call(
        "POST", "imports/events", content=b'{"id": "x"', headers={"content-type": "application/jsonl"}, status=422
    )
    assert faulty["type"] in {"event.invalid", "event.malformed"}, faulty
