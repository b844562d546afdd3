"""Wallets that pools share: whose rows they live in, while events are decided and when somebody asks for them.

A pool's holder row has its shared wallets and nothing else; its members' rows have all others. What a member had in a
shared wallet before she joined is brought into the pool with the first event or command after it, remembered as hers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.ledger import operations as ledger
from puntal.ledger.model import Holder
from puntal.members import operations as members
from puntal.members import queries as people
from puntal.points import policy, queries, store
from puntal.points.errors import MemberNotActive, MinorSpends
from puntal.points.model import Books, Terms, WalletView
from puntal.points.operations.access import check_verified, find_survivors, holders_of
from puntal.points.operations.books import books_of, holder_of, open_books, read_books
from puntal.points.operations.corrections import wallet_named


def shared_wallets(terms: Sequence[Terms]) -> frozenset[int]:
    """Return the ordinals of the wallets that the members of a pool have together."""
    return frozenset(each.ordinal for each in terms if each.shared)


class Pools:
    """The pools of some members while their events are decided: their rows are locked, their lots loaded.

    `together` gives a member's books to decide on, `part` takes back what was done, so that the next member of the
    pool finds it. Her own books are changed in place.
    """

    def __init__(self, terms: Sequence[Terms], pool_of: Mapping[UUID, UUID], rows: Mapping[UUID, Holder]) -> None:
        self.pool_of = pool_of
        self.books = {pool: books_of(rows[pool], len(terms)) for pool in set(pool_of.values())}
        self._terms = terms
        self._wallets = shared_wallets(terms)
        self._rows = rows
        self._own: dict[UUID, Books] = {}
        self._touched: set[UUID] = set()
        self._brought: list[dict[str, UUID]] = []

    def together(self, member: UUID, own: Books, now: datetime) -> Books:
        """Return the books of a member and of her pool as one; her own as they are while she has a hold from before."""
        self._own.pop(member, None)
        pool = self.pool_of[member]
        shared = self.books[pool]
        at = policy.settle_both(own, shared, self._terms, now)
        brought = policy.bring_in(own, shared, self._wallets, at)
        if brought is None:
            return own
        self._brought += [{"member": member, "pool": pool, "lot": lot} for lot in brought]
        self._own[member] = own
        return policy.together(own, shared, self._wallets)

    def part(self, member: UUID, worked: Books) -> Books:
        """Take back what `together` gave once it was worked on; returns what is the member's own of it."""
        own = self._own.pop(member, None)
        if own is None:
            return worked
        pool = self.pool_of[member]
        policy.part(worked, own, self.books[pool], self._wallets)
        self._touched.add(pool)
        return own

    def touch(self, pool: UUID) -> Books:
        """Return a pool's books to be changed outside `together`; they are written with the others."""
        self._touched.add(pool)
        return self.books[pool]

    async def hand_over(self, tx: Transaction, program_id: int) -> tuple[list[Books], list[Holder]]:
        """Re-point lots that were brought in; return the books and rows of pools that changed, to be written."""
        await store.write_rows(tx, store.POOL_LOTS, program_id, self._brought)
        changed = [self.books[pool] for pool in sorted(self._touched)]
        return changed, [holder_of(each, self._rows[each.holder_id].running) for each in changed]


class Purse(NamedTuple):
    """Where one wallet of a member lives, and who is remembered as the earner of what comes into it."""

    holder_id: UUID
    earner_id: UUID | None = None


async def lock_purses(
    tx: Transaction,
    program_id: int,
    terms: Sequence[Terms],
    asked: Sequence[tuple[UUID, str]],
    *,
    now: datetime,
    active: bool,
    spender: UUID | None = None,
) -> list[Purse]:
    """Return where the wallets (by id) of members live, with all their rows locked, in the order asked.

    Args:
        active: Only for members who may spend: neither paused, blocked, nor gone.
        spender: Which of the members asked for spends: of a pool's wallet only adults do.

    Raises:
        UnknownMember: Nobody here has one of the ids.
        UnknownWallet: The program has no such wallet.
        MemberNotActive: Not allowed in her state, or she was merged a moment ago.
        MinorSpends: She is in the pool, but no adult of it.
        Unverified: The spender has not verified what the program asks for.
    """
    found = await find_survivors(tx, program_id, [member for member, _ in asked])
    shared = [wallet_named(terms, wallet).shared for _, wallet in asked]
    before = await people.pools_of(tx, program_id, found) if any(shared) else {}
    await ledger.open_and_lock(tx, program_id, {*found, *(pool for pool, _ in before.values())}, now=now)
    # Whoever merges, pauses, blocks or parts a member holds her row too: from here on nothing changes.
    profiles = await members.load(tx, program_id, found)
    pools = await people.pools_of(tx, program_id, found) if any(shared) else {}
    purses = []
    for (asking, _), member, pooled in zip(asked, found, shared, strict=True):
        status = profiles[member].status
        if status in {"merged", "erased"} or (active and status != "active"):
            raise MemberNotActive(status=status)
        if asking == spender:
            check_verified(terms, profiles[member])
        if not pooled or member not in pools:
            purses.append(Purse(member))
            continue
        pool, adult = pools[member]
        if asking == spender and not adult:
            raise MinorSpends
        purses.append(Purse(pool, member))
    joined = {purse.earner_id: purse.holder_id for purse in purses if purse.earner_id is not None}
    if joined:
        await _bring_in(tx, program_id, terms, joined, now=now)
    return purses


async def _bring_in(
    tx: Transaction, program_id: int, terms: Sequence[Terms], joined: Mapping[UUID, UUID], *, now: datetime
) -> None:
    """Let what members had before they joined be their pools'; what is held follows when its hold has ended."""
    opened = await open_books(tx, program_id, terms, {*joined, *joined.values()}, now=now)
    wallets = shared_wallets(terms)
    moved = [
        {"member": member, "pool": pool, "lot": lot}
        for member, pool in joined.items()
        for lot in policy.bring_in(
            opened[member], opened[pool], wallets, policy.settle_both(opened[member], opened[pool], terms, now)
        )
        or ()
    ]
    if moved:
        await store.write_rows(tx, store.POOL_LOTS, program_id, moved)
        await opened.write(tx, program_id)


async def pool_of(tx: Transaction, program_id: int, terms: Sequence[Terms], member: UUID) -> UUID | None:
    """Return the pool in whose row a member's shared wallets live, if there are such wallets and such a pool."""
    if not shared_wallets(terms):
        return None
    found = (await people.pools_of(tx, program_id, [member])).get(member)
    return None if found is None else found[0]


async def readers_of(tx: Transaction, program_id: int, terms: Sequence[Terms], member_id: UUID) -> list[UUID]:
    """Return the holders whose transfers a member reads: her own, first, those merged into her, and her pool's.

    Raises:
        UnknownMember: Nobody here has that id.
    """
    own = await holders_of(tx, program_id, member_id)
    pool = await pool_of(tx, program_id, terms, own[0])
    return own if pool is None else [*own, pool]


async def wallets(
    tx: Transaction, program_id: int, terms: Sequence[Terms], member: UUID, *, now: datetime
) -> list[WalletView]:
    """Return a member's wallets as of `now`, shared ones with all that is in them; also of one who never had any."""
    return (await wallets_of(tx, program_id, terms, [member], now=now))[member]


async def wallets_of(
    tx: Transaction, program_id: int, terms: Sequence[Terms], members: Collection[UUID], *, now: datetime
) -> dict[UUID, list[WalletView]]:
    """Return the wallets of some members, each as `wallets` does; a few statements however many they are."""
    if not members:
        return {}
    joined: dict[UUID, UUID] = {}
    if shared_wallets(terms):
        joined = {id: pool for id, (pool, _) in (await people.pools_of(tx, program_id, members)).items()}
    holders = {*members, *joined.values()}
    found = await read_books(tx, program_id, terms, holders, now=now)
    for id in holders:
        found.setdefault(id, Books.opened(id, len(terms), now, ids.new_id))
    seen = {}
    for member in members:
        own = found[member]
        if member in joined:
            pool = found[joined[member]]
            at = policy.settle_both(own, pool, terms, now)
            if policy.bring_in(own, pool, shared_wallets(terms), at) is not None:
                own = policy.together(own, pool, shared_wallets(terms))
        seen[member] = queries.view(own, terms)
    return seen


async def balances(
    tx: Transaction, program_id: int, terms: Sequence[Terms], members: Collection[UUID], *, now: datetime
) -> dict[UUID, dict[str, int]]:
    """Return what some members see in each of their wallets, by wallet."""
    found = await wallets_of(tx, program_id, terms, members, now=now)
    return {member: {each.wallet: each.balance for each in views} for member, views in found.items()}


class _Totals(Struct, frozen=True):
    earned: dict[str, int] = {}


class _Running(Struct, frozen=True):
    totals: _Totals = _Totals()


async def ever_earned(tx: Transaction, program_id: int, member: UUID) -> dict[str, int]:
    """Return what rules ever gave a member, by wallet, net of what was taken back; what staff gave is not in it."""
    held = (await ledger.read_holders(tx, program_id, [member])).get(member)
    return {} if held is None else msgspec.json.decode(held.running, type=_Running).totals.earned
