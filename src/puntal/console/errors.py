"""What the console refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, NotFound


class PoolFirst(Conflict):
    """Who shares with a pool leaves it before she is merged or erased, taking what is hers."""

    code = "console.pool_first"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The member must leave the pool first",
        "es": "El miembro debe salir antes de su grupo",
    }


class PayOutFirst(Conflict):
    """Money a member paid in is hers: it is paid out before nobody knows any more who she was."""

    code = "console.pay_out_first"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Money that was paid in is paid out first: {owed}",
        "es": "Antes hay que devolver el dinero cargado: {owed}",
    }


class LadderUnknown(NotFound):
    """Nobody can be looked for in a ladder or tier that the program does not have."""

    code = "console.tier_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The program has no tier {tier} on a ladder {ladder}",
        "es": "El programa no tiene el nivel {tier} en una escala {ladder}",
    }
