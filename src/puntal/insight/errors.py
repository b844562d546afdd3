"""Refusals of reports."""

from __future__ import annotations

from typing import ClassVar

from puntal.kit.errors import Invalid


class BadPeriod(Invalid):
    """A period ends before it begins, or begins before there were programs."""

    code = "insight.bad_period"
    messages: ClassVar[dict[str, str]] = {
        "en": "A period goes from a day to the same or a later one, from 1900 to 2999",
        "es": "Un periodo va de un día al mismo o a uno posterior, entre 1900 y 2999",
    }
