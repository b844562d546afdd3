"""The nouns of simulations. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct, field

from puntal.insight.simulation.dated import Dated

State = Literal["waiting", "running", "done", "failed", "cancelled"]
OVER: frozenset[State] = frozenset({"done", "failed", "cancelled"})
LEAST_DAYS, USUAL_DAYS, MOST_DAYS = 1, 30, 365


class Simulation(Struct, frozen=True, kw_only=True):
    """One simulation, as asked for and as far as it has got.

    Attributes:
        revision: The live one that the draft is compared with.
        since: First local day, `through` the last.
        events_total: Of the period; None until they were counted.
        result: As `outcome.told` wrote it.
        published_as: The revision that named it.
        dated: What the draft changes on days that are not looked at, unless it was moved into them.
    """

    id: UUID
    state: State
    revision: int
    digest: str
    days: int
    since: date
    through: date
    note: str
    asked_by: str
    asked_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    events_total: int | None = None
    events_done: int = 0
    error: str | None = None
    result: dict[str, Any] | None = None
    dated: tuple[Dated, ...] = ()
    published_as: int | None = None


class Ask(Struct, frozen=True, kw_only=True):
    """What a process that works on a part of a simulation is told.

    Attributes:
        run: Which run of the job it belongs to: one that was overtaken stops.
        now: By the program's clock; the period ends here.
        part: Of `parts`, by the last byte of members' ids.
        unbounded: Take shared budgets as untouched at every event, and tell what was used of them.
    """

    uri: str
    program_id: int
    simulation_id: UUID
    run: int
    since: date
    now: datetime
    part: int
    parts: int
    portion: int
    unbounded: bool = False


class Side(Struct):
    """A number under the live program and under the draft."""

    live: int = 0
    draft: int = 0


class Reasoned(Struct, frozen=True):
    """A reason of a decision."""

    rule: str
    code: str
    points: int
    wallet: str | None
    by: str | None = None


class Moment(Struct, frozen=True):
    """The event that made the largest difference to somebody."""

    id: str
    type: str
    occurred_at: datetime
    live: list[Reasoned]
    draft: list[Reasoned]


class Example(Struct, frozen=True):
    """A member who would be better or worse off.

    Attributes:
        worth: Expected cost of the difference, in minor units of the program's currency, rounded half up.
        units: The difference in smallest units over all wallets, which orders what is worth nothing.
        points: By wallet: earned less taken back.
        tiers: By ladder, at the end.
        rules: Rule to wallet to what it gave, where that differs.
    """

    member_id: UUID
    worth: int
    units: int
    points: dict[str, Side]
    tiers: dict[str, tuple[str | None, str | None]]
    rules: dict[str, dict[str, Side]]
    moment: Moment | None = None


class Given(Struct):
    """What a rule gave in a wallet, and how often."""

    points: Side = field(default_factory=Side)
    times: Side = field(default_factory=Side)


class Wallet(Struct):
    """One wallet's sums over members.

    Attributes:
        earned: Awarded in the period; `taken` is what was taken back of awards.
        closing: Available and pending, less debt, at the end.
        books_earned: What the books have: by the revisions and switches of then.
    """

    earned: Side = field(default_factory=Side)
    taken: Side = field(default_factory=Side)
    closing: Side = field(default_factory=Side)
    books_earned: int = 0
    books_taken: int = 0
    redemptions: int = 0
    unaffordable: Side = field(default_factory=Side)
    unaffordable_units: Side = field(default_factory=Side)


class Part(Struct):
    """What a part of the members adds to the result; parts add up.

    Attributes:
        tiers: Ladder to tier under the live program to tier under the draft to members, where they differ.
        used: Of shared budgets, however much came back: side, measure, first day of the period and budget to how much.
    """

    members: int = 0
    differing: int = 0
    events: int = 0
    decisions: int = 0
    unreadable: int = 0
    wallets: dict[str, Wallet] = field(default_factory=dict)
    rules: dict[str, dict[str, Given]] = field(default_factory=dict)
    rewards: dict[str, Side] = field(default_factory=dict)
    tiers: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    winners: list[Example] = field(default_factory=list)
    losers: list[Example] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
