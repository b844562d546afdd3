"""Refusals of periodic reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound


class ReportNotFound(NotFound):
    """There is no report of this id in the program, or a link to a file of it is not, or no longer, good."""

    code = "insight.report_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such report, or its link is over",
        "es": "No existe ese informe, o su enlace ha caducado",
    }


class ReportNotReady(Conflict):
    """There is no file: it is not made yet, could not be made, or was deleted."""

    code = "insight.report_not_ready"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such file of this report yet, or not any more",
        "es": "Todavía no hay ese archivo de este informe, o ya no lo hay",
    }


class PeriodNotOver(Invalid):
    """A report is asked for of a period that is not over, or lies before the first event."""

    code = "insight.period_not_over"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A report is of a week, month or quarter that is over; this one ends on {through}",
        "es": "Un informe es de una semana, un mes o un trimestre que ha terminado; este acaba el {through}",
    }


class TooManyReports(Conflict):
    """So many reports of a program wait already."""

    code = "insight.too_many_reports"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{waiting} reports are being made already; wait for one",
        "es": "Ya se están haciendo {waiting} informes; espere a que acabe uno",
    }
