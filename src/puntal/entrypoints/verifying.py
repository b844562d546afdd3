"""`puntal verify`: re-adding the books of a program, every slice its own.

In full it reads all there ever was. After each night it reads what was recorded since the last closed day, and what is
open now: what was altered before that day is found in full only.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from puntal.activity import queries as activity
from puntal.entrypoints.programs import Loaded, Programs
from puntal.insight.queries import rollup_checks as figures
from puntal.intake import queries as intake
from puntal.kit import clock
from puntal.kit.calendar import midnight
from puntal.kit.db import Database, Transaction
from puntal.ledger import operations as closing
from puntal.ledger import queries as ledger
from puntal.ledger.model import Disagreement
from puntal.limits import queries as limits
from puntal.members import queries as members
from puntal.nightly import operations as nightly
from puntal.orders import queries as orders
from puntal.orders.model import Use
from puntal.payments import queries as payments
from puntal.points import queries as points
from puntal.programs.errors import NotPublished
from puntal.rewards.queries import cards, redemptions, vouchers
from puntal.tiers import queries as tiers

OPEN_FOR = timedelta(minutes=10)
"""Longer than any transaction is open that records something: a day is closed no sooner after its end."""
_STEP = "books"
_MOST_LOGGED = 20
_EVENTS = "events."
_log = structlog.get_logger(__name__)

Check = Callable[[Transaction, int], Awaitable[Sequence[Disagreement]]]
CHECKS: dict[str, Check] = {
    "balances": ledger.disagreeing_balances,
    "lots": points.disagreements,
    "payments": payments.disagreements,
    "members": members.dangling,
    "events": intake.disagreements,
    "orders": orders.disagreements,
    "tiers": tiers.untold,
    "redemptions": redemptions.disagreements,
    "vouchers": vouchers.disagreements,
    "gift_cards": cards.disagreements,
}
"""Name to what returns the places where two sides differ; none is right."""
RECENT_CHECKS: dict[str, Check] = {
    "balances": ledger.disagreeing_since_checkpoint,
    "lots": points.disagreements_now,
    "tiers": tiers.untold,
}
"""Those of every night: their work grows with the members and the day, not with the past."""


async def _totals(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    return await activity.disagreeing_totals(tx, program.program_id, currency=program.newest.currency)


async def _activity(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    newest = program.newest
    return await activity.disagreements(
        tx,
        program.program_id,
        # Its own: what another revision reads may be in the middle of being counted.
        sorted({(read.metric, read.key) for read in newest.metrics if not read.metric.startswith(_EVENTS)}),
        sorted({read.metric.removeprefix(_EVENTS) for read in newest.metrics if read.metric.startswith(_EVENTS)}),
        currency=newest.currency,
        earns_on=newest.earns_on,
        zone=newest.zone.key,
    )


async def _limits(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    budgets = {compiled.revision: compiled.budgets for compiled in program.revisions}

    async def redeemed(after: UUID, through: UUID) -> Sequence[tuple[UUID, Sequence[Use]]]:
        return await redemptions.uses(tx, program.program_id, after=after, through=through)

    zone = program.newest.zone.key
    return await limits.disagreements(tx, program.program_id, budgets, zone=zone, redeemed=redeemed)


async def _figures(tx: Transaction, program: Loaded) -> Sequence[Disagreement]:
    return await figures.disagreements(tx, program.newest)


PROGRAM_CHECKS: dict[str, Callable[[Transaction, Loaded], Awaitable[Sequence[Disagreement]]]] = {
    "totals": _totals,
    "activity": _activity,
    "limits": _limits,
    "figures": _figures,
}
"""Those that need to know what the program says; a program never published has nothing to check."""


async def verify(database: Database, program_id: int, *, recent: bool = False) -> dict[str, list[Disagreement]]:
    """Run every check on one program in one snapshot of it and return what disagrees, by check.

    Args:
        database: Of the program.
        program_id: Its number.
        recent: Only from the last closed day, and what is open now; where none is closed, from the beginning.
    """
    async with _reading(database, program_id) as tx:
        checks = RECENT_CHECKS if recent else CHECKS
        wrong = {name: list(await check(tx, program_id)) for name, check in checks.items()}
        if recent:
            return wrong
        try:
            program = await Programs().current(tx, program_id)
        except NotPublished:
            return wrong
        return wrong | {name: list(await check(tx, program)) for name, check in PROGRAM_CHECKS.items()}


async def close_books(
    database: Database, programs: Programs, program_id: int, *, now: datetime
) -> dict[str, list[Disagreement]]:
    """Close the last day that is surely over, check the books from there, and note in the log what was found.

    Where balances disagree the closed days are forgotten: the next night adds up all transfers, so an error is told of
    until it is gone, and a closing that was itself wrong is told of once.

    Args:
        database: Of the program.
        programs: Those of this process.
        program_id: Its number.
        now: The program's time; its nights have run.
    """
    async with database.program_transaction(program_id) as tx:
        await tx.execute("SET LOCAL statement_timeout = 0")
        zone = (await programs.current(tx, program_id)).newest.zone
        night, _, _ = await nightly.state(tx, program_id)
        if night is None:
            return {}
        # Nights record at their own midnight, however late they run: only what is before the last one is complete.
        end = night if now - midnight(zone, night) >= OPEN_FOR else night - timedelta(days=1)
        day = end - timedelta(days=1)
        accounts = await closing.close_day(tx, program_id, day=day, recorded_to=midnight(zone, end))
    found = await verify(database, program_id, recent=True)
    wrong = {name: len(each) for name, each in found.items() if each}
    async with database.program_transaction(program_id) as tx:
        await nightly.finish(tx, program_id, night, _STEP, {"wrong": sum(wrong.values())}, clock.now())
        if found["balances"]:
            await closing.reopen_days(tx, program_id)
    if wrong:
        places = [str(each) for one in found.values() for each in one][:_MOST_LOGGED]
        _log.error("books.disagree", program_id=program_id, night=str(night), wrong=wrong, places=places)
    else:
        _log.info("books.agree", program_id=program_id, night=str(night), closed=str(day), accounts=accounts)
    return found


@asynccontextmanager
async def _reading(database: Database, program_id: int) -> AsyncGenerator[Transaction]:
    async with database.program_transaction(program_id) as tx:
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        await tx.execute("SET LOCAL statement_timeout = 0")
        # Slices are cut to fit: their sorts and hashes need no disk.
        await tx.execute("SET LOCAL work_mem = '64MB'")
        yield tx
