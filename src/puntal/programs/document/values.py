"""The small texts a document is made of: spans, money, percentages, local days, names in languages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    model_validator,
)

from puntal.kit.money import minor

Unit = Literal["minutes", "hours", "days", "weeks", "months", "years"]


T = TypeVar("T")


def each_of(written: T | tuple[T, ...] | None) -> tuple[T, ...]:
    """Return what may be written once, several times or not at all."""
    if written is None:
        return ()
    return written if isinstance(written, tuple) else (written,)


class Section(BaseModel):
    """One part of the document: immutable, and every unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True)


def _exact(value: object) -> object:
    # A binary float has already lost the digits that were written.
    if isinstance(value, (bool, float)):
        raise ValueError("write the number as text or load the document with exact decimals")
    return value


Number = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", max_length=80)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", max_length=253)]
"""Of e-mail addresses, with everything below it."""
Condition = dict[str, Any]
"""The short form or JSONLogic; `rules` reads it."""


class Span(RootModel[Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,4} (minute|hour|day|week|month|year)s?$")]]):
    """A length of time as people write it: `14 days`, `12 months`."""

    model_config = ConfigDict(frozen=True)

    @property
    def count(self) -> int:
        """How many of `unit`."""
        return int(self.root.split()[0])

    @property
    def unit(self) -> Unit:
        """Always the plural name."""
        return self.root.split()[1].rstrip("s") + "s"  # type: ignore[return-value] # the pattern allows no other


class MoneyText(RootModel[Annotated[str, StringConstraints(pattern=r"^\d{1,12}(\.\d{1,4})? [A-Z]{3}$")]]):
    """Money in major units with its currency: `19.99 EUR`."""

    model_config = ConfigDict(frozen=True)

    @property
    def amount(self) -> Decimal:
        """In major units."""
        return Decimal(self.root.split()[0])

    @property
    def minor(self) -> int:
        """In minor units."""
        return minor(self.amount, self.currency)

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.root.split()[1]


class Percent(RootModel[Annotated[str, StringConstraints(pattern=r"^\d{1,3}(\.\d{1,4})?%$")]]):
    """A share: `85%`."""

    model_config = ConfigDict(frozen=True)

    @property
    def fraction(self) -> Fraction:
        """`85%` is 17/20."""
        return Fraction(self.root[:-1]) / 100

    def of(self, whole: int) -> int:
        """Return the least whole number that is at least this share of another: when a share of a budget is used up."""
        return -(-whole * self.fraction.numerator // self.fraction.denominator)


def _written_as_text(value: object) -> object:
    # Otherwise a number would be read as seconds since 1970.
    if isinstance(value, (bool, int, float, Decimal)):
        raise ValueError("write a day as 2026-03-01 or a time as 2026-03-01T17:00")
    return value


LocalDay = Annotated[date | datetime, BeforeValidator(_written_as_text)]
"""A day of the program's zone, or a wall-clock time in it; written bounds are inclusive."""


class Plural(Section):
    """A word for one and for several."""

    one: str
    other: str


Text = str | dict[Locale, str | Plural]
"""What people read: one text for all, or one per language."""


class People(Section):
    """Who is meant: in any of these segments and in none of those; both empty means everyone."""

    any: tuple[Identifier, ...] = ()
    none: tuple[Identifier, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _everyone(cls, value: object) -> object:
        return {} if value == "everyone" else value
