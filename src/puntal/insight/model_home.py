"""The nouns of the home screen: series, goals, alerts, recommendations."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.insight.model_kpis import Figure, FigureUnit

Every = Literal["day", "week", "month"]
Direction = Literal["at_least", "at_most"]
Pace = Literal["not_begun", "begun", "ahead", "on_track", "behind", "reached", "missed"]
Growth = Literal["sum", "level", "rate"]
"""Whether a figure grows from nothing through a period, from what it was before, or goes up and down."""

Severity = Literal["info", "warning", "critical"]
Target = Literal[
    "approvals", "campaigns", "goals", "jobs", "members", "program", "rewards", "wallets", "webhooks", "operations"
]
"""The screen where something can be done about it."""

AlertKind = Literal[
    "budget_ending",
    "budget_used_up",
    "points_ending",
    "webhooks_parked",
    "jobs_failed",
    "approvals_waiting",
    "goal_behind",
    "goal_missed",
    "books_disagree",
]
AdviceKind = Literal[
    "remind_of_ending",
    "make_rewards_reachable",
    "retire_unused_rewards",
    "win_back_members",
    "invite_guests",
    "bring_buyers_back",
    "review_costly_incentive",
]


class WalletMoves(Struct, frozen=True):
    """What moved through one wallet, as in `Flow`."""

    wallet: str
    earned: int = 0
    spent: int = 0
    expired: int = 0


class SeriesPoint(Struct, frozen=True):
    """The additive figures of one day, week or month; the first and the last are cut to the period."""

    since: date
    through: date
    new_members: int
    orders: int
    sales_minor: int
    member_orders: int
    member_sales_minor: int
    wallets: list[WalletMoves]

    @property
    def guest_orders(self) -> int:
        """Purchases that no member made."""
        return self.orders - self.member_orders

    @property
    def guest_sales_minor(self) -> int:
        """What they brought."""
        return self.sales_minor - self.member_sales_minor


class Goal(Struct, frozen=True, kw_only=True):
    """What a figure is to be over some local days.

    Attributes:
        metric: The id of a figure.
        target: In the figure's unit; a rate of 1 is 100 %.
        told: Which alerts were sent: each is sent once.
    """

    id: UUID
    name: str
    metric: str
    wallet: str | None
    target: Fraction
    direction: Direction
    since: date
    through: date
    created_at: datetime
    created_by: str
    told: tuple[str, ...] = ()


class Progress(Struct, frozen=True, kw_only=True):
    """How far a goal is.

    Attributes:
        figure: From the first day to today, or to the last.
        value: The figure's; None: nothing to divide by yet, or it has not begun.
        expected: What it would be by the end of yesterday on a straight line; of rates the target.
        forecast: What it will be at the present pace; None for rates and before a whole day has passed.
        share: Of the way from where it began to the target, in percent, rounded down, 0 at least.
    """

    goal: Goal
    figure: Figure
    unit: FigureUnit
    value: Fraction | None
    expected: Fraction
    forecast: Fraction | None
    share: int
    pace: Pace
    days_left: int


class Alert(Struct, frozen=True, kw_only=True):
    """Something that wants looking at.

    Attributes:
        about: The name of the budget, wallet or goal; None where there is one of its kind.
        numbers: By name, for the sentences.
    """

    kind: AlertKind
    severity: Severity
    target: Target
    about: str | None = None
    numbers: dict[str, int | str]


class Advice(Struct, frozen=True, kw_only=True):
    """A recommendation with the numbers it was computed from."""

    kind: AdviceKind
    target: Target
    about: str | None = None
    numbers: dict[str, int | str]


class BudgetPoint(Struct, frozen=True):
    """How much of a budget was used by the end of a day, or so far today."""

    day: date
    used: int


class Waiting(Struct, frozen=True):
    """What waits for somebody, counted."""

    parked_webhooks: int
    failed_jobs: int
    approvals: int
    books_wrong: int
