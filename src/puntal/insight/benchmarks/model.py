"""The nouns of benchmarks. Pure."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.insight.model_kpis import Figure

Better = Literal["higher", "lower"]
Verdict = Literal["better", "worse", "same"]


class Wanted(Struct, frozen=True, kw_only=True):
    """A benchmark as somebody wants it.

    Attributes:
        value: In the figure's unit: money in minor units, a rate of 1 is 100 %.
        label: Whose it is: a sector, a country, a size. A figure has one of each label.
        sample_size: How many shops or people it was computed from, where that is known.
        definition: How its source counts, where that differs from our formula.
    """

    metric: str
    wallet: str | None = None
    value: Fraction
    label: str
    source: str
    year: int
    sample_size: int | None = None
    definition: str = ""


class Benchmark(Wanted, frozen=True, kw_only=True):
    """A benchmark that is kept."""

    id: UUID
    changed_at: datetime
    changed_by: str


class Worth(Struct, frozen=True):
    """What closing a gap is worth over the days compared.

    Attributes:
        sales_minor: More sales, rounded half up.
        orders: More orders; None where it is not more orders that make them.
    """

    sales_minor: int
    orders: Fraction | None


class Compared(Struct, frozen=True, kw_only=True):
    """A benchmark beside our figure.

    Attributes:
        ours: None where there is nothing to divide by, or the program has no such figure any more.
        gap: Ours less theirs, in the figure's unit.
        gap_share: The gap by theirs; None where theirs is nothing.
        verdict: By the direction of the figure; None where more is neither good nor bad.
        worth: None where we are not behind, or no formula is honest.
    """

    benchmark: Benchmark
    figure: Figure | None
    better: Better | None
    gap: Fraction | None
    gap_share: Fraction | None
    verdict: Verdict | None
    worth: Worth | None

    @property
    def ours(self) -> Fraction | None:
        """Our figure."""
        value = None if self.figure is None else self.figure.value
        return None if value is None else Fraction(value)
