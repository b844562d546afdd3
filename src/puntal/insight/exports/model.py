"""The nouns of exports. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.access.model import Permission

Kind = Literal["members", "orders", "transfers", "redemptions", "vouchers", "events", "audit"]
Format = Literal["csv", "xlsx"]
Language = Literal["en", "es"]
State = Literal["waiting", "running", "done", "failed", "cancelled", "expired"]
KEPT = timedelta(days=7)
"""How long a file is kept."""
LINK_LASTS = timedelta(hours=1)
"""How long a link works that needs no credentials."""
PERMISSIONS: dict[Kind, Permission] = {
    "members": Permission.MEMBERS_READ,
    "orders": Permission.EVENTS_READ,
    "transfers": Permission.MEMBERS_READ,
    "redemptions": Permission.MEMBERS_READ,
    "vouchers": Permission.VOUCHERS_READ,
    "events": Permission.EVENTS_READ,
    "audit": Permission.AUDIT_READ,
}
"""What it takes beside the right to reports."""


class Filters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which rows. Days are the program's, both included; members may be narrowed by the other four.

    Attributes:
        search: The beginning of each of these words is in the name.
        words: The language of a file for people; None is one for machines, in the fields of the API.
    """

    since: date | None = None
    through: date | None = None
    segment: str | None = None
    ladder: str | None = None
    tier: str | None = None
    search: str | None = None
    status: str | None = None
    words: Language | None = None


class Export(Struct, frozen=True, kw_only=True):
    """One export, as asked for and as far as it has got. `size` is in bytes; `rows_total` is None until done."""

    id: UUID
    kind: Kind
    format: Format
    filters: Filters
    state: State
    asked_by: str
    asked_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    rows_total: int | None = None
    rows_done: int = 0
    size: int = 0
    error: str | None = None
    secret: bytes | None = None

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.kind}-{self.asked_at.date()}.{self.format}"
