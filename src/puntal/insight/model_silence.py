"""The nouns of silence: customers who bought and have not come back for longer than is usual for them.

Nobody says that she leaves a shop. A member is *silent* at the end of a day when her last purchase is longer ago than
her patience: some times the median of the days between her own purchases, where there are two such gaps at least;
else twice the program's median. Purchases of one day count once, those from before joining not at all.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from puntal.insight.model_kpis import Share, Span


class SilentCohort(Struct, frozen=True):
    """Members who joined in a month, at the end of each month since; the first is that of joining.

    Attributes:
        customers: Who had bought by then.
        silent: Who of them was silent then.
    """

    month: date
    members: int
    customers: list[int]
    silent: list[int]


class Silence(Struct, frozen=True):
    """Who fell silent.

    Attributes:
        times: How often her usual gap a member's silence may last.
        usual_days: The program's median gap; None: nobody bought twice yet, so nobody can be silent.
        active_at_start: Members who had bought before the period and were not silent as it began.
        lost: Who of these was silent at its end.
        ends: The last day of each month of the chart; the last is today's or the period's.
    """

    span: Span
    times: int
    usual_days: int | None
    active_at_start: int
    lost: int
    ends: list[date]
    cohorts: list[SilentCohort]

    @property
    def churn_rate(self) -> Share:
        """Members active at the start and silent at the end, by members active at the start."""
        return Share(self.lost, self.active_at_start)


class SilentRow(Struct, frozen=True):
    """A silent member, or one who was asked about beside them.

    Attributes:
        purchases: Days on which she bought.
        usual_days: The median of her gaps; None: she has too few.
        patience_days: How long her silence might have lasted; None: nobody bought twice yet.
    """

    member_id: UUID
    last_purchase: date
    purchases: int
    usual_days: int | None
    patience_days: int | None
    silent_days: int
