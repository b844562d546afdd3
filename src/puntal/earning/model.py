"""Compiled rules: everything parsed, rates as integer fractions, conditions as positions in one set."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

from puntal.earning.schedule import Schedule
from puntal.points.model import Ending, Starting
from puntal.rules.formula import Formula

Mode = Literal["fixed", "money", "item", "line", "formula"]
Rounding = Literal["floor", "half_up", "ceil"]
BaseName = Literal["order.net", "order.subtotal", "order.net_cash", "order.total"]


class Rate(Struct, frozen=True):
    """Wallet units per unit of the base: `num / den`."""

    num: int
    den: int


class Award(Struct, frozen=True):
    """One award of a rule. `rates` has one entry per tier rank of the rule's ladder (one if there is none)."""

    key: str
    """`<rule>` or `<rule>#<n>`: names the carried remainder."""
    wallet: int
    mode: Mode
    rates: tuple[Rate, ...]
    of: BaseName = "order.net"
    rounding: Rounding = "floor"
    each_line: bool = False
    full_minor: int = 0
    """With complete amounts only: how much money is one of them."""
    carry: bool = False
    formula: Formula | None = None
    fallback: int = 0
    expiry: Ending | None = None
    available: Starting | None = None
    spendable: bool = True


class Branch(Struct, frozen=True):
    """Awards given when the condition at this position holds; None: otherwise."""

    condition: int | None
    awards: tuple[Award, ...]


class Multiplier(Struct, frozen=True):
    """Pays `extra` (times minus one) of the covered line points."""

    extra: Rate
    rules: frozenset[str] | None
    wallets: frozenset[int]
    only_lines: int | None


class Rule(Struct, frozen=True):
    """A compiled earning rule. Positions point into the trigger's condition set."""

    index: int
    id: str
    on: str
    condition: int | None
    any_of: tuple[tuple[int, ...], ...]
    """Each group (the rule's, its campaign's): at least one of these conditions holds."""
    none_of: tuple[int, ...]
    only_lines: int | None
    except_lines: int | None
    schedule: Schedule | None
    awards: tuple[Award, ...]
    branches: tuple[Branch, ...]
    multiplier: Multiplier | None
    ladder: int | None
    group: str | None
    exclusive: bool
    priority: int
    keep: bool
    campaign: str | None
    holdout: int
    """Of ten thousand members, how many are kept out."""
    gift_cards: bool
    """Lines that are gift cards earn too, because `only_lines` names them."""


class Given(Struct, gc=False):
    """What a rule gives before it is credited: points over lines, after truncation by `cuts`."""

    rule: Rule
    wallet: int
    points: int
    lines: list[int]
    kind: Literal["base", "bonus", "fixed", "other"]
    base: int
    """Minor units (or items, lines) it was computed on."""
    award: Award | None = None
    carry: tuple[int, int] | None = None
    """The remainder to keep for the next order, as a fraction of a unit."""
    cut_by: str | None = None
    uncut: int = 0


class Moment(Struct, frozen=True):
    """When an event happened, as rules see it."""

    at: datetime
    day: date
