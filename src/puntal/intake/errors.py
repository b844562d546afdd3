"""What intake refuses. Refused bodies store nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from puntal.kit.errors import Conflict, Faulty, Invalid, NotFound, Refusal


class EventFaulty(Faulty):
    """The words of an event do not make one."""

    code = "event.invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The event is not valid",
        "es": "El evento no es válido",
    }


class EventIdReused(Conflict):
    """An event of this id is stored, and it said something else."""

    code = "event.id_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "An event with id {id} was sent before with other words",
        "es": "Ya se envió un evento con id {id} y otro contenido",
    }


class EventNotFound(NotFound):
    """No event of this id is stored."""

    code = "event.not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no event {id}",
        "es": "No existe el evento {id}",
    }


class BatchTooLarge(Invalid):
    """Too many events in one call."""

    code = "event.batch_too_large"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A batch holds at most {most} events; {count} were sent",
        "es": "Un lote admite como máximo {most} eventos; se enviaron {count}",
    }


class IntakeFailed(Refusal):
    """A defect of ours hit this one event; the others of its batch were written."""

    code = "intake.failed"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The event could not be processed; it was not stored and may be sent again",
        "es": "No se pudo procesar el evento; no se guardó y puede enviarse de nuevo",
    }


class Again(Exception):  # noqa: N818 - a signal to the runner, never an answer
    """The transaction met a newer truth and must be run again.

    Attributes:
        lock_budgets: Whether to lock the shared counters before deciding.
        lock_members: Whom to lock beside those that the events are about.
    """

    def __init__(self, *, lock_budgets: bool = False, lock_members: frozenset[UUID] = frozenset()) -> None:
        super().__init__("run again")
        self.lock_budgets = lock_budgets
        self.lock_members = lock_members
