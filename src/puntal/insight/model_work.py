"""Long work that somebody asked for, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from puntal.access.model import Permission
from puntal.access.model_notifications import KINDS as ROWS_OF

WorkKind = Literal["simulation", "export", "voucher_batch"]
WorkState = Literal["waiting", "running", "done", "failed", "cancelled"]
PERMISSIONS: Mapping[WorkKind, Permission] = {
    "simulation": Permission.PROGRAM_READ,
    "export": Permission.REPORTS_READ,
    "voucher_batch": Permission.VOUCHERS_READ,
}
"""Who sees it in its own list sees it in the list of all."""
WORDS: Mapping[WorkKind, tuple[str, str]] = {
    "simulation": ("Simulation of a draft over {what} days", "Simulación de un borrador sobre {what} días"),
    "export": ("Export of {what}", "Exportación de {what}"),
    "voucher_batch": ("Voucher codes: {what}", "Códigos de vale: {what}"),
}
"""English, Spanish."""


class Work(Struct, frozen=True, kw_only=True):
    """One piece of long work.

    Attributes:
        what: Its days, its kind of rows, or its name.
        total: Of what `done` counts: events, rows or codes; None until it is known.
        asked_by: `staff:<id>`, `key:<id>`, or who else acted.
    """

    id: UUID
    kind: WorkKind
    what: str
    state: WorkState
    done: int
    total: int | None
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def percent(self) -> int | None:
        """How far it has got; None where nobody knows yet. Of what goes on never a hundred."""
        if self.state == "done":
            return 100
        return None if self.total is None else min(99, 100 * self.done // max(self.total, 1))

    def text(self, locale: str) -> str:
        """Return what it is."""
        spanish = locale.partition("-")[0].partition("_")[0] == "es"
        what = ROWS_OF[self.what][spanish] if self.kind == "export" and self.what in ROWS_OF else self.what
        return WORDS[self.kind][spanish].format(what=what)
