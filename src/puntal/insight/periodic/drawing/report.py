"""A report from its first page to its last."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import SimpleDocTemplate

from puntal.insight.periodic.drawing import figures, happened, steering
from puntal.insight.periodic.drawing.page import MARGIN, Pen
from puntal.insight.periodic.model import Content
from puntal.insight.periodic.telling import Teller
from puntal.kit import fonts


def draw(content: Content) -> bytes:
    """Return the report as PDF."""
    fonts.register()
    tell = Teller(content)
    pen = Pen(tell)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        # Frames keep six points free on their own.
        leftMargin=MARGIN - 6,
        rightMargin=MARGIN - 6,
        topMargin=15 * mm,
        bottomMargin=18 * mm,
        title=f"{tell.title} · {tell.period()}",
        author=content.program,
        lang=content.language,
        invariant=1,
    )
    document.build(
        [
            *pen.head(),
            *figures.cards(pen),
            *figures.chart(pen),
            *steering.advice(pen),
            *steering.goals(pen),
            *steering.budgets(pen),
            *happened.rules(pen),
            *happened.rewards(pen),
            *happened.tiers(pen),
            *happened.liability(pen),
            *happened.changes(pen),
        ],
        onFirstPage=pen.first_page,
        onLaterPages=pen.later_page,
    )
    return out.getvalue()
