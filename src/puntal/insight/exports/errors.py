"""Refusals of exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound


class ExportNotFound(NotFound):
    """There is no export of this id in the program, or a link to it is not, or no longer, good."""

    code = "insight.export_not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such export, or its link is over",
        "es": "No existe esa exportación, o su enlace ha caducado",
    }


class ExportNotReady(Conflict):
    """There is no file: it is not made yet, could not be made, or was deleted."""

    code = "insight.export_not_ready"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no file of this export: it is {state}",
        "es": "No hay archivo de esta exportación: su estado es {state}",
    }


class TooManyExports(Conflict):
    """So many exports of a program wait or run already."""

    code = "insight.too_many_exports"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{running} exports are waiting or running already; wait for one or cancel it",
        "es": "Ya hay {running} exportaciones en espera o en curso; espera a que acabe una o cancélala",
    }


class FilterNotFor(Invalid):
    """A filter was given that this kind of export does not have."""

    code = "insight.filter_not_for"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "An export of {kind} cannot be narrowed by {filter}",
        "es": "Una exportación de {kind} no se puede acotar por {filter}",
    }
