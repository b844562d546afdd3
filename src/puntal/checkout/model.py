"""The nouns of asking: a cart as a shop describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from puntal.intake.model import SaidOrder
from puntal.members.model import Ids


class Pick(Struct, frozen=True):
    """A reward the member picked. `points` says for paying with points how many, instead of portions."""

    reward: str
    portions: int | None = None
    points: int | None = None
    wallet: str | None = None
    session: str | None = None


class Question(Struct, frozen=True):
    """What a shop asks of a cart. Points by wallet id, in smallest units."""

    order: SaidOrder
    member: Ids | None = None
    channel: str | None = None
    store: str | None = None
    source: str = "api"
    context: Mapping[str, Any] = {}
    picks: tuple[Pick, ...] = ()
    codes: tuple[str, ...] = ()
    offers: Mapping[str, int] = {}
    money: Mapping[str, int | None] = {}
    """By money wallet, in minor units; None: as much as possible."""
