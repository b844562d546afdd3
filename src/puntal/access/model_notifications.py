"""What staff are told of, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

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
    "report.done",
]
TargetKind = Literal[
    "export", "simulation", "voucher_batch", "approval", "goal", "budget", "owed_codes", "import", "report"
]

WORDS: Mapping[str, tuple[str, str]] = {
    "export.done": (
        "Your export of {kind} is ready: {rows} rows",
        "Su exportación de {kind} está lista: {rows} filas",
    ),
    "export.failed": ("Your export of {kind} could not be made", "No se pudo hacer su exportación de {kind}"),
    "simulation.done": (
        "Your simulation over {days} days is done: {members} members would be affected",
        "Su simulación de {days} días ha terminado: afectaría a {members} miembros",
    ),
    "simulation.failed": ("Your simulation could not be done", "No se pudo hacer su simulación"),
    "vouchers.generated": ("{count} voucher codes are ready", "{count} códigos de vale están listos"),
    "approval.wanted": ("Somebody asks for a second person's word", "Alguien pide la aprobación de otra persona"),
    "approval.approved": ("What you asked for was approved", "Lo que pidió fue aprobado"),
    "approval.declined": ("What you asked for was declined", "Lo que pidió fue rechazado"),
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
        "A budget is near its end: {percent} % of {budget} is used",
        "Un presupuesto se acaba: usado el {percent} % de {budget}",
    ),
    "budget.used_up": (
        "A budget is used up: {budget} gives nothing more in this period",
        "Un presupuesto se agotó: {budget} no da nada más en este periodo",
    ),
    "vouchers.owed": (
        "Codes of {pool} owed to members: {count}. Import more",
        "Códigos de {pool} que se deben a miembros: {count}. Importe más",
    ),
    "import.done": (
        "Your import is done: {events} events, {refused} of them refused",
        "Su importación ha terminado: {events} eventos, {refused} de ellos rechazados",
    ),
    "import.failed": (
        "Your import stopped before its end; what came before is in",
        "Su importación se detuvo antes del final; lo anterior está dentro",
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
        numbers: What the sentence is about.
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
        numbers = dict(self.numbers)
        if numbers.get("kind") in KINDS:
            numbers["kind"] = KINDS[numbers["kind"]][spanish]
        try:
            return words[spanish].format(**numbers)
        except KeyError:
            return self.code
