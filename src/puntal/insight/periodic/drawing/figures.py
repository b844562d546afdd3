"""Figures of a report: cards, a table of those that find no card, and sales as bars."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Paragraph, Spacer

from puntal.insight.periodic.drawing.page import ACCENT, BAD, GOOD, GREY, GUESTS, INK, LINE, PALE, WIDTH, Part, Pen
from puntal.insight.periodic.model import Shown
from puntal.insight.periodic.telling import NONE
from puntal.kit.fonts import BOLD, PLAIN

CARDS = 4
MOST_CARDS = 12
_GAP = 3 * mm
_COLOURS = {1: GOOD, -1: BAD, 0: GREY}


def cards(pen: Pen) -> list[Part]:
    """Return the first figures as cards, the rest as a table."""
    shown = pen.content.figures[:MOST_CARDS]
    rest = pen.content.figures[MOST_CARDS:]
    rows = [shown[at : at + CARDS] for at in range(0, len(shown), CARDS)]
    parts: list[Part] = []
    for row in rows:
        parts += [_card_row(pen, row), Spacer(1, _GAP)]
    return [*parts, *([_more_figures(pen, rest), Spacer(1, 4 * mm)] if rest else [])]


def _card_row(pen: Pen, row: Sequence[Shown]) -> Part:
    height = 17.5 * mm
    width = (WIDTH - (CARDS - 1) * _GAP) / CARDS
    drawing = Drawing(WIDTH, height)
    for place, one in enumerate(row):
        left = place * (width + _GAP)
        drawing.add(Rect(left, 0, width, height, rx=5, ry=5, fillColor=PALE, strokeColor=None))
        drawing.add(_fitted(pen.tell.name(one.figure), left + 8, height - 13, width - 16, PLAIN, 7, GREY))
        value = pen.tell.value(one.figure.value, one.figure.unit if not _is_money(pen, one) else "money")
        drawing.add(_fitted(value, left + 8, height - 31, width - 16, BOLD, 14, INK))
        said, good = pen.tell.change(one)
        drawing.add(_fitted(said, left + 8, 6, width - 16, BOLD if good else PLAIN, 7, _COLOURS[good]))
    return drawing


def _is_money(pen: Pen, one: Shown) -> bool:
    return one.figure.wallet in pen.content.money and one.figure.unit == "points"


def _more_figures(pen: Pen, rest: Sequence[Shown]) -> Part:
    rows = []
    for one in rest:
        unit = "money" if _is_money(pen, one) else one.figure.unit
        before = NONE if one.previous is None else pen.tell.value(one.previous.value, unit)
        said, good = pen.tell.change(one)
        colour = _COLOURS[good].hexval()[2:]
        rows.append(
            [
                pen.text(pen.tell.name(one.figure)),
                pen.text(pen.tell.value(one.figure.value, unit), "right"),
                pen.text(before, "right"),
                Paragraph(f'<font color="#{colour}">{escape(said)}</font>', pen.styles["right"]),
            ]
        )
    return pen.table(("figure", "value", "previous", "change"), rows, (0.46, 0.2, 0.2, 0.14))


def chart(pen: Pen) -> list[Part]:
    """Return sales as bars, those of members and of guests; nothing where nothing was sold."""
    points = pen.content.series
    height, floor, left = 42 * mm, 9 * mm, 17 * mm
    most = max((one.sales_minor for one in points), default=0)
    if not most:
        return []
    step = _round_up(-(-most // 3))
    top = step * 3
    drawing = Drawing(WIDTH, height)
    scale = (height - floor - 6 * mm) / top
    for line in range(4):
        y = floor + line * step * scale
        drawing.add(Line(left, y, WIDTH, y, strokeColor=LINE, strokeWidth=0.5))
        label = pen.tell.money(line * step, short=True)
        drawing.add(String(left - 4, y - 2.5, label, fontName=PLAIN, fontSize=6.5, fillColor=GREY, textAnchor="end"))
    width = (WIDTH - left) / len(points)
    bar = min(width * 0.7, 9 * mm)
    every = max(len(points) // 6, 1)
    for place, one in enumerate(points):
        x = left + place * width + (width - bar) / 2
        ours, theirs = one.member_sales_minor * scale, one.guest_sales_minor * scale
        drawing.add(Rect(x, floor, bar, ours, fillColor=ACCENT, strokeColor=None))
        drawing.add(Rect(x, floor + ours, bar, theirs, fillColor=GUESTS, strokeColor=None))
        if place % every == 0:
            day = pen.tell.short_day(one.since)
            drawing.add(
                String(x + bar / 2, floor - 10, day, fontName=PLAIN, fontSize=6.5, fillColor=GREY, textAnchor="middle")
            )
    x = left
    for name, colour in (("members_sales", ACCENT), ("guests_sales", GUESTS)):
        drawing.add(Rect(x, height - 7, 7, 7, fillColor=colour, strokeColor=None))
        drawing.add(String(x + 10, height - 6.5, pen.tell.word(name), fontName=PLAIN, fontSize=7, fillColor=GREY))
        x += 16 + stringWidth(pen.tell.word(name), PLAIN, 7) + 8
    return pen.section("sales" if pen.content.steps == "day" else "sales_week", drawing)


def _fitted(text: str, x: float, y: float, width: float, font: str, size: float, colour: Color) -> Part:
    while size > 5.5 and stringWidth(text, font, size) > width:  # noqa: PLR2004 - smaller nobody reads
        size -= 0.5
    while text and stringWidth(text, font, size) > width:
        text = text[:-2].rstrip() + "."
    return String(x, y, text, fontName=font, fontSize=size, fillColor=colour)


def _round_up(value: int) -> int:
    """Return the next 1, 2, 2.5 or 5 times a power of ten, 100 at least."""
    power = 100
    while power * 10 < value:
        power *= 10
    return next(power * part // 4 for part in (4, 8, 10, 20, 40, 80) if power * part // 4 >= value)
