"""The compiled programs of this process: parsed once per revision, checked against the database by every batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from msgspec import structs

from puntal.engine.compile import compile as compile_program
from puntal.engine.model import Compiled, Switches
from puntal.intake.model import Kinds
from puntal.kit import clock
from puntal.kit.db import Transaction
from puntal.members.operations import Membership
from puntal.programs import operations as programs
from puntal.programs import preparing
from puntal.programs.document.program import Program
from puntal.programs.model import Head, Published, Start, number_at
from puntal.segments import operations as segments
from puntal.webhooks import operations as webhooks

_A_DAY = timedelta(days=1)


class Loaded:
    """One program as it stands: its newest revision and those that older events ask for."""

    def __init__(
        self,
        published: Published,
        newest: Compiled,
        older: Mapping[int, Compiled],
        listened: Kinds,
        counting: Collection[Compiled] = (),
    ) -> None:
        """Load a program.

        Args:
            published: Its newest revision.
            newest: The same, compiled.
            older: Those that older events ask for, by number.
            listened: Kinds of outbox rows somebody waits for.
            counting: For whom every revision counts beside itself: late events ask older ones, another waits.
        """
        self.program_id = published.program_id
        self.slug = published.slug
        self.newest = counting_for(newest, counting)
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
        self._older = {number: counting_for(each, (newest, *counting)) for number, each in older.items()}
        self._older[newest.revision] = self.newest

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
        counting = [older[number] for number in _within_reach(published, newest) if number in older]
        waiting = await preparing.find(tx, program_id)
        program = None if waiting is None else programs.check_words(waiting.document)[0]
        if program is not None:
            counting.append(compiled_as_if(published, program))
        loaded = Loaded(published, newest, older, await webhooks.wanted_kinds(tx, program_id), counting)
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


def compiled_as_if(published: Published, program: Program) -> Compiled:
    """Return a document compiled as the next revision would be."""
    new = [id for id in program.wallets if id not in published.wallets]
    first = max(published.wallets.values(), default=-1) + 1
    ordinals = {**published.wallets, **{id: first + n for n, id in enumerate(new)}}
    return compile_program(program, program_id=published.program_id, revision=published.number + 1, ordinals=ordinals)


def counting_for(compiled: Compiled, others: Collection[Compiled]) -> Compiled:
    """Return a revision that counts the daily figures that others read, too."""
    if all({*other.counted} <= {*compiled.counted} and other.counted_events <= compiled.counted_events
           for other in others):  # fmt: skip
        return compiled
    each = (compiled, *others)
    return structs.replace(
        compiled,
        counted=tuple(sorted({kind for one in each for kind in one.counted})),
        line_keys=tuple(sorted({key for one in each for key in one.line_keys})),
        counted_events=frozenset().union(*(one.counted_events for one in each)),
    )


def _within_reach(published: Published, newest: Compiled) -> list[int]:
    """Return the revisions that an event may still ask for, as late as events may be."""
    since = clock.now() - published.clock_offset - newest.late - _A_DAY
    starts = sorted(published.starts, key=lambda start: start.number)
    ends = [min((later.effective_from for later in starts[n + 1 :]), default=None) for n in range(len(starts))]
    return [start.number for start, end in zip(starts, ends, strict=True) if end is None or end > since]


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
