"""Refusals of imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Faulty, NotFound


class ImportNotFound(NotFound):
    """There is no import of this id in the program."""

    code = "imports.not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such import",
        "es": "No existe esa importación",
    }


class ImportOver(Conflict):
    """It was cancelled, or has ended: nothing more of it is taken in."""

    code = "imports.over"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This import is over ({state}); begin another one",
        "es": "Esta importación ya terminó ({state}); empieza otra",
    }


class PartMissing(Conflict):
    """A part before this one has not arrived."""

    code = "imports.part_missing"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Rows {done} to {first} have not arrived; send them first",
        "es": "Faltan las filas {done} a {first}; envíalas primero",
    }


class RowUnreadable(Faulty):
    """Of one row: a value is no day, no country, or too long. The others are taken in."""

    code = "imports.row_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} values of this row are not valid",
        "en_one": "One value of this row is not valid",
        "es": "{count} valores de esta fila no son válidos",
        "es_one": "Un valor de esta fila no es válido",
    }
