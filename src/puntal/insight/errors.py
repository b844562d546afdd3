"""Refusals of reports."""

from __future__ import annotations

from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound


class BadPeriod(Invalid):
    """A period ends before it begins, or begins before there were programs."""

    code = "insight.bad_period"
    messages: ClassVar[dict[str, str]] = {
        "en": "A period goes from a day to the same or a later one, from 1900 to 2999",
        "es": "Un periodo va de un día al mismo o a uno posterior, entre 1900 y 2999",
    }


class TooFine(Invalid):
    """A series would have more points than a chart can show."""

    code = "insight.too_fine"
    messages: ClassVar[dict[str, str]] = {
        "en": "A series has at most {most} points; ask for weeks or months",
        "es": "Una serie tiene como máximo {most} puntos; pide semanas o meses",
    }


class GoalUnknown(NotFound):
    """The program has no goal of this id."""

    code = "insight.goal_unknown"
    messages: ClassVar[dict[str, str]] = {"en": "There is no such goal", "es": "No existe ese objetivo"}


class MetricUnknown(Invalid):
    """A goal names a figure that cannot be one, or leaves out or adds the wallet."""

    code = "insight.metric_unknown"
    messages: ClassVar[dict[str, str]] = {
        "en": "'{metric}' cannot be a goal; figures of a wallet need the wallet, others have none",
        "es": "'{metric}' no puede ser un objetivo; las cifras de un monedero lo necesitan, las demás no lo llevan",
    }


class TooManyGoals(Conflict):
    """A program has a most of goals."""

    code = "insight.too_many_goals"
    messages: ClassVar[dict[str, str]] = {
        "en": "A program has at most {most} goals; delete one first",
        "es": "Un programa tiene como máximo {most} objetivos; borre uno antes",
    }


class BudgetUnknown(NotFound):
    """The document has no such budget."""

    code = "insight.budget_unknown"
    messages: ClassVar[dict[str, str]] = {
        "en": "The program has no such budget",
        "es": "El programa no tiene ese presupuesto",
    }


class FigureUnknown(NotFound):
    """There is no such figure, or a figure of a wallet is asked for without it."""

    code = "insight.figure_unknown"
    messages: ClassVar[dict[str, str]] = {
        "en": "There is no figure '{figure}' of this program; figures of a wallet need the wallet",
        "es": "Este programa no tiene la cifra '{figure}'; las cifras de un monedero lo necesitan",
    }
