"""The demo on the beginning of its year: the promised figures, the books in order, a second time for nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from puntal.access.operations import staff
from puntal.access.queries import sign_in
from puntal.entrypoints.demo import command, journey
from puntal.entrypoints.demo.summary import show
from puntal.kit.db import Database
from puntal.kit.settings import Settings

BASKETS = 3_000
PROMISED = {
    "events", "members", "revenue_minor", "points_issued", "points_expired", "liability_minor", "members_by_tier",
    "events_per_second", "verify", "redemption_rate", "discount_cost_minor", "cost_per_influenced_sale_minor",
}  # fmt: skip


@pytest.fixture
def chosen(demo_uri: str, tmp_path: Path) -> Settings:
    return Settings(database_url=SecretStr(demo_uri), data_dir=tmp_path)


@pytest.fixture
async def database(demo_uri: str) -> AsyncIterator[Database]:
    """The pool of the demo's own database, not of the one this worker's tests share."""
    opened = await Database.open(demo_uri, size=8)
    yield opened
    await opened.close()


async def test_the_demo_is_built_once_and_a_second_time_changes_nothing(
    chosen: Settings, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet = Console(stderr=True, quiet=True)
    summary, (key, password) = await command.build(chosen, quiet, as_json=True, most=BASKETS)

    assert summary.keys() >= PROMISED
    assert (summary["events"], summary["new_events"], summary["refused_events"]) == (BASKETS, BASKETS, 0)
    assert summary["verify"]["ok"], summary["verify"]
    assert summary["orders"] == BASKETS
    assert summary["revenue_minor"] == _paid()
    assert summary["members"] == sum(summary["members_by_tier"]["club"].values()) == 2_469
    assert summary["points_issued"] > 0
    assert summary["points_available"] + summary["points_pending"] <= summary["points_issued"]
    assert summary["liability_minor"] > 0
    assert summary["nights"] >= 5
    assert summary["coupons"]["told"] == summary["coupons"]["used"] + summary["coupons"]["refused"] > 0
    assert summary["discount_cost_minor"] > 0
    assert summary["influenced_sales_minor"] > 0
    assert {rule["rule"] for rule in summary["top_rules"]} >= {"purchases", "tier_points", "welcome"}
    assert summary["clock_offset_seconds"] > 0
    assert json.loads(json.dumps(summary)) == summary

    again, (same_key, same_password) = await command.build(chosen, Console(quiet=True), as_json=False, most=BASKETS)

    assert same_key == key
    assert password is not None
    assert same_password == password
    async with database.transaction() as tx:
        claimed = await sign_in.find_claimed(tx, command.OWNER)
    assert await staff.is_password(password, claimed.password_hash)
    assert (chosen.data_dir / command.OWNER_FILE).stat().st_mode & 0o077 == 0
    assert (chosen.data_dir / command.KEY_FILE).stat().st_mode & 0o077 == 0
    assert (again["new_events"], again["nights"], again["events_per_second"]) == (0, 0, None)
    changing = {"new_events", "nights", "seconds", "events_per_second"}
    assert {name: value for name, value in again.items() if name not in changing} == {
        name: value for name, value in summary.items() if name not in changing
    }
    show(Console(), again)
    shown = capsys.readouterr().out
    assert "the books add up" in shown
    assert f"{BASKETS:,}" in shown
    async with database.transaction() as tx:
        row = await (await tx.execute("SELECT count(*) FROM program WHERE slug = %s", [command.SLUG])).fetchone()
    assert row == (1,)


def _paid() -> int:
    """What the households paid, re-added from the events alone."""
    total = 0
    for number, raw in enumerate(journey.events()):
        if number == BASKETS:
            break
        total += sum(line["amount_minor"] - line["discount_minor"] for line in json.loads(raw)["order"]["lines"])
    return total
