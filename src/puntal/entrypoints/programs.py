"""The compiled programs of this process: parsed once per revision, checked against the database by every batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from puntal.engine.compile import compile as compile_program
from puntal.engine.model import Compiled, Switches
from puntal.intake.model import Kinds
from puntal.kit.db import Transaction
from puntal.members.operations import Membership
from puntal.programs import operations as programs
from puntal.programs.model import Head, Published, Start, number_at
from puntal.segments import operations as segments
from puntal.webhooks import operations as webhooks


class Loaded:
    """One program as it stands: its newest revision and those that older events ask for."""

    def __init__(self, published: Published, newest: Compiled, older: Mapping[int, Compiled], listened: Kinds) -> None:
        self.program_id = published.program_id
        self.slug = published.slug
        self.newest = newest
        self.switches = _switches(published)
        self.listened = listened
        self.dynamic_segments = any(s.when is not None for s in newest.document.segments.values())
        self.clock_offset = published.clock_offset
        self.head = Head(
            revision=published.number,
            switch_version=published.switch_version,
            clock_offset=published.clock_offset,
        )
        self.wallet_ids = tuple(terms.id for terms in newest.terms)
        """By ordinal."""
        self.begun = False
        """Whether this process has told the program of an event."""
        self._starts: Sequence[Start] = published.starts
        self._older = dict(older)
        self._older[newest.revision] = newest

    @property
    def revisions(self) -> Collection[Compiled]:
        """Every revision that decides events of some time."""
        return self._older.values()

    @cached_property
    def membership(self) -> Membership:
        """What the newest revision says about members, and who may join."""
        document = self.newest.document
        people = document.joining.restricted
        if people is None:
            return Membership.of(document)
        asked = segments.read_segments(document, self.newest.wallets)

        async def may_join(tx: Transaction, members: Collection[UUID], now: datetime) -> set[UUID]:
            return await segments.meant(tx, self.program_id, asked, people, members, now=now)

        return Membership.of(document, may_join=may_join)

    def at(self, instant: datetime) -> Compiled:
        """Return the revision in force at an instant; before the first one's start, the newest."""
        if len(self._starts) <= 1:
            return self.newest
        number = number_at(self._starts, instant)
        return self.newest if number is None else self._older[number]


class Programs:
    """A cache by program id. The head read in each batch's transaction says whether it is still right."""

    def __init__(self) -> None:
        self._loaded: dict[int, Loaded] = {}
        self._compiled: dict[tuple[int, int], Compiled] = {}

    async def current(self, tx: Transaction, program_id: int) -> Loaded:
        """Return the program as it stands in this transaction; compiles what is new.

        Raises:
            ProgramNotFound: There is no such program.
            NotPublished: It has no revision yet.
        """
        head = await programs.head(tx, program_id)
        known = self._loaded.get(program_id)
        if known is not None and known.head == head:
            return known
        published = await programs.load_published(tx, program_id)
        newest = self._compile(published)
        older = {}
        for start in published.starts:
            if start.number != published.number:
                older[start.number] = await self.numbered(tx, program_id, start.number)
        loaded = Loaded(published, newest, older, await webhooks.wanted_kinds(tx, program_id))
        self._loaded[program_id] = loaded
        return loaded

    async def numbered(self, tx: Transaction, program_id: int, number: int) -> Compiled:
        """Return one revision of a program.

        Raises:
            RevisionNotFound: It has none of this number.
        """
        key = (program_id, number)
        if key not in self._compiled:
            self._compile(await programs.load_published(tx, program_id, number=number))
        return self._compiled[key]

    def known(self, program_id: int) -> Loaded | None:
        """Return the program as last read, without looking."""
        return self._loaded.get(program_id)

    def forget(self, program_id: int) -> None:
        """Read the program anew next time, as after a notification."""
        self._loaded.pop(program_id, None)

    def _compile(self, published: Published) -> Compiled:
        key = (published.program_id, published.number)
        if key not in self._compiled:
            self._compiled[key] = compile_program(
                published.document,
                program_id=published.program_id,
                revision=published.number,
                ordinals=published.wallets,
            )
        return self._compiled[key]


def _switches(published: Published) -> Switches:
    def targets(kind: str) -> frozenset[str]:
        return frozenset(switch.target_id for switch in published.switches if switch.target_kind == kind)

    return Switches(
        program=bool(targets("program")),
        wallets=targets("wallet"),
        campaigns=targets("campaign"),
        rules=targets("rule"),
        channels=targets("channel"),
        integrations=targets("integration"),
        rewards=targets("reward"),
    )
