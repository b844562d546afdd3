"""Nouns of published programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from puntal.programs.document.program import Program

SwitchTarget = Literal["program", "wallet", "campaign", "rule", "reward", "channel", "integration"]
SwitchMode = Literal["stop_new", "stop_and_void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRow:
    """A program as the organization sees it, without its document.

    Attributes:
        revision: Newest published revision; 0 before the first.
        draft_version: Grows with every saved draft; the ETag of the draft.
        clock_offset: The program's clock is the real one minus this.
        first_event_at: Fixes the time zone once set.
    """

    id: int
    organization_id: UUID
    slug: str
    created_at: datetime
    revision: int
    switch_version: int
    clock_offset: timedelta
    draft_version: int
    first_event_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The document being edited, as plain data; it may have faults."""

    document: dict[str, object]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One immutable version of a program document, without the document itself."""

    program_id: int
    number: int
    digest: str
    published_at: datetime
    published_by: str
    effective_from: datetime
    note: str
    simulation_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The answer to publishing.

    Attributes:
        created: False when the newest revision already said the same: nothing was written.
        superseded: Revisions that were still to come and now never will.
        taking_effect: It will be published, under this number, once the daily figures it reads have been counted.
    """

    revision: Revision
    created: bool
    superseded: tuple[int, ...] = ()
    taking_effect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the hot path asks first: is the compiled program it holds still the right one."""

    revision: int
    switch_version: int
    clock_offset: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredWallet:
    """A wallet that some revision had; `ordinal` counts from 0 and is its place in the balance arrays."""

    ordinal: int
    id: str
    kind: str
    scale: int
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitch:
    """Something that is switched off, until lifted."""

    id: UUID
    target_kind: SwitchTarget
    target_id: str
    mode: SwitchMode
    reason: str
    set_at: datetime
    set_by: str
    lifted_at: datetime | None = None
    lifted_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """From when a revision holds."""

    effective_from: datetime
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A revision with everything that compiling it needs.

    Attributes:
        wallets: Ordinal by wallet id, also of wallets that only older revisions have.
        switches: Those in force, none lifted.
        starts: Of all revisions, by number; `number_at` reads it.
    """

    program_id: int
    slug: str
    number: int
    document: Program
    effective_from: datetime
    wallets: Mapping[str, int]
    switches: Sequence[KillSwitch]
    switch_version: int
    clock_offset: timedelta
    starts: Sequence[Start]


def number_at(starts: Sequence[Start], instant: datetime) -> int | None:
    """Return the revision in force at an instant; None before the first one's start."""
    return max((start.number for start in starts if start.effective_from <= instant), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What members still have and the registry remembers, so that a new document cannot lose it.

    Attributes:
        registered: Every wallet any revision ever had.
        wallets: Ids of wallets in which someone has a balance.
        tiers: (ladder, tier) pairs someone is in.
        rewards: Ids of rewards somebody is redeeming or still has a right to.
        zone_fixed: The program had its first event.
    """

    registered: Sequence[RegisteredWallet] = ()
    wallets: frozenset[str] = frozenset()
    tiers: frozenset[tuple[str, str]] = frozenset()
    rewards: frozenset[str] = frozenset()
    zone_fixed: bool = False


NOTHING_HELD = Held()
