"""What segments refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, NotFound


class SegmentNotFound(NotFound):
    """The program has no segment of this id."""

    code = "segments.not_found"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no segment '{segment}'",
        "es": "No existe el segmento '{segment}'",
    }


class NotAList(Conflict):
    """Membership of a dynamic segment follows the data; nobody is put into it."""

    code = "segments.not_a_list"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Members of '{segment}' follow from its condition; only lists can be changed by hand",
        "es": "Los miembros de '{segment}' se deducen de su condición; solo las listas se cambian a mano",
    }


class MembersUnknown(NotFound):
    """Some of the members are not there; nothing was changed."""

    code = "segments.members_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} of the members do not exist, for example {example}",
        "es": "{count} de los miembros no existen, por ejemplo {example}",
    }
