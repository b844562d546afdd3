"""What is known of a customer when a cart is asked about: read without locks, in one set of statements.

Nothing is held, so an evaluation never waits for an order and no order waits for it. What it answers is true at that
moment; holding a reward looks again, under the lock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from puntal.engine.bounding import counters
from puntal.engine.cart import settled
from puntal.engine.model import Compiled, Running, State, Switches
from puntal.kit.calendar import local_day
from puntal.kit.db import Transaction
from puntal.kit.ids import family
from puntal.kit.pipelining import together
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.limits import operations as limits
from puntal.limits.model import BudgetKey
from puntal.members import operations as members
from puntal.members import queries as people
from puntal.members.model import Ids, Match, Profile
from puntal.points import operations as points
from puntal.points.model import Books
from puntal.segments import operations as segments

Standing = Literal["member", "guest", "unknown", "anonymous"]
NOBODY = UUID(int=0)
_running = msgspec.json.Decoder(Running).decode


class Customer(Struct, frozen=True):
    """Who is at the checkout, and everything a decision about her may read."""

    standing: Standing
    member_id: UUID | None
    state: State
    same_person: UUID | None = None
    """Another member that one of the identities belongs to."""
    minor: bool = False
    """Of her pool's money she spends nothing."""


async def read_customer(
    tx: Transaction,
    program: Compiled,
    switches: Switches,
    ask: Ids | None,
    *,
    now: datetime,
    budgets: Collection[BudgetKey] | None = None,
) -> Customer:
    """Return who an ask means and all that is known of her; a few statements, most of them in two round trips.

    Args:
        tx: An open transaction on the program.
        program: What decides.
        switches: What is off.
        ask: As the caller named her; None: nobody was named.
        now: On the program's clock.
        budgets: The shared counters to read; None: all of the program's, in today's periods.

    Raises:
        NotValid: The ask holds what cannot be an identity.
    """
    keys = counters_of(program, local_day(program.zone, now)) if budgets is None else budgets
    counted = limits.load(tx, program.program_id, keys, lock=False)
    if ask is None:
        return Customer("anonymous", None, nobody(program, switches, await counted, now=now))
    found, used = await together(tx, _resolve(tx, program, ask), counted)
    if found.member_id is None:
        return Customer("unknown", None, nobody(program, switches, used, now=now), found.conflict)
    known = await _load(tx, program, found.member_id, today=local_day(program.zone, now))
    if known is None:
        return Customer("unknown", None, nobody(program, switches, used, now=now), found.conflict)
    profile = known.profile
    state = await _state(tx, program, switches, known, used, now=now)
    # What is due at this moment has happened, whether or not it is written.
    return Customer(
        "guest" if profile.status == "guest" else "member",
        profile.id,
        settled(program, state, now),
        found.conflict,
        minor=await _minor(tx, program, profile),
    )


class _Known(Struct, frozen=True):
    """What is read of a member in one round trip."""

    profile: Profile
    rows: Mapping[UUID, Holder]
    metrics: Mapping[str, int] = {}
    lists: frozenset[str] = frozenset()


async def _resolve(tx: Transaction, program: Compiled, ask: Ids) -> Match:
    match = program.document.joining.match
    (found,) = await members.resolve(tx, program.program_id, [ask], match, region=program.region)
    return found


async def _load(tx: Transaction, program: Compiled, id: UUID, *, today: date) -> _Known | None:
    program_id = program.program_id
    of_member, of_holder = members.load(tx, program_id, [id]), ledger.read_holders(tx, program_id, [id])
    if not program.metrics and not program.lists:
        profiles, rows = await together(tx, of_member, of_holder)
        return _Known(profiles[id], rows) if id in profiles else None
    facts_of = segments.load_facts(tx, program_id, [id], reads=program.metrics, lists=program.lists, today=today)
    profiles, rows, facts = await together(tx, of_member, of_holder, facts_of)
    return _Known(profiles[id], rows, facts[id].metrics, facts[id].lists) if id in profiles else None


async def _minor(tx: Transaction, program: Compiled, profile: Profile) -> bool:
    """Tell whether a member shares money with a pool of which she is no adult."""
    if profile.pool_id is None or not any(terms.shared and terms.kind == "money" for terms in program.terms):
        return False
    _, adult = (await people.pools_of(tx, program.program_id, [profile.id])).get(profile.id, (None, True))
    return not adult


def counters_of(program: Compiled, day: date) -> set[BudgetKey]:
    """Return the shared counters of rules and rewards on a local day."""
    rewards = [reward.budgets for reward in program.rewards.values()]
    sessions = [[session.places] for reward in program.rewards.values() for session in reward.sessions]
    return counters([*program.budgets.values(), *rewards, *sessions], [day])


def nobody(program: Compiled, switches: Switches, budgets: Mapping[BudgetKey, int], *, now: datetime) -> State:
    """Return the state of somebody of whom nothing is known."""
    profile = Profile(id=NOBODY, status="guest", created_at=now, updated_at=now)
    books = Books.opened(NOBODY, len(program.terms), now, family("cart", now))
    return State(
        profile=profile,
        books=books,
        running=Running(),
        today=local_day(program.zone, now),
        budgets=budgets,
        switches=switches,
        known=False,
    )


async def _state(
    tx: Transaction,
    program: Compiled,
    switches: Switches,
    known: _Known,
    budgets: Mapping[BudgetKey, int],
    *,
    now: datetime,
) -> State:
    program_id, profile, rows = program.program_id, known.profile, known.rows
    id = profile.id
    pool = profile.pool_id if program.sharing else None
    if pool is not None:
        rows = {**rows, **await ledger.read_holders(tx, program_id, [pool])}
    if id in rows:
        books, running = points.books_of(rows[id], len(program.terms)), _running(rows[id].running)
    else:
        books, running = Books.opened(id, len(program.terms), now, family(str(id), now)), Running()
    pools = None
    if pool is not None and pool in rows:
        pools = points.Pools(program.terms, {id: pool}, {pool: rows[pool]})
    whole = {id: books} if pools is None else {id: books, **pools.books}
    due = any(each.due_at is not None and each.due_at <= now for each in whole.values())
    if due or pools is not None or program.stamps or program.fading:
        await points.load_lots(tx, program_id, whole, now=now, cards=program.stamps)
    if pools is not None:
        books = pools.together(id, books, now)
    books.next_id = family(f"cart:{id}", now)
    return State(
        profile=profile,
        books=books,
        running=running,
        today=local_day(program.zone, now),
        metrics=dict(known.metrics),
        lists=known.lists,
        budgets=budgets,
        switches=switches,
    )
