"""What tiers refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound


class UnknownLadder(NotFound):
    """The program has no such ladder."""

    code = "tiers.ladder_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This program has no ladder {ladder}",
        "es": "Este programa no tiene la escala {ladder}",
    }


class UnknownTier(Invalid):
    """The ladder has no such tier."""

    code = "tiers.tier_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The ladder {ladder} has no tier {tier}",
        "es": "La escala {ladder} no tiene el nivel {tier}",
    }


class TierRetired(Conflict):
    """Nobody new gets a retired tier."""

    code = "tiers.tier_retired"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The tier {tier} is retired: nobody new gets it",
        "es": "El nivel {tier} está retirado: ya no se da a nadie más",
    }


class FloorOver(Invalid):
    """A tier given by hand would end before it begins."""

    code = "tiers.floor_over"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The last day, {through}, is over",
        "es": "El último día, {through}, ya ha pasado",
    }


class NotEnrolled(Conflict):
    """Only members have tiers; this one has not joined."""

    code = "tiers.not_enrolled"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Only members have tiers, and this customer has not joined yet",
        "es": "Solo los miembros tienen nivel, y este cliente aún no se ha inscrito",
    }
