"""Reports of weeks, months and quarters: each period once, also after a pause; what they say; links to them. F4."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telling import POINTS, Teller
from test_home_screen import DOCUMENT, a_history

from puntal.entrypoints.worker_schedule import clear_away
from puntal.insight.periodic import making, operations, policy, store
from puntal.insight.periodic.model import KEPT
from puntal.kit import jobs
from puntal.kit.jobs import Work

_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("every", "since", "night", "periods"),
    [
        pytest.param("month", date(2026, 3, 10), date(2026, 3, 31), [], id="the period under way"),
        pytest.param("month", date(2026, 3, 10), date(2026, 4, 1), [date(2026, 3, 1)], id="the night after"),
        pytest.param("week", date(2026, 3, 1), date(2026, 3, 9), [date(2026, 2, 23), date(2026, 3, 2)], id="weeks"),
        pytest.param(
            "quarter", date(2026, 1, 1), date(2026, 7, 5), [date(2026, 1, 1), date(2026, 4, 1)], id="quarters"
        ),
    ],
)
def test_a_period_is_due_in_the_night_after_its_end(every: Any, since: date, night: date, periods: list[date]) -> None:
    assert [first for first, _ in policy.due(every, since=since, night=night)] == periods


@given(every=st.sampled_from(["week", "month", "quarter"]), since=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
       days=st.integers(0, 900))  # fmt: skip
def test_due_periods_follow_each_other_and_are_over(every: Any, since: date, days: int) -> None:
    night = since + days * _DAY

    found = policy.due(every, since=since, night=night)

    assert len(found) <= policy.MOST_MADE_UP
    assert all(since <= last < night for _, last in found)
    assert all(before[1] + _DAY == after[0] for before, after in pairwise(found))
    if found:
        assert policy.following(found[-1][0], every) == found[-1][1] + _DAY


async def worked(story: Teller) -> None:
    queue = jobs.runner(story.database.uri, connections=2)
    async with queue.open_async():
        await jobs.run(queue, Work(database=story.database, parts=story.work.parts), concurrency=1, wait=False)


async def listed(story: Teller) -> list[tuple[str, str, str]]:
    items = (await story.get("reports/made"))["items"]
    return sorted((one["every"], one["from"], one["state"]) for one in items)


async def test_each_period_is_reported_of_once_and_made_up_for_after_a_pause(story: Teller) -> None:
    await story.at("2025-02-10")
    await story.open(DOCUMENT)
    assert (await story.get("reports/schedule"))["every"] == []
    said = {"every": ["month", "week"], "language": "es"}
    schedule = await story.call("PUT", "reports/schedule", json=said)
    assert schedule == {"every": ["week", "month"], "language": "es", "following": ["2025-02-17", "2025-03-01"]}
    await story.buys("anna@example.com", 1000)
    await story.at("2025-02-16")
    assert await listed(story) == []

    await story.at("2025-02-17")
    await story.at("2025-02-18")
    await worked(story)
    assert await listed(story) == [("week", "2025-02-10", "done")]
    [one] = (await story.get("reports/made"))["items"]
    assert (one["by_itself"], one["language"], one["formats"]) == (True, "es", ["xlsx", "pdf", "csv"])

    # Nobody worked for two weeks.
    await story.at("2025-03-04")
    await story.at("2025-03-05")
    await worked(story)
    assert await listed(story) == [
        ("month", "2025-02-01", "done"), ("week", "2025-02-10", "done"), ("week", "2025-02-17", "done"),
        ("week", "2025-02-24", "done"),
    ]  # fmt: skip
    await story.call("PUT", "reports/schedule", json={"every": [], "language": "es"})
    await story.at("2025-03-20")
    assert len(await listed(story)) == 4
    async with story.database.program_transaction(story.program_id) as tx:
        program = (await story.app.state.programs.current(tx, story.program_id)).newest
        assert await operations.fall_due(tx, program, recorded_at=story.clock.at) == 0


async def made(story: Teller, **more: Any) -> dict[str, Any]:
    asked = await story.post("reports/made", {"every": "month", "day": "2025-03-09"} | more, status=202)
    assert asked["state"] == "waiting"
    await worked(story)
    found: dict[str, Any] = await story.get(f"reports/made/{asked['id']}")
    assert found["state"] == "done", found
    return found


async def test_a_report_says_what_the_figures_say(story: Teller) -> None:
    await a_history(story)
    goal = {"name": "Sales of March", "metric": "sales", "target": 20000, "from": "2025-03-01", "through": "2025-03-31"}
    await story.post("goals", goal, status=201)
    rule = {"id": "more", "label": "More on Sundays", "on": "purchase", "award": POINTS}
    await story.publish(DOCUMENT | {"earning": [*DOCUMENT["earning"], rule]}, note="More for spring")
    await story.at("2025-04-03")
    refused = await story.post("reports/made", {"every": "month", "day": "2025-04-01"}, status=422)
    assert (refused["type"], refused["through"]) == ("insight.period_not_over", "2025-04-30")

    report = await made(story)

    files = {}
    for format, begins in (("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answered = await story.client.get(f"{story.path}/reports/made/{report['id']}/file?format={format}")
        assert answered.status_code == 200
        assert answered.content.startswith(begins)
        name = f'attachment; filename="{story.slug}-month-2025-03-01.{format}"'
        assert answered.headers["content-disposition"] == name
        files[format] = answered.content
    rows = {tuple(row[:2]): row[2:] for row in csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"))) if row}
    assert rows["Aurora", "Monthly report: March 2025"] == []
    assert rows["Key figures", "Sales"][:2] == ["140.00", "40.00"]
    assert rows["Key figures", "Points spent"][:2] == ["30", "0"]
    assert rows["Goals", "Sales of March"] == ["140.00", "200.00", "2025-03-31", "missed"]
    assert rows["What was taken most", "Mug"][:2] == ["1", "1"]
    assert rows["What gave most", "Purchases"] == ["Points", "3", "140"]
    assert rows["What changed in the program", "2025-03-12"] == ["Version 2 on Mar 12, 2025: More for spring"]
    assert any("More on Sundays" in "".join(row) for row in rows.values())
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as book:
        text = b"".join(book.read(name) for name in book.namelist())
    assert b"More for spring" in text
    assert b"<f>" not in text


async def test_a_report_is_made_anew_and_drawn_alike(story: Teller) -> None:
    await a_history(story)
    await story.at("2025-04-03")
    before = await made(story)
    async with story.database.program_transaction(story.program_id) as tx:
        one = await store.find(tx, story.program_id, before["id"])
        assert one is not None
        content = await making.read(tx, story.program_id, one, now=story.clock.at)
    assert making.written(content) == making.written(content)

    await story.buys("anna@example.com", 900, occurred_at="2025-03-20T10:00:00Z")
    again = await made(story, language="es")

    assert (again["id"], again["language"]) == (before["id"], "es")
    answered = await story.client.get(f"{story.path}/reports/made/{again['id']}/file?format=csv")
    assert "Informe mensual: Marzo 2025" in answered.text
    assert "149.00" in answered.text
    assert len((await story.get("reports/made"))["items"]) == 1


async def test_a_link_works_for_an_hour_and_for_nothing_else(story: Teller) -> None:
    await a_history(story)
    await story.at("2025-04-03")
    waiting = await story.post("reports/made", {"every": "week", "day": "2025-03-09"}, status=202)
    early = await story.post(f"reports/made/{waiting['id']}/link", status=409)
    assert early["type"] == "insight.report_not_ready"
    assert (await story.get(f"reports/made/{waiting['id']}/file", status=409))["type"] == "insight.report_not_ready"
    await worked(story)
    link = await story.post(f"reports/made/{waiting['id']}/link?format=csv")
    stranger = {"authorization": ""}

    assert (await story.client.get(link["url"], headers=stranger)).text.startswith("\ufeffAurora")
    for wrong in (
        link["url"].replace("/csv?", "/pdf?"),
        link["url"].replace("/csv?", "/txt?"),
        link["url"][:-1] + "x",
        link["url"].replace(waiting["id"], "nothing"),
        link["url"].replace(story.slug, "other"),
    ):
        assert (await story.client.get(wrong, headers=stranger)).status_code == 404
    story.clock.at += timedelta(minutes=61)
    assert (await story.client.get(link["url"], headers=stranger)).status_code == 404
    done = [one["action"] for one in (await story.get("audit"))["items"]]
    assert {"report.asked", "report.fetched"} <= set(done)
    story.clock.at += KEPT
    assert (await clear_away(story.database))["reports"] >= 3
    assert (await story.get(f"reports/made/{waiting['id']}"))["formats"] == []
    assert (await story.get("reports/made/01957000-0000-7000-8000-000000000000", status=404))["type"] == (
        "insight.report_not_found"
    )
