"""The nouns of periodic reports. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.insight.model import BurnDown
from puntal.insight.model_breakdowns import RewardRank, TierStand
from puntal.insight.model_home import Advice, Every, Progress, SeriesPoint
from puntal.insight.model_kpis import Figure, Span
from puntal.points.model import LiabilityLine

Cycle = Literal["week", "month", "quarter"]
Format = Literal["pdf", "csv", "xlsx"]
State = Literal["waiting", "done", "failed"]
Language = Literal["en", "es"]
CYCLES: tuple[Cycle, ...] = ("week", "month", "quarter")
FORMATS: tuple[Format, ...] = ("pdf", "csv", "xlsx")
KEPT = timedelta(days=400)
"""How long files are kept: a year, and the weeks in which it is looked back at."""


class Schedule(Struct, frozen=True):
    """That reports are made of every week, month or quarter.

    Attributes:
        since: Periods that end on this day or later are reported of.
    """

    every: Cycle
    language: Language
    since: date
    set_at: datetime
    set_by: str


class Report(Struct, frozen=True, kw_only=True):
    """One report, as asked for and as far as it has got.

    Attributes:
        formats: Which files there are. They stay until those made anew are there.
    """

    id: UUID
    every: Cycle
    since: date
    through: date
    language: Language
    state: State
    asked_by: str
    asked_at: datetime
    made_at: datetime | None = None
    expires_at: datetime | None = None
    secret: bytes | None = None
    error: str | None = None
    formats: tuple[Format, ...] = ()

    def name(self, slug: str, format: Format) -> str:
        """Return what a file of it is called."""
        return f"{slug}-{self.every}-{self.since}.{format}"


class Named(Struct, frozen=True, kw_only=True):
    """What the parts of a program are called in the language of a report, by their ids."""

    program: str
    wallets: Mapping[str, str]
    rewards: Mapping[str, str]
    rules: Mapping[str, str]
    campaigns: Mapping[str, str]
    tiers: Mapping[tuple[str, str], str]

    def budget(self, key: str) -> str:
        """Return what a budget is called, by its key."""
        kind, _, rest = key.partition(":")
        # Of a reward's stock the key ends with what of it is counted.
        id = rest.partition(":")[0]
        by = {"campaign": self.campaigns, "reward": self.rewards, "rule": self.rules}.get(kind, {})
        return by.get(id, id) if id else self.program

    def rule(self, id: str) -> str:
        """Return what a rule is called; gifts of tiers are given by rules that stand in no list."""
        kind, *rest = id.split(":")
        if kind == "gift" and len(rest) > 1 and (rest[0], rest[1]) in self.tiers:
            return self.tiers[rest[0], rest[1]]
        return self.rules.get(id, id)


class RuleGave(Struct, frozen=True):
    """What a rule gave in the period, net of reversals."""

    rule: str
    wallet: str
    awards: int
    units: int


class Published(Struct, frozen=True):
    """A revision that took effect in the period."""

    number: int
    on: date
    note: str


class Shown(Struct, frozen=True):
    """A key figure beside that of the period before."""

    figure: Figure
    previous: Figure | None


class Content(Struct, frozen=True, kw_only=True):
    """All that a report tells.

    Attributes:
        zone: The program's, by name.
        made_on: The program's local day; the liability and budgets are of then.
        money: Wallets that keep money, whose units are minor units.
        changes: What the revisions of the period changed, in words, all of them together.
        more_changes: How many more there were than are told.
    """

    program: str
    every: Cycle
    language: Language
    span: Span
    before: Span
    zone: str
    currency: str
    made_on: date
    names: Named
    money: frozenset[str]
    figures: list[Shown]
    steps: Every
    series: list[SeriesPoint]
    goals: list[Progress]
    budgets: list[BurnDown]
    rules: list[RuleGave]
    rewards: list[RewardRank]
    tiers: list[TierStand]
    liability: list[LiabilityLine]
    advice: list[Advice]
    published: list[Published]
    changes: list[str]
    more_changes: int
