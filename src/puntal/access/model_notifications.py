"""What staff are told of, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_decimal

NotificationCode = Literal[
    "export.done",
    "export.failed",
    "simulation.done",
    "simulation.failed",
    "vouchers.generated",
    "approval.wanted",
    "approval.approved",
    "approval.declined",
    "goal.reached",
    "goal.behind",
    "goal.missed",
    "budget.ending",
    "budget.used_up",
    "vouchers.owed",
    "import.done",
    "import.failed",
    "import.members_done",
    "report.done",
]
TargetKind = Literal[
    "export", "simulation", "voucher_batch", "approval", "goal", "budget", "owed_codes", "import", "report"
]

WORDS: Mapping[str, tuple[str, str]] = {
    "export.done": (
        "Your export of {kind} is ready: {rows} rows",
        "Tu exportación de {kind} está lista: {rows} filas",
    ),
    "export.failed": ("Your export of {kind} could not be made", "No se pudo hacer tu exportación de {kind}"),
    "simulation.done": (
        "Your simulation over {days} days is done: {members} members would be affected",
        "Tu simulación de {days} días ha terminado: afectaría a {members} miembros",
    ),
    "simulation.failed": ("Your simulation could not be done", "No se pudo hacer tu simulación"),
    "vouchers.generated": ("{count} voucher codes are ready", "{count} códigos de vale están listos"),
    "approval.wanted": ("A colleague asks you to approve something", "Un compañero te pide que apruebes algo"),
    "approval.approved": ("What you asked for was approved", "Lo que pediste fue aprobado"),
    "approval.declined": ("What you asked for was declined", "Lo que pediste fue rechazado"),
    "goal.reached": ("The goal “{name}” is reached", "Se ha alcanzado el objetivo «{name}»"),
    "goal.behind": (
        "The goal “{name}” is behind: {percent} % of the way, {days} days left",
        "El objetivo «{name}» va con retraso: {percent} % del camino, quedan {days} días",
    ),
    "goal.missed": (
        "The goal “{name}” was missed: it ended at {percent} % of the way",
        "No se alcanzó el objetivo «{name}»: terminó al {percent} % del camino",
    ),
    "budget.ending": (
        "A budget is near its end: {percent} % of that of “{budget}” is used",
        "Un presupuesto se acaba: usado el {percent} % del de «{budget}»",
    ),
    "budget.used_up": (
        "A budget is used up: “{budget}” gives nothing more in this period",
        "Un presupuesto se agotó: «{budget}» no da nada más en este periodo",
    ),
    "vouchers.owed": (
        "Codes of {pool} owed to members: {count}. Import more",
        "Códigos de {pool} que se deben a miembros: {count}. Importa más",
    ),
    "import.done": (
        "Your import is done: {events} events, {refused} of them refused",
        "Tu importación ha terminado: {events} eventos, {refused} de ellos rechazados",
    ),
    "import.members_done": (
        "Your import of members is done: {added} new, {refused} refused",
        "Tu importación de miembros ha terminado: {added} nuevos, {refused} rechazados",
    ),
    "import.failed": (
        "Your import stopped before its end; what came before is in",
        "Tu importación se detuvo antes del final; lo anterior está dentro",
    ),
    "report.done": ("{kind} is ready: {since} to {through}", "{kind} está listo: del {since} al {through}"),
}
"""English, Spanish."""
KINDS: Mapping[str, tuple[str, str]] = {
    "members": ("members", "miembros"),
    "orders": ("orders", "pedidos"),
    "transfers": ("transfers", "movimientos"),
    "redemptions": ("redemptions", "canjes"),
    "vouchers": ("vouchers", "vales"),
    "events": ("events", "eventos"),
    "audit": ("the audit log", "el registro de auditoría"),
    "week": ("The weekly report", "El informe semanal"),
    "month": ("The monthly report", "El informe mensual"),
    "quarter": ("The quarterly report", "El informe trimestral"),
}
"""Of exports and reports, in sentences."""


_DAYS = frozenset({"since", "through"})


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that several people are to be told.

    Attributes:
        target: What it is about: a kind and an id.
        once: Under which nobody is told of it twice.
    """

    code: NotificationCode
    target: tuple[TargetKind, str]
    once: str | None = None
    numbers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing somebody is told.

    Attributes:
        numbers: What the sentence is about; a name is said per language where it has several.
        target_kind: What it is about, with `target_id`; a screen makes its address from both.
    """

    id: UUID
    code: str
    numbers: Mapping[str, Any]
    target_kind: str
    target_id: str
    at: datetime
    read_at: datetime | None = None

    def text(self, locale: str) -> str:
        """Return the sentence; a code of a later release is its own."""
        spanish = locale.partition("-")[0].partition("_")[0] == "es"
        words = WORDS.get(self.code)
        if words is None:
            return self.code
        language = "es" if spanish else "en"
        numbers = {name: _told(name, one, language) for name, one in self.numbers.items()}
        kind = str(numbers.get("kind"))
        if kind in KINDS:
            numbers["kind"] = KINDS[kind][spanish]
        try:
            return words[spanish].format(**numbers)
        except KeyError:
            return self.code


def _told(name: str, value: Any, language: str) -> Any:  # noqa: ANN401 - whatever the sentence is about
    """Return a value as people of a language write it: days, numbers, and names that have several."""
    if isinstance(value, dict):
        return value.get(language)
    if name in _DAYS:
        return format_date(date.fromisoformat(value), "long", locale=language)
    # A truth is a number too, but not one that is written.
    return format_decimal(value, locale=language) if isinstance(value, int) and not isinstance(value, bool) else value
