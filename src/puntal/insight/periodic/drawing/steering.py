"""What a report says to steer by: advice, goals and budgets."""

from __future__ import annotations

from collections.abc import Callable

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import Table

from puntal.insight.periodic.drawing.page import ACCENT, BAD, GOOD, GREY, LINE, SOFT, WARM, WIDTH, Part, Pen
from puntal.insight.periodic.telling import NONE
from puntal.kit.fonts import PLAIN

_FULL, _NEAR = 100, 80


def advice(pen: Pen) -> list[Part]:
    """Return what there is to do."""
    found = pen.tell.advice()
    if not found:
        return pen.section("advice", pen.text(pen.tell.word("no_advice")))
    rows = [[[pen.text(title, "strong"), pen.text(reason, "note")]] for title, reason in found]
    table = Table(rows, colWidths=[WIDTH])
    table.setStyle(
        [
            ("BACKGROUND", (0, 0), (-1, -1), SOFT),
            ("LINEBEFORE", (0, 0), (0, -1), 2.5, ACCENT),
            ("LINEBELOW", (0, 0), (-1, -2), 2, HexColor("#ffffff")),
            ("LEFTPADDING", (0, 0), (-1, -1), 9),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ]
    )
    return pen.section("advice", table)


def goals(pen: Pen) -> list[Part]:
    """Return how far each goal is."""
    if not pen.content.goals:
        return []
    rows = []
    for one in pen.content.goals:
        unit = "money" if one.unit == "points" and one.goal.wallet in pen.content.money else one.unit
        colour = GOOD if one.pace in ("reached", "ahead") else BAD if one.pace in ("behind", "missed") else ACCENT
        rows.append(
            [
                [pen.text(one.goal.name, "strong"), pen.text(pen.tell.word(one.pace), "note")],
                _bar(one.share, colour),
                pen.text(pen.tell.value(one.value, unit), "right"),
                pen.text(pen.tell.value(one.goal.target, unit), "right"),
                pen.text(pen.tell.day(one.goal.through), "right"),
            ]
        )
    names = ("goal", "", "so_far", "target", "ends_on")
    return pen.section("goals", pen.table(names, rows, (0.34, 0.22, 0.16, 0.16, 0.12)))


def budgets(pen: Pen) -> list[Part]:
    """Return what is used of each budget, and when it ends."""
    if not pen.content.budgets:
        return []
    rows = []
    for one in pen.content.budgets:
        amount: Callable[[int], str] = pen.tell.money if pen.tell.is_money(one.measure) else pen.tell.whole
        runs = NONE if one.runs_out_on is None else pen.tell.day(one.runs_out_on)
        colour = BAD if one.share >= _FULL else WARM if one.share >= _NEAR else ACCENT
        rows.append(
            [
                [
                    pen.text(pen.content.names.budget(one.budget), "strong"),
                    pen.text(pen.tell.measure(one), "note"),
                ],
                _bar(one.share, colour),
                pen.text(f"{amount(one.used)} / {amount(one.most)}", "right"),
                pen.text(runs, "right"),
            ]
        )
    note = pen.tell.word("for_now", day=pen.tell.day(pen.content.made_on))
    table = pen.table(("budget", "", "used", "ends"), rows, (0.36, 0.24, 0.24, 0.16))
    return pen.section("budgets", table, note=note)


def _bar(share: int, colour: Color) -> Part:
    width, height = WIDTH * 0.19, 7
    drawing = Drawing(width, height + 4)
    drawing.add(Rect(0, 2, width - 26, height - 2, rx=2.5, ry=2.5, fillColor=LINE, strokeColor=None))
    done = (width - 26) * min(share, _FULL) / _FULL
    if done > 0:
        drawing.add(Rect(0, 2, max(done, 5), height - 2, rx=2.5, ry=2.5, fillColor=colour, strokeColor=None))
    drawing.add(String(width, 2, f"{share} %", fontName=PLAIN, fontSize=6.5, fillColor=GREY, textAnchor="end"))
    return drawing
