"""Members at the desk: their rows locked, their wallets and running state opened, and all of it written back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from psycopg import Rollback

from puntal.engine.model import Compiled, Running, State
from puntal.engine.redeeming import ready
from puntal.intake.operations import Programs
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.limits import operations as limits
from puntal.limits.model import Bound, BudgetKey
from puntal.members import operations as members
from puntal.members.model import Profile
from puntal.outbox.model import Happening
from puntal.points import operations as points
from puntal.points.model import Books, Cause, Hold, Share
from puntal.segments import operations as segments

_read = msgspec.json.Decoder(Running).decode
_write = msgspec.json.Encoder().encode
T = TypeVar("T")


class Missed(Exception):  # noqa: N818 - not an answer to anybody: run again
    """Room in a shared counter was taken by somebody else since it was looked at: roll back, lock it, decide again."""


async def again_if_missed(tx: Transaction, run: Callable[..., Coroutine[Any, Any, T]], *, dry_run: bool = False) -> T:
    """Run; when room in a counter was taken meanwhile, roll back to here and run once more with the counters locked."""
    for lock in (False, True):
        try:
            async with tx.transaction() as savepoint:
                made = await run(tx, lock=lock)
                if dry_run:
                    raise Rollback(savepoint)
        except Missed:
            continue
        return made
    raise AssertionError("a locked counter was missed")


class Desk:
    """One member of several who are locked. Her books are settled to `now`, and shared ones are her pool's."""

    def __init__(
        self, program: Compiled, profile: Profile, running: Running, own: Books, pool: Books | None, now: datetime
    ) -> None:
        self.program = program
        self.profile = profile
        self.running = running
        self.own = own
        self.pool = pool
        self.now = now
        self.all = ready(program, own, pool, now)
        """Hers and her pool's as one, for reading."""

    @property
    def today(self) -> date:
        """The program's local day."""
        return self.now.astimezone(self.program.zone).date()

    def payer(self, wallet: int) -> Books:
        """Return the books in which a wallet of hers lives."""
        return self.pool if self.pool is not None and wallet in self.program.sharing else self.own

    def of(self, holder: UUID | None) -> Books:
        """Return the books of a holder; the member's own for any that is not her pool."""
        return self.pool if self.pool is not None and holder == self.pool.holder_id else self.own


class Desks:
    """Everybody who is locked in one transaction, and what is written of them at its end."""

    def __init__(self, program: Compiled, rows: Mapping[UUID, Holder], now: datetime) -> None:
        self.program = program
        self.now = now
        self.rows = rows
        self.books: dict[UUID, Books] = {id: points.books_of(row, len(program.terms)) for id, row in rows.items()}
        self.holds: dict[UUID, Hold] = {}
        self.paid: Mapping[UUID, Sequence[Share]] = {}
        """Of spends that were asked for: the lots that paid, in spending order."""
        self._members: dict[UUID, Desk] = {}
        self._asked: dict[UUID, UUID] = {}

    def __getitem__(self, asked: UUID) -> Desk:
        return self._members[self._asked[asked]]

    def seat(self, asked: UUID, profile: Profile, pool: UUID | None) -> None:
        """Open the desk of a member, who was asked for by this or an earlier id."""
        self._asked[asked] = profile.id
        if profile.id not in self._members:
            running = _read(self.rows[profile.id].running)
            shared = None if pool is None else self.books[pool]
            self._members[profile.id] = Desk(self.program, profile, running, self.books[profile.id], shared, self.now)

    async def write(
        self,
        tx: Transaction,
        *,
        amounts: Mapping[BudgetKey, int],
        bounds: Mapping[BudgetKey, Bound],
        known: Collection[BudgetKey],
    ) -> list[Happening]:
        """Write wallets, running states and, last, shared counters; returns the alerts of budgets.

        Raises:
            Missed: A counter has no room any more: roll back to before the desks were opened.
        """
        program_id = self.program.program_id
        rows = []
        for id, books in self.books.items():
            desk = self._members.get(id)
            running = self.rows[id].running if desk is None else _write(desk.running)
            rows.append(points.holder_of(books, running))
        transfers = [transfer for books in self.books.values() for transfer in books.transfers]
        await ledger.write(tx, program_id, holders=rows, transfers=transfers)
        await points.record(tx, program_id, self.books.values())
        alerts = await limits.use(tx, program_id, amounts, bounds, known)
        if alerts is None:
            raise Missed
        return limits.told(alerts, at=self.now, recorded_at=self.now)


async def open_desks(  # noqa: PLR0913 - whom, and what of theirs
    tx: Transaction,
    program: Compiled,
    members_asked: Collection[UUID],
    *,
    wallet: str | None = None,
    purses: Collection[tuple[UUID, UUID]] | None = None,
    holds: Collection[UUID] = (),
    spends: Collection[UUID] = (),
    lots: Collection[UUID] = (),
    now: datetime,
) -> Desks:
    """Lock members, and their pools where they share wallets, and open their books.

    Args:
        wallet: The one they are about to spend from.
        purses: Where it is known, of each member whose row paid, hers or her pool's: what ends asks no more than that.
        holds: Holds to open with the books.
        spends: Transfers whose lots are wanted: they are opened too, ended or not.
        lots: Lots that are wanted, ended or not.

    Raises:
        UnknownMember: Nobody here has one of the ids.
        MemberNotActive: One was erased.
        MinorSpends: The wallet is the pool's, and she is no adult of it.
    """
    asked = sorted(set(members_asked))
    if purses is None:
        found = await _lock(tx, program, asked, wallet=wallet, now=now)
    else:
        found = {member: (member, None) for member in asked}
        found |= {member: (member, holder) for member, holder in purses if holder != member}
    holders = {holder for pair in found.values() for holder in pair if holder is not None}
    rows = await ledger.open_and_lock(tx, program.program_id, holders, now=now)
    desks = Desks(program, rows, now)
    profiles = await members.load(tx, program.program_id, {member for member, _ in found.values()})
    opened = await points.find_holds(tx, program.program_id, holds)
    if spends:
        desks.paid = await points.paid_by(tx, program.program_id, holders=holders, spends=spends)
    wanted = {lot for each in opened.values() for held in each for lot, _ in held.lots}
    wanted |= {lot for shares in desks.paid.values() for lot, _ in shares} | set(lots)
    await points.load_lots(tx, program.program_id, desks.books, now=now, lots=wanted, cards=program.stamps)
    for one, (member, pool) in found.items():
        desks.seat(one, profiles[member], pool)
    for holder, each in opened.items():
        for held in each:
            desks.holds[held.id] = held
            if holder in desks.books:
                desks.books[holder].holds[held.id] = held
    return desks


async def _lock(
    tx: Transaction, program: Compiled, asked: Sequence[UUID], *, wallet: str | None, now: datetime
) -> dict[UUID, tuple[UUID, UUID | None]]:
    """Lock members and their pools; return who each is by now, and her pool. What she had before comes along."""
    shared = next((terms.id for terms in program.terms if terms.shared), None)
    pays_shared = wallet is not None and program.terms[program.wallets[wallet]].shared
    named = wallet if pays_shared and wallet is not None else shared or program.terms[0].id
    purses = await points.lock_purses(
        tx,
        program.program_id,
        program.terms,
        [(member, named) for member in asked],
        now=now,
        active=False,
        spender=asked[0] if pays_shared and len(asked) == 1 else None,
    )
    return {
        one: (purse.holder_id, None) if purse.earner_id is None else (purse.earner_id, purse.holder_id)
        for one, purse in zip(asked, purses, strict=True)
    }


async def state_of(
    tx: Transaction, programs: Programs, desk: Desk, budgets: Collection[BudgetKey], *, lock: bool
) -> tuple[State, frozenset[BudgetKey]]:
    """Return everything a decision about a member's rewards may read, and which counters exist."""
    program = desk.program
    metrics: dict[str, int] = {}
    lists: frozenset[str] = frozenset()
    if program.metrics or program.lists:
        found = await segments.load_facts(
            tx, program.program_id, [desk.profile.id], reads=program.metrics, lists=program.lists, today=desk.today
        )
        metrics, lists = dict(found[desk.profile.id].metrics), found[desk.profile.id].lists
    used = await limits.load(tx, program.program_id, budgets, lock=lock)
    state = State(
        profile=desk.profile,
        books=desk.all,
        running=desk.running,
        today=desk.today,
        metrics=metrics,
        lists=lists,
        budgets=used,
        switches=programs.switches,
    )
    return state, frozenset(used)


def cause_of(redemption: UUID, reward: str, revision: int, order_key: str | None = None) -> Cause:
    """Return what a transfer of a redemption says of why."""
    return Cause(order_key=order_key, revision=revision, note={"redemption": str(redemption), "reward": reward})
