"""Long work that somebody asked for, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from babel.numbers import format_decimal
from msgspec import Struct

from puntal.access.model import Permission
from puntal.access.model_notifications import KINDS as ROWS_OF

WorkKind = Literal["simulation", "export", "voucher_batch", "import_events", "import_members"]
WorkState = Literal["waiting", "running", "done", "failed", "cancelled"]
PERMISSIONS: Mapping[WorkKind, Permission] = {
    "simulation": Permission.PROGRAM_READ,
    "export": Permission.REPORTS_READ,
    "voucher_batch": Permission.VOUCHERS_READ,
    "import_events": Permission.IMPORTS_WRITE,
    "import_members": Permission.MEMBERS_READ,
}
"""Who sees it in its own list sees it in the list of all."""
WORDS: Mapping[WorkKind, tuple[str, str]] = {
    "simulation": ("Simulation of a draft over {what} days", "Simulación de un borrador sobre {what} días"),
    "export": ("Export of {what}", "Exportación de {what}"),
    "voucher_batch": ("Voucher codes: {what}", "Códigos de vale: {what}"),
    "import_events": ("Import of events {what}", "Importación de eventos {what}"),
    "import_members": ("Import of members {what}", "Importación de miembros {what}"),
}
"""English, Spanish."""
RESULTS = ("done", "added", "known", "refused")
IMPORTED = ("{added} new, {known} known, {refused} refused", "{added} nuevos, {known} conocidos, {refused} rechazados")
MADE: Mapping[WorkKind, tuple[str, str]] = {
    "export": ("{done} rows", "{done} filas"),
    "voucher_batch": ("{done} codes", "{done} códigos"),
}
"""What is made, and counted."""


class Work(Struct, frozen=True, kw_only=True):
    """One piece of long work.

    Attributes:
        what: Its days, its kind of rows, or its name.
        total: Of what `done` counts: events, rows or codes; None until it is known.
        asked_by: `staff:<id>`, `key:<id>`, or who else acted.
        file: The name of its file, where there is one to fetch.
        added: Of an import, rows that were new; `known` were there before, `refused` were not taken in.
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
    file: str | None = None
    added: int | None = None
    known: int | None = None
    refused: int | None = None

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
        return WORDS[self.kind][spanish].format(what=what).strip()

    def summary(self, locale: str) -> str | None:
        """Return what came of it in a few words; None where its own screen says it, or nothing did yet."""
        spanish = locale.partition("-")[0].partition("_")[0] == "es"
        language = "es" if spanish else "en"
        counted = {name: format_decimal(getattr(self, name) or 0, locale=language) for name in RESULTS}
        if self.added is not None:
            return IMPORTED[spanish].format(**counted)
        if self.kind in MADE and self.state == "done":
            return MADE[self.kind][spanish].format(**counted)
        return None
