"""The nouns of conditions: types, scopes, fields, metrics."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]
Logic = Mapping[str, "Json"]
"""A condition in the strict JSONLogic dialect, amounts in the smallest unit."""

FactValue = None | bool | int | str | Sequence[str] | Sequence[Mapping[str, "FactValue"]]
Facts = Mapping[str, FactValue]
"""Flat: field name to value; `lines` holds one mapping per line, keyed by the name after `line.`."""

Labels = Mapping[str, str]
"""Locale to text; at least `en`."""

LINES = "lines"


class Type(enum.StrEnum):
    """What a field holds, and so which questions it can be asked."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    FLAG = "flag"
    DATE = "date"
    CHOICE = "choice"
    LIST = "list"


class Scope(enum.StrEnum):
    """Whose field it is: the first word of its name."""

    MEMBER = "member"
    ORDER = "order"
    LINE = "line"
    EVENT = "event"
    CONTEXT = "context"


class Operator(enum.StrEnum):
    """The questions, in the words of the short form."""

    IS = "is"
    IS_NOT = "is_not"
    IN = "in"
    NOT_IN = "not_in"
    OVER = "over"
    AT_LEAST = "at_least"
    UNDER = "under"
    AT_MOST = "at_most"
    BETWEEN = "between"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    CONTAINS = "contains"
    EXISTS = "exists"


_EQUALITY = (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN)
_ORDER = (Operator.OVER, Operator.AT_LEAST, Operator.UNDER, Operator.AT_MOST, Operator.BETWEEN)
_ORDERED = (*_EQUALITY, *_ORDER, Operator.EXISTS)
OPERATORS: Mapping[Type, tuple[Operator, ...]] = {
    Type.TEXT: (
        *_EQUALITY,
        Operator.STARTS_WITH,
        Operator.ENDS_WITH,
        Operator.CONTAINS,
        Operator.EXISTS,
    ),
    Type.NUMBER: _ORDERED,
    Type.MONEY: _ORDERED,
    Type.DATE: _ORDERED,
    Type.FLAG: (Operator.IS, Operator.IS_NOT, Operator.EXISTS),
    Type.CHOICE: (*_EQUALITY, Operator.EXISTS),
    Type.LIST: (Operator.CONTAINS, Operator.EXISTS),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of program-local days relative to today.

    Attributes:
        name: As in field names, for example `last_30_days` or `last_calendar_year`.
        days: Only for `last_N_days`: N, today included.
    """

    name: str
    days: int = 0


@dataclass(frozen=True, slots=True)
class MetricRead:
    """What must be summed from the table `activity` to know a field.

    Attributes:
        name: The field, and so the key of the fact.
        metric: Column `metric` of the rows: `spend`, `orders`, `items` or `events.<type>`.
        key: Column `key`: empty for all, else `<dimension>:<value>`, for example `category:dairy`.
        column: Which column is summed: `amount` or `count`.
        window: Which days count.
    """

    name: str
    metric: str
    key: str
    column: str
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A typed field that the program document declares.

    Attributes:
        scale: Only for numbers: how many decimals are kept; facts and attributes hold the number times 10^scale.
        choices: Only for choices: the allowed values.
    """

    type: Type
    labels: Labels = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    scale: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletField:
    """What conditions need to know of a wallet.

    Attributes:
        ordinal: Position in the balance arrays of `holder`, from 0.
        kind: points, qualifying, money or stamps.
        currency: Only for money wallets.
        shared: The members of a pool have one of it together.
    """

    ordinal: int
    kind: str = "points"
    scale: int = 0
    currency: str | None = None
    labels: Labels = field(default_factory=dict)
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing a condition can ask about.

    Attributes:
        sql: Over the aliases `m` (member) and `h` (holder, may be missing), with `%(today)s` and
            `%(today_month_day)s`; None when sets of members cannot be asked about it, or when `metric` says how.
        empty: The fact of a member of whom nothing is known yet: 0 for what is counted, None for what is unknown.
        metric: Set when the value is a windowed sum.
        currency: Only for money.
        scale: The fact is the written number times 10^scale.
        territory: The values are ISO country codes, shown by name.
        named: What some values are called, where the value itself is an id.
        summed: Of a windowed sum: the labels without the window.
        subject: The label with its article, as a sentence begins with it; the label in quotes where there is none.
        plural: The subject is.
        one: Of what is counted: the label of a single one.
        elapsed: It counts the days that have passed since something.
        answers: Of a flag: the whole sentence when it is set, and when it is not.
        calendar: The numbers are months, or days of the week from Monday as 1.
    """

    name: str
    type: Type
    scope: Scope
    labels: Labels
    sql: str | None = None
    example: str = ""
    choices: tuple[str, ...] = ()
    empty: FactValue = None
    metric: MetricRead | None = None
    currency: str | None = None
    scale: int = 0
    territory: bool = False
    named: Mapping[str, Labels] = field(default_factory=dict)
    summed: Labels = field(default_factory=dict)
    subject: Labels = field(default_factory=dict)
    plural: bool = False
    one: Labels = field(default_factory=dict)
    elapsed: bool = False
    answers: Mapping[bool, Labels] = field(default_factory=dict)
    calendar: Literal["month", "weekday"] | None = None

    @property
    def operators(self) -> tuple[Operator, ...]:
        """What it can be asked."""
        return OPERATORS[self.type]

    def label(self, locale: str) -> str:
        """Return the label for `locale`, falling back to its language, English, then the name."""
        return _in(self.labels, locale) or self.name

    def summed_label(self, locale: str) -> str | None:
        """Return what a windowed sum counts, without its window; None for other fields."""
        return _in(self.summed, locale)

    def subject_of(self, locale: str) -> str:
        """Return how a sentence of conditions begins that is about it."""
        opening, closing = "«»" if locale[:2] == "es" else "“”"
        return _in(self.subject, locale) or f"{opening}{self.label(locale)}{closing}"

    def counted(self, number: int, locale: str) -> str | None:
        """Return the word for so many of what is counted; None where nothing is."""
        one = _in(self.one, locale)
        return one if one is None or number == 1 else self.label(locale)

    def answer(self, *, yes: bool, locale: str) -> str | None:
        """Return the sentence for a flag that is set or not; None where none is written."""
        return _in(self.answers.get(yes, {}), locale)

    def name_of(self, value: str, locale: str) -> str:
        """Return what a value is called in `locale`; the value itself where nothing is said."""
        return _in(self.named.get(value, {}), locale) or value


def _in(labels: Labels, locale: str) -> str | None:
    language = locale.replace("-", "_").split("_", maxsplit=1)[0]
    return labels.get(locale) or labels.get(language) or labels.get("en")
