"""Award history: a rule of today over orders of the past, each once (A6)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from selling import DOCUMENT, MakeProgram, Shop, a_refund, an_order
from typer.testing import CliRunner, Result

from puntal.entrypoints.cli import app as command_line
from puntal.entrypoints.history import HistoryAwards, Wanted
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.verifying import verify
from puntal.kit import clock, ids
from puntal.kit.db import Database
from puntal.kit.pages import write_cursor
from puntal.kit.settings import settings
from puntal.programs import operations as programs

THANKS: dict[str, Any] = {
    "id": "thanks",
    "on": "purchase",
    "award": {"wallet": "points", "points": 2, "per": "1.00 EUR"},
}
PLAIN: list[Any] = [
    {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}}
]
TODAY = clock.now().date()
FIRST, LAST = TODAY - timedelta(days=26), TODAY + timedelta(days=1)


async def publish(database: Database, shop: Shop, **sections: Any) -> None:
    document = DOCUMENT | {"earning": PLAIN} | sections
    async with database.program_transaction(shop.program_id) as tx:
        await programs.publish(tx, shop.program_id, document, by="test", now=clock.now(), note="", effective_from=None)


async def sell(shop: Shop, count: int = 100, *, people: int = 10) -> list[str]:
    """Sell `count` orders of 10.50, one every six hours, to `people`."""
    orders = [f"h-{ids.new_id()}" for _ in range(count)]
    begin = clock.now() - timedelta(days=25) + timedelta(hours=1)
    answered = await shop.send_many(
        [
            an_order(
                1050,
                id=order,
                occurred_at=(begin + n * timedelta(hours=5)).isoformat(),
                member={"email": f"p{n % people}@example.com"},
            )
            for n, order in enumerate(orders)
        ]
    )
    assert answered.json()["taken"] == count, answered.text
    return orders


async def award(shop: Shop, rule: str = "thanks", **more: Any) -> dict[str, Any]:
    asked = {"rule": rule, "from": FIRST.isoformat(), "through": LAST.isoformat()} | more
    answered = await shop.client.post(f"{shop.at}/history-awards", json=asked)
    assert answered.status_code == 200, answered.text
    said: dict[str, Any] = answered.json()
    return said


async def rows(database: Database, shop: Shop, sql: str) -> list[tuple[Any, ...]]:
    async with database.program_transaction(shop.program_id) as tx:
        return await (await tx.execute(sql, [shop.program_id])).fetchall()


@pytest.fixture
async def past(a_program: MakeProgram) -> Shop:
    return await a_program(earning=PLAIN)


async def assert_books_hold(database: Database, shop: Shop) -> None:
    assert {name: wrong for name, wrong in (await verify(database, shop.program_id)).items() if wrong} == {}


async def test_a_rule_of_today_is_awarded_for_a_hundred_orders_once(past: Shop, database: Database) -> None:
    """A6: preview equals the run; each transfer names its order; a second run posts nothing; lots begin now."""
    orders = await sell(past)
    await past.send(a_refund(orders[3], refund={"order": orders[3], "amount_minor": 550}))
    await past.send(a_refund(orders[4]))
    await publish(database, past, earning=[*PLAIN, THANKS])

    said = await award(past, preview=True)
    assert await rows(database, past, "SELECT 1 FROM transfer WHERE program_id = %s AND rule = 'thanks'") == []
    done = await award(past)
    again = await award(past)

    assert said | {"preview": False} == done
    assert (done["orders"], done["awarded"], done["members"]) == (100, 99, 10)
    assert (done["points"], done["next"], done["failed_count"]) == ({"points": 98 * 21 + 10}, None, 0)
    assert (again["orders"], again["awarded"], again["points"]) == (100, 0, {})
    posted = await rows(
        database,
        past,
        "SELECT t.order_key, t.amount, l.earned_at FROM transfer t JOIN lot l ON l.program_id = t.program_id"
        " AND l.event_id = t.event_id WHERE t.program_id = %s AND t.rule = 'thanks'",
    )
    assert {key for key, _, _ in posted} == {f"shop:{order}" for order in orders if order != orders[4]}
    assert {key: amount for key, amount, _ in posted}[f"shop:{orders[3]}"] == 10
    assert all(clock.now() - at < timedelta(minutes=5) for _, _, at in posted)
    await assert_books_hold(database, past)


async def test_a_later_refund_takes_the_history_back_too(past: Shop, database: Database) -> None:
    """What was refunded before the award neither earned nor takes back."""
    (order,) = await sell(past, 1)
    await past.send(a_refund(order, id="r1", refund={"order": order, "amount_minor": 250}))
    await publish(database, past, earning=[*PLAIN, THANKS])
    assert (await award(past))["points"] == {"points": 16}

    half = await past.send(a_refund(order, id="r2", refund={"order": order, "amount_minor": 400}))
    rest = await past.send(a_refund(order, id="r3"))

    taken = [
        sum(each["points"] for each in answer.json()["awards"] if each["rule"] == "thanks") for answer in (half, rest)
    ]
    assert taken == [-8, -8]
    assert rest.json()["balances"]["points"]["available"] == 0
    await assert_books_hold(database, past)


async def test_current_budgets_and_limits_bound_it_in_the_order_of_time(past: Shop, database: Database) -> None:
    """A preview counts over its portions what it would use, as the run does."""
    orders = await sell(past, 110, people=3)
    rule = THANKS | {
        "limit": [{"times": 20, "per": "lifetime"}],
        "budget": {"points": 1000},
    }
    await publish(database, past, earning=[*PLAIN, rule])

    said = await award(past, preview=True)
    done = await award(past)

    assert said | {"preview": False} == done
    assert done["points"] == {"points": 1000}
    posted = await rows(database, past, "SELECT order_key FROM transfer WHERE program_id = %s AND rule = 'thanks'")
    assert {key for (key,) in posted} == {f"shop:{order}" for order in orders[:48]}
    await assert_books_hold(database, past)


async def test_it_goes_on_where_a_call_stopped(past: Shop, database: Database) -> None:
    await sell(past, 30)
    await publish(database, past, earning=[*PLAIN, THANKS])
    awards = HistoryAwards(database, Programs(), past.program_id)
    wanted = Wanted("thanks", FIRST, LAST)

    first = await awards.run(wanted, by="test", most=12)
    assert (first.totals.orders, first.totals.awarded) == (12, 12)
    second = await awards.run(wanted, by="test", after=first.following)

    assert (second.totals.orders, second.following) == (18, None)
    (audited,) = await rows(
        database, past, "SELECT count(*) FROM audit_entry WHERE program_id = %s AND action = 'history.awarded'"
    )
    assert audited == (2,)


async def test_previewed_portions_follow_each_other(past: Shop, database: Database, monkeypatch: Any) -> None:
    await sell(past, 40, people=2)
    await publish(database, past, earning=[*PLAIN, THANKS | {"limit": [{"times": 3, "per": "lifetime"}]}])
    monkeypatch.setattr("puntal.entrypoints.history.PORTION", 9)
    awards = HistoryAwards(database, Programs(), past.program_id)

    said = await awards.run(Wanted("thanks", FIRST, LAST), by="test", preview=True)
    done = await awards.run(Wanted("thanks", FIRST, LAST), by="test")

    assert (said.totals, done.totals.awarded) == (done.totals, 6)


async def test_an_order_that_earned_on_an_event_without_its_lines_is_found(
    a_program: MakeProgram, database: Database
) -> None:
    sections = {"orders": {"earn_when": "fulfilled"}}
    shop = await a_program(earning=PLAIN, **sections)
    at = clock.now() - timedelta(days=3)
    sent = an_order(2000, id="f1", type="order.created", occurred_at=(at - timedelta(days=1)).isoformat())
    fulfilled = {"id": "f1-done", "type": "order.fulfilled", "occurred_at": at.isoformat(), "source": "shop"}
    await shop.send(sent)
    answered = await shop.send(fulfilled | {"order_id": "f1", "member": sent["member"]})
    assert answered.json()["status"] == "awarded", answered.text
    await publish(database, shop, earning=[*PLAIN, THANKS], **sections)

    done = await award(shop)

    assert (done["orders"], done["points"]) == (1, {"points": 40})


async def test_all_of_time_is_a_period(past: Shop, database: Database) -> None:
    await sell(past, 5)
    await publish(database, past, earning=[*PLAIN, THANKS])

    assert (await award(past, **{"from": "0001-01-01", "through": "9999-12-31"}))["awarded"] == 5
    assert (await award(past, **{"from": "0001-01-01", "through": "1850-12-31"}))["orders"] == 0
    assert (await award(past, **{"from": "9998-01-01", "through": "9999-12-31"}))["orders"] == 0


async def test_what_cannot_be_awarded_is_refused(past: Shop, database: Database) -> None:
    double = {"id": "double", "on": "purchase", "multiply": {"times": 2}}
    await publish(database, past, earning=[*PLAIN, THANKS, double])

    async def refused(**body: Any) -> tuple[int, str]:
        asked = {"rule": "thanks", "from": FIRST.isoformat(), "through": LAST.isoformat()} | body
        answered = await past.client.post(f"{past.at}/history-awards", json=asked)
        return answered.status_code, answered.json()["type"]

    assert await refused(rule="nothing") == (404, "history.rule_unknown")
    assert await refused(rule="double") == (422, "history.multiplier")
    assert await refused(through=(FIRST - timedelta(days=1)).isoformat()) == (422, "history.period_invalid")
    for cursor in ("?", write_cursor(["2026-01-01T00:00:00", "", ""])):
        assert await refused(cursor=cursor) == (400, "request.bad_cursor")


async def test_an_order_that_has_got_it_says_so(past: Shop, database: Database) -> None:
    await publish(database, past, earning=[*PLAIN, THANKS])
    await past.send(an_order(1000, id="got"))

    done = await award(past)

    assert (done["orders"], done["awarded"]) == (1, 0)
    ((event,),) = await rows(database, past, "SELECT id FROM event WHERE program_id = %s AND type = 'history.awarded'")
    shown = (await past.get(f"events/{event}")).json()
    assert (shown["code"], shown["message"]) == ("order.already_awarded", "The order has got this already.")


@pytest.fixture
def run(database_uri: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    monkeypatch.setenv("PUNTAL_DATABASE_URL", database_uri)
    settings.cache_clear()
    yield lambda *words: CliRunner().invoke(command_line, list(words))
    settings.cache_clear()


async def test_it_is_a_command_too(past: Shop, database: Database, run: Callable[..., Result]) -> None:
    await sell(past, 20)
    await publish(database, past, earning=[*PLAIN, THANKS])
    words = ["award-history", "--program", past.slug, "--rule", "thanks", "--from", str(FIRST), "--through", str(LAST)]

    said = await asyncio.to_thread(run, *words, "--preview", "--json")
    done = await asyncio.to_thread(run, *words)
    unknown = await asyncio.to_thread(run, *words[:4], "nothing", *words[5:], "--json")

    assert json.loads(said.stdout)["points"] == {"points": 20 * 21}, said.output
    assert done.stdout == f"20 of 20 orders, 10 members got: {20 * 21} points.\n"
    assert (unknown.exit_code, json.loads(unknown.stdout)["type"]) == (1, "history.rule_unknown")
