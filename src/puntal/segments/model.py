"""The nouns of segments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from puntal.rules.catalogue import Catalogue
from puntal.rules.model import Logic

ENTERED, LEFT = "segment.entered", "segment.left"
"""Kinds of outbox rows; the payload names the segment."""


class Question(Struct, frozen=True):
    """What a dynamic segment asks.

    Attributes:
        logic: Checked, with the segments it is made of written out.
        digest: Of the logic; another digest is another question.
        statuses: Of the members who can be meant.
    """

    logic: Logic
    digest: str
    statuses: tuple[str, ...]


class Segments(Struct, frozen=True):
    """The segments of one program revision, ready to be asked of sets of members.

    Attributes:
        catalogue: As segments see it, with the wallets' places in the balance arrays.
        dynamic: By id.
        lists: Ids of those kept by hand.
    """

    zone: ZoneInfo
    catalogue: Catalogue
    dynamic: Mapping[str, Question]
    lists: frozenset[str]


class MemberFacts(Struct, frozen=True, gc=False):
    """What decisions read of a member beside her profile and books."""

    metrics: dict[str, int]
    """By field name, every one that was asked for."""
    lists: frozenset[str]
    """The lists kept by hand that she is on."""


class Evaluation(Struct, frozen=True):
    """What is remembered of a dynamic segment's last evaluation for everybody; None before the first."""

    digest: str
    evaluated_at: datetime | None


class Change(Struct, frozen=True):
    """A member who entered a segment, or left it."""

    segment: str
    member_id: UUID
    entered: bool


class Seen(Struct, frozen=True):
    """A member as a preview shows her."""

    id: UUID
    name: str | None
    status: str
    country: str | None


class Belonging(Struct, frozen=True):
    """A member of a segment, and since when."""

    member_id: UUID
    name: str | None
    entered_at: datetime
