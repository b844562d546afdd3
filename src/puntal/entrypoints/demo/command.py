"""`puntal demo`: a supermarket's program with a real year of purchases, replayed through intake, then served."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from puntal.access.operations import keys, organization, staff
from puntal.access.queries import sign_in
from puntal.entrypoints.demo import coupons, journey, serving, shopping, tables
from puntal.entrypoints.demo.summary import show
from puntal.entrypoints.opened import opened
from puntal.entrypoints.programs import Programs
from puntal.entrypoints.replay import Progress as Done
from puntal.entrypoints.replay import Replay
from puntal.entrypoints.verifying import verify
from puntal.insight import queries as insight
from puntal.insight.model import Incentives, Overview
from puntal.kit import clock, garbage, ids, logging
from puntal.kit.db import Database, ProgramId, Transaction
from puntal.kit.settings import Settings, settings
from puntal.members.model import Ids, NewMember
from puntal.members.operations.bulk import import_many
from puntal.programs import operations as programs_operations
from puntal.programs import queries as programs_queries
from puntal.programs import templates

SLUG = "journey"
ORGANIZATION = "Complete Journey"
BEGINNING = datetime(2017, 1, 1, 5, tzinfo=UTC)
"""New Year of 2017 where the shop is; the households are members from then."""
KEY_FILE = "demo-key"
OWNER_FILE = "demo-owner"
OWNER = "owner@demo.example"
"""Where the owner of the demo signs in."""
_PASSWORD_BYTES = 12


class Opened(NamedTuple):
    """What opens the demo: a key, and the password of `OWNER`, None where it is somebody's own."""

    key: str
    password: str | None


def demo_settings() -> Settings:
    """Return the settings with a data folder of the demo's own beside the usual one."""
    chosen = settings()
    if chosen.database_url is not None or "data_dir" in chosen.model_fields_set:
        return chosen
    return chosen.model_copy(update={"data_dir": chosen.data_dir.with_name(f"{chosen.data_dir.name}-demo")})


async def build(
    chosen: Settings, console: Console, *, as_json: bool, most: int | None = None
) -> tuple[dict[str, Any], Opened]:
    """Make the demo, as far as it is not there yet; return its summary and what opens it.

    Args:
        chosen: The settings of the deployment.
        console: Where people follow what is done.
        as_json: Nobody does; the summary is printed as it is.
        most: Only so many baskets, from the beginning of the year.
    """
    async with opened(chosen, size=4) as database:
        key, program_id = await _program(database, chosen)
        password = await _owner(database, chosen.data_dir / OWNER_FILE)
        programs = Programs()
        await _members(database, programs, program_id)
        started = time.perf_counter()
        done = await _replay(database, programs, program_id, console, quiet=as_json, most=most)
        seconds = time.perf_counter() - started
        fresh = done.events - done.replayed
        if not as_json:
            console.print("Re-adding the books ...")
        wrong = await verify(database, program_id)
        overview, led, used, offset = await _figures(database, programs, program_id)
    told = 0 if done.last is None else coupons.told_by(done.last.astimezone(tables.zone()).date())
    summary = overview.as_json() | {
        "redemption_rate": led.redemption_rate("points"),
        "influenced_orders": led.influenced_orders,
        "influenced_sales_minor": led.influenced_sales_minor,
        "discount_cost_minor": led.discount_minor,
        "cost_per_influenced_sale_minor": led.cost_per_influenced_order_minor,
        "coupons": {"told": told, "used": used, "refused": told - used},
        "clock_offset_seconds": offset,
        "nights": done.nights,
        "new_events": fresh,
        "refused_events": len(done.refused),
        "seconds": round(seconds, 1),
        "events_per_second": round(fresh / seconds) if fresh else None,
        "verify": {name: len(found) for name, found in wrong.items()} | {"ok": not any(wrong.values())},
    }
    return summary, Opened(key=key, password=password)


async def _program(database: Database, chosen: Settings) -> tuple[str, ProgramId]:
    now = clock.now()
    async with database.transaction() as tx:
        known = await programs_queries.find_by_slug(tx, SLUG)
        owner = await organization.ensure_organization(tx, ORGANIZATION, now=now)
        program_id = known.id if known is not None else await _publish(tx, owner.id, now)
        key = await _key(tx, owner.id, ProgramId(program_id), chosen.data_dir / KEY_FILE, now)
    return key, ProgramId(program_id)


async def _owner(database: Database, file: Path) -> str | None:
    """Return the password of the demo's owner, made the first time; None where it is somebody's own by now.

    It is kept beside the data, readable by its owner alone. An installation that has an owner gets no other one: a
    password in a file would be a second door.
    """
    kept = await asyncio.to_thread(_read, file)
    async with database.transaction() as tx:
        own = await organization.ensure_organization(tx, ORGANIZATION, now=clock.now())
        await organization.mark_demo(tx, own.id)
        if kept is None:
            fresh = secrets.token_urlsafe(_PASSWORD_BYTES)
            made = await staff.ensure_owner(tx, email=OWNER, name="Demo", password=fresh, now=clock.now())
            if made is None:
                return None
            await asyncio.to_thread(_keep, file, fresh)
            return fresh
        claimed = await sign_in.find_claimed(tx, OWNER)
    return kept if await staff.is_password(kept, claimed.password_hash) else None


async def _publish(tx: Transaction, owner: Any, now: datetime) -> int:  # noqa: ANN401 - an organization id
    document = templates.load_template("supermarket", currency="USD", timezone="America/New_York", name="Journey Club")
    for name, more in shopping.additions().items():
        written = document.get(name)
        if isinstance(more, list):
            document[name] = [*(written or ()), *more]
        else:
            document[name] = {**(written or {}), **more}
    program_id = await programs_operations.create_program(
        tx, organization_id=owner, slug=SLUG, document=document, now=now
    )
    await programs_operations.publish(tx, program_id, document, by="demo", now=now, effective_from=BEGINNING)
    return program_id


async def _key(tx: Transaction, owner: Any, program_id: ProgramId, file: Path, now: datetime) -> str:  # noqa: ANN401 - an organization id
    """Return the key of the demo; it is kept beside the data, readable by its owner alone."""
    kept = await asyncio.to_thread(_read, file)
    if kept is not None:
        return kept
    made = await keys.create_first_key(tx, owner, name="demo", now=now, program_id=program_id)
    await asyncio.to_thread(_keep, file, made.token)
    return made.token


def _read(file: Path) -> str | None:
    return file.read_text().strip() if file.exists() else None


def _keep(file: Path, token: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(token)


async def _members(database: Database, programs: Programs, program_id: int) -> None:
    async with database.program_transaction(program_id) as tx:
        loaded = await programs.current(tx, program_id)
        people = [
            # Ids of their own cards: control groups are drawn by them, and every demo is to come out the same.
            NewMember(
                ids=Ids(id=ids.derived(household.card, SLUG), card=household.card),
                attributes=dict(household.attributes),
                enrolled_at=BEGINNING,
            )
            for household in journey.members()
        ]
        await import_many(tx, program_id, people, membership=loaded.membership, now=BEGINNING)


async def _replay(
    database: Database, programs: Programs, program_id: int, console: Console, *, quiet: bool, most: int | None
) -> Done:
    garbage.settle()
    evenings = shopping.Evenings(database, programs, program_id, SLUG)
    replay = Replay(database, programs, program_id, evening=evenings)
    events = islice(journey.events(), most)
    if quiet:
        return await replay.run(events)
    with Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
    ) as bar:
        task = bar.add_task("Replaying 2017", total=journey.BASKETS if most is None else most, rate="")
        return await replay.run(events, report=_reporter(bar, task))


def _reporter(bar: Progress, task: Any) -> Callable[[Done], None]:  # noqa: ANN401 - rich's id
    started = time.perf_counter()

    def report(done: Done) -> None:
        rate = done.events / max(time.perf_counter() - started, 0.001)
        day = "" if done.last is None else f"{done.last:%d %b}"
        bar.update(task, completed=done.events, rate=f"{rate:,.0f}/s  {day}")

    return report


async def _figures(database: Database, programs: Programs, program_id: int) -> tuple[Overview, Incentives, int, int]:
    """Return the program at a glance, what led to orders, coupons used, and the seconds its clock is behind."""
    async with database.program_transaction(program_id) as tx:
        loaded = await programs.current(tx, program_id)
        now = clock.now() - loaded.clock_offset
        overview = await insight.overview(tx, loaded.newest, as_of=now)
        led = await insight.incentives(tx, loaded.newest)
        used = await shopping.coupons_used(tx, program_id)
        return overview, led, used, int(loaded.clock_offset.total_seconds())


def run(*, serve: bool, as_json: bool) -> int:
    """Do the whole demo; returns the exit code: 1 when the books disagree."""
    chosen = demo_settings()
    logging.configure(chosen.model_copy(update={"log_level": "warning"}))
    console = Console(stderr=as_json)
    summary, opens = asyncio.run(build(chosen, console, as_json=as_json))
    if as_json:
        print(json.dumps(summary))  # noqa: T201 - the promised output
    else:
        show(console, summary)
    if not summary["verify"]["ok"]:
        return 1
    if serve:
        from puntal.entrypoints import running  # noqa: PLC0415 - the server's imports are not needed before

        def ready(_address: str, _token: str | None) -> None:
            now = clock.now() - timedelta(seconds=summary["clock_offset_seconds"])
            serving.show(console, chosen, SLUG, opens.key, now)
            serving.show_owner(console, chosen, OWNER, opens.password)

        # What to try stays readable: its processes speak of trouble only.
        os.environ.setdefault("PUNTAL_LOG_LEVEL", "warning")
        running.up(chosen, ready=ready)
    return 0
