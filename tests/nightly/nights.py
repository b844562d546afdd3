"""A program with something for every step of a night, and looking at what nights leave behind."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from telling import MADRID, POINTS, Teller

from puntal.entrypoints.nights import run_due
from puntal.kit.db import Transaction

PROGRAM: dict[str, Any] = {
    "puntal": 1,
    "name": "Aurora",
    "timezone": "Europe/Madrid",
    "currency": "EUR",
    "policies": {"reminders": ["30 days", "7 days"]},
    "joining": {"unknown_customer": "guest", "claim_within": "30 days"},
    "wallets": {
        "points": {
            "kind": "points",
            "worth": "0.01 EUR",
            "available": {"after": "14 days"},
            "expiry": {"after": "2 months"},
        },
        "status": {"kind": "qualifying"},
    },
    "ladders": [
        {
            "id": "club",
            "measure": {"earned": "status"},
            "window": "calendar_year",
            "keep": "end_of_period",
            "downgrade": {"to": "one_below", "grace": "30 days", "notice": "45 days"},
            "tiers": [{"id": "base"}, {"id": "silver", "from": 300}, {"id": "gold", "from": 1000}],
        }
    ],
    "earning": [
        {"id": "purchases", "on": "purchase", "award": POINTS},
        {"id": "tier_points", "on": "purchase", "award": {"wallet": "status", "points": 1, "per": "1.00 EUR"}},
        {"id": "birthday", "on": "member.birthday",
         "award": {"wallet": "points", "points": 100, "available": {}}},
        {"id": "anniversary", "on": "member.anniversary",
         "award": {"wallet": "points", "points": 30, "available": {}}},
    ],
}  # fmt: skip


async def nights(story: Teller, now: datetime | None = None) -> dict[str, int]:
    """Run what is due; what did nothing is left out."""
    done = await run_due(story.database, story.app.state.programs, story.program_id, now or story.clock.at)
    return {step: count for step, count in done.items() if count}


async def rows(story: Teller, select: str) -> list[tuple[Any, ...]]:
    """What a query of the program's tables finds; `%(id)s` is the program."""
    async with story.database.program_transaction(story.program_id) as tx:
        return await selected(tx, select, story.program_id)


async def selected(tx: Transaction, select: str, program_id: int) -> list[tuple[Any, ...]]:
    found = await tx.execute(select.encode(), {"id": program_id})
    return list(await found.fetchall())


async def through(story: Teller) -> date | None:
    """The last night that was done."""
    ((day,),) = await rows(story, "SELECT nightly_through FROM program WHERE id = %(id)s")
    return day  # type: ignore[no-any-return] # of the driver


async def moves(story: Teller, kind: str) -> list[tuple[int, str]]:
    """Amount and instant of the transfers of one kind, in the order of time."""
    found = await rows(
        story,
        "SELECT amount, effective_at AT TIME ZONE 'Europe/Madrid' FROM transfer"
        f" WHERE program_id = %(id)s AND kind = '{kind}' ORDER BY effective_at, amount",
    )
    return [(row[0], f"{row[1]:%Y-%m-%d %H:%M}") for row in found]


def madrid_day(stamp: str) -> str:
    """The day in Madrid of an instant as the API writes it."""
    return datetime.fromisoformat(stamp).astimezone(MADRID).date().isoformat()


async def quietly(story: Teller, when: str) -> None:
    """Let time pass without a night."""
    await story.at(when, nights=False)


async def skip(story: Teller, day: str) -> None:
    """Let months pass in which nothing is due, their nights taken as done."""
    async with story.database.owner_transaction() as tx:
        await tx.execute("UPDATE program SET nightly_through = %s WHERE id = %s", [day, story.program_id])
