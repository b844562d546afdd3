"""One thing that happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, field


def matches(pattern: str, kind: str) -> bool:
    """Tell whether a kind is asked for: `*` is all, `member.*` all below, else the same words."""
    if pattern == "*":
        return True
    if pattern.endswith(".*"):
        return kind.startswith(pattern[:-1])
    return pattern == kind


class Happening(Struct, frozen=True, kw_only=True):
    """What a row of the outbox says.

    Attributes:
        id: Chosen by the writer: new, or derived from the cause so that a second writing is none.
        kind: Past and dotted: `member.enrolled`.
        payload: JSON values; what a subscriber gets beside the columns.
    """

    id: UUID
    kind: str
    effective_at: datetime
    recorded_at: datetime
    member_id: UUID | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
