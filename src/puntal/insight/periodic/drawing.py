"""Drawing a report on A4 pages: for people, with its fonts in the file; the same content gives the same bytes.

Imported where a report is made: the library takes a third of a second.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from puntal.insight.periodic.model import Content, Shown
from puntal.insight.periodic.telling import NONE, Teller
from puntal.kit import fonts
from puntal.kit.fonts import BOLD, PLAIN

ACCENT, SOFT, INK, GREY = HexColor("#0b7285"), HexColor("#e3fafc"), HexColor("#1f2933"), HexColor("#5c6770")
LINE, PALE, GUESTS = HexColor("#d9e0e4"), HexColor("#f4f7f8"), HexColor("#b8c4ca")
GOOD, BAD, WARM = HexColor("#2b8a3e"), HexColor("#c92a2a"), HexColor("#e8590c")
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
CARDS = 4
MOST_CARDS = 12
_GAP = 3 * mm
_FULL, _NEAR = 100, 80
_COLOURS = {1: GOOD, -1: BAD, 0: GREY}

Part = Any
"""What the library lays out; it has no types."""


def draw(content: Content) -> bytes:
    """Return the report as PDF."""
    fonts.register()
    tell = Teller(content)
    pen = _Pen(tell)
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
            *pen.cards(),
            *pen.chart(),
            *pen.advice(),
            *pen.goals(),
            *pen.budgets(),
            *pen.rules(),
            *pen.rewards(),
            *pen.tiers(),
            *pen.liability(),
            *pen.changes(),
        ],
        onFirstPage=pen.first_page,
        onLaterPages=pen.later_page,
    )
    return out.getvalue()


class _Pen:
    def __init__(self, tell: Teller) -> None:
        self.tell = tell
        self.content = tell.content
        plain = ParagraphStyle("plain", fontName=PLAIN, fontSize=8, leading=11, textColor=INK, splitLongWords=True)
        strong = ParagraphStyle("strong", parent=plain, fontName=BOLD)
        self.styles = {
            "plain": plain,
            "right": ParagraphStyle("right", parent=plain, alignment=TA_RIGHT),
            "strong": strong,
            "head": ParagraphStyle("head", parent=plain, fontSize=7, textColor=GREY),
            "head_right": ParagraphStyle("head_right", parent=plain, fontSize=7, textColor=GREY, alignment=TA_RIGHT),
            "brand": ParagraphStyle("brand", parent=strong, fontSize=9, textColor=ACCENT, leading=13),
            "title": ParagraphStyle("title", parent=strong, fontSize=20, leading=26),
            "sub": ParagraphStyle("sub", parent=plain, fontSize=8, leading=12, textColor=GREY),
            "section": ParagraphStyle("section", parent=strong, fontSize=10.5, leading=14),
            "note": ParagraphStyle("note", parent=plain, fontSize=7.5, textColor=GREY),
        }

    def text(self, text: str, style: str = "plain") -> Part:
        return Paragraph(escape(text), self.styles[style])

    # -- the page ------------------------------------------------------------

    def first_page(self, canvas: Part, document: Part) -> None:
        canvas.setFillColor(ACCENT)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        self._foot(canvas, document)

    def later_page(self, canvas: Part, document: Part) -> None:
        canvas.setFillColor(ACCENT)
        canvas.rect(0, A4[1] - 1.5 * mm, A4[0], 1.5 * mm, stroke=0, fill=1)
        self._foot(canvas, document)

    def _foot(self, canvas: Part, document: Part) -> None:
        canvas.setFont(PLAIN, 7)
        canvas.setFillColor(GREY)
        made = self.tell.word("made", day=self.tell.day(self.content.made_on))
        canvas.drawString(MARGIN, 10 * mm, f"{self.content.program} · {self.tell.period()} · {made}")
        canvas.drawRightString(A4[0] - MARGIN, 10 * mm, self.tell.word("page", page=document.page))

    def head(self) -> list[Part]:
        span, before = self.content.span, self.content.before
        days = self.tell.days(span.since, span.through)
        compared = self.tell.word("compared", days=self.tell.days(before.since, before.through))
        return [
            self.text(self.content.program, "brand"),
            self.text(f"{self.tell.title}: {self.tell.period()}", "title"),
            self.text(f"{days}, {self.tell.word('local', zone=self.content.zone)} · {compared}", "sub"),
            Spacer(1, 4 * mm),
        ]

    def section(self, name: str, *parts: Part, note: str | None = None) -> list[Part]:
        """Return a heading and what belongs to it, kept on one page where it fits."""
        beside = [] if note is None else [self.text(note, "note")]
        body = [self.text(self.tell.word(name), "section"), *beside, Spacer(1, 1.6 * mm), *parts]
        return [KeepTogether(body), Spacer(1, 5 * mm)]

    # -- figures -------------------------------------------------------------

    def cards(self) -> list[Part]:
        shown = self.content.figures[:MOST_CARDS]
        rest = self.content.figures[MOST_CARDS:]
        rows = [shown[at : at + CARDS] for at in range(0, len(shown), CARDS)]
        parts: list[Part] = []
        for row in rows:
            parts += [self._card_row(row), Spacer(1, _GAP)]
        return [*parts, *([self._more_figures(rest), Spacer(1, 4 * mm)] if rest else [])]

    def _card_row(self, row: Sequence[Shown]) -> Part:
        height = 17.5 * mm
        width = (WIDTH - (CARDS - 1) * _GAP) / CARDS
        drawing = Drawing(WIDTH, height)
        for place, one in enumerate(row):
            left = place * (width + _GAP)
            drawing.add(Rect(left, 0, width, height, rx=5, ry=5, fillColor=PALE, strokeColor=None))
            drawing.add(_fitted(self.tell.name(one.figure), left + 8, height - 13, width - 16, PLAIN, 7, GREY))
            value = self.tell.value(one.figure.value, one.figure.unit if not self._is_money(one) else "money")
            drawing.add(_fitted(value, left + 8, height - 31, width - 16, BOLD, 14, INK))
            said, good = self.tell.change(one)
            drawing.add(_fitted(said, left + 8, 6, width - 16, BOLD if good else PLAIN, 7, _COLOURS[good]))
        return drawing

    def _is_money(self, one: Shown) -> bool:
        return one.figure.wallet in self.content.money and one.figure.unit == "points"

    def _more_figures(self, rest: Sequence[Shown]) -> Part:
        rows = []
        for one in rest:
            unit = "money" if self._is_money(one) else one.figure.unit
            before = NONE if one.previous is None else self.tell.value(one.previous.value, unit)
            said, good = self.tell.change(one)
            colour = _COLOURS[good].hexval()[2:]
            rows.append(
                [
                    self.text(self.tell.name(one.figure)),
                    self.text(self.tell.value(one.figure.value, unit), "right"),
                    self.text(before, "right"),
                    Paragraph(f'<font color="#{colour}">{escape(said)}</font>', self.styles["right"]),
                ]
            )
        return self.table(("figure", "value", "previous", "change"), rows, (0.46, 0.2, 0.2, 0.14))

    def chart(self) -> list[Part]:
        points = self.content.series
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
            label = self.tell.money(line * step, short=True)
            drawing.add(
                String(left - 4, y - 2.5, label, fontName=PLAIN, fontSize=6.5, fillColor=GREY, textAnchor="end")
            )
        width = (WIDTH - left) / len(points)
        bar = min(width * 0.7, 9 * mm)
        every = max(len(points) // 6, 1)
        for place, one in enumerate(points):
            x = left + place * width + (width - bar) / 2
            ours, theirs = one.member_sales_minor * scale, one.guest_sales_minor * scale
            drawing.add(Rect(x, floor, bar, ours, fillColor=ACCENT, strokeColor=None))
            drawing.add(Rect(x, floor + ours, bar, theirs, fillColor=GUESTS, strokeColor=None))
            if place % every == 0:
                day = self.tell.short_day(one.since)
                drawing.add(
                    String(
                        x + bar / 2, floor - 10, day, fontName=PLAIN, fontSize=6.5, fillColor=GREY, textAnchor="middle"
                    )
                )
        x = left
        for name, colour in (("members_sales", ACCENT), ("guests_sales", GUESTS)):
            drawing.add(Rect(x, height - 7, 7, 7, fillColor=colour, strokeColor=None))
            drawing.add(String(x + 10, height - 6.5, self.tell.word(name), fontName=PLAIN, fontSize=7, fillColor=GREY))
            x += 16 + stringWidth(self.tell.word(name), PLAIN, 7) + 8
        return self.section("sales" if self.content.steps == "day" else "sales_week", drawing)

    # -- what to do ----------------------------------------------------------

    def advice(self) -> list[Part]:
        found = self.tell.advice()
        if not found:
            return self.section("advice", self.text(self.tell.word("no_advice")))
        rows = [[[self.text(title, "strong"), self.text(reason, "note")]] for title, reason in found]
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
        return self.section("advice", table)

    def goals(self) -> list[Part]:
        if not self.content.goals:
            return []
        rows = []
        for one in self.content.goals:
            unit = "money" if one.unit == "points" and one.goal.wallet in self.content.money else one.unit
            colour = GOOD if one.pace in ("reached", "ahead") else BAD if one.pace in ("behind", "missed") else ACCENT
            rows.append(
                [
                    [self.text(one.goal.name, "strong"), self.text(self.tell.word(one.pace), "note")],
                    _bar(one.share, colour),
                    self.text(self.tell.value(one.value, unit), "right"),
                    self.text(self.tell.value(one.goal.target, unit), "right"),
                    self.text(self.tell.day(one.goal.through), "right"),
                ]
            )
        names = ("goal", "", "so_far", "target", "ends_on")
        return self.section("goals", self.table(names, rows, (0.34, 0.22, 0.16, 0.16, 0.12)))

    def budgets(self) -> list[Part]:
        if not self.content.budgets:
            return []
        rows = []
        for one in self.content.budgets:
            amount: Callable[[int], str] = self.tell.money if self.tell.is_money(one.measure) else self.tell.whole
            runs = NONE if one.runs_out_on is None else self.tell.day(one.runs_out_on)
            colour = BAD if one.share >= _FULL else WARM if one.share >= _NEAR else ACCENT
            rows.append(
                [
                    [
                        self.text(self.content.names.budget(one.budget), "strong"),
                        self.text(self.tell.measure(one), "note"),
                    ],
                    _bar(one.share, colour),
                    self.text(f"{amount(one.used)} / {amount(one.most)}", "right"),
                    self.text(runs, "right"),
                ]
            )
        note = self.tell.word("for_now", day=self.tell.day(self.content.made_on))
        table = self.table(("budget", "", "used", "ends"), rows, (0.36, 0.24, 0.24, 0.16))
        return self.section("budgets", table, note=note)

    # -- what happened -------------------------------------------------------

    def rules(self) -> list[Part]:
        if not self.content.rules:
            return []
        rows = [
            [
                self.text(self.content.names.rule(one.rule), "strong"),
                self.text(self.tell.wallet(one.wallet)),
                self.text(self.tell.whole(one.awards), "right"),
                self.text(self.tell.units(one.units, one.wallet), "right"),
            ]
            for one in self.content.rules
        ]
        return self.section("rules", self.table(("rule", "wallet", "awards", "given"), rows, (0.46, 0.22, 0.14, 0.18)))

    def rewards(self) -> list[Part]:
        if not self.content.rewards:
            return []
        rows = [
            [
                self.text(self.content.names.rewards.get(one.reward, one.reward), "strong"),
                self.text(self.tell.whole(one.redemptions), "right"),
                self.text(self.tell.whole(one.members), "right"),
                self.text(self.tell.whole(one.vouchers_used), "right"),
                self.text(self.tell.money(one.discount_minor), "right"),
            ]
            for one in self.content.rewards
        ]
        names = ("reward", "taken", "people", "vouchers", "discount")
        return self.section("rewards", self.table(names, rows, (0.4, 0.13, 0.13, 0.16, 0.18)))

    def tiers(self) -> list[Part]:
        if not self.content.tiers:
            return []
        rows = []
        for one in self.content.tiers:
            moved = one.after - one.before
            rows.append(
                [
                    self.text(self.content.names.tiers.get((one.ladder, one.tier), one.tier), "strong"),
                    self.text(self.tell.whole(one.before), "right"),
                    self.text(self.tell.whole(one.after), "right"),
                    self.text(f"{'+' if moved > 0 else ''}{self.tell.whole(moved)}" if moved else NONE, "right"),
                ]
            )
        return self.section("tiers", self.table(("tier", "was", "is", "change"), rows, (0.46, 0.18, 0.18, 0.18)))

    def liability(self) -> list[Part]:
        rows = [
            [
                self.text(self.tell.wallet(one.wallet), "strong"),
                self.text(self.tell.units(one.available, one.wallet), "right"),
                self.text(self.tell.units(one.pending, one.wallet), "right"),
                self.text(self.tell.units(one.held, one.wallet), "right"),
                self.text(self.tell.money(one.cost_minor), "right"),
            ]
            for one in self.content.liability
        ]
        note = self.tell.word("for_now", day=self.tell.day(self.content.made_on))
        names = ("wallet", "available", "pending", "held", "cost")
        return self.section("liability", self.table(names, rows, (0.32, 0.17, 0.17, 0.17, 0.17)), note=note)

    def changes(self) -> list[Part]:
        if not self.content.published:
            return self.section("changes", self.text(self.tell.word("no_changes")))
        said = []
        for one in self.content.published:
            title = self.tell.word("published", number=one.number, day=self.tell.day(one.on))
            said.append(self.text(f"{title}: {one.note}" if one.note else title, "strong"))
        lines = [self.text(f"· {line}") for line in self.content.changes]
        if self.content.more_changes:
            lines.append(self.text(self.tell.word("more", count=self.content.more_changes), "note"))
        heading = [self.text(self.tell.word("changes"), "section"), Spacer(1, 1.6 * mm)]
        return [CondPageBreak(30 * mm), KeepTogether([*heading, *said[:1]]), *said[1:], Spacer(1, 1 * mm), *lines]

    def table(self, names: Sequence[str], rows: Sequence[Sequence[Part]], shares: Sequence[float]) -> Part:
        """Return a table whose first column is text and whose last are numbers."""
        texts = {"", "figure", "goal", "budget", "rule", "reward", "tier", "wallet"}
        heads = [self.text(self.tell.words.get(name, ""), "head" if name in texts else "head_right") for name in names]
        table = Table([heads, *rows], colWidths=[WIDTH * share for share in shares], repeatRows=1)
        table.setStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LINEBELOW", (0, 0), (-1, 0), 0.8, GREY),
                ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
            ]
        )
        return table


def _fitted(text: str, x: float, y: float, width: float, font: str, size: float, colour: Color) -> Part:
    while size > 5.5 and stringWidth(text, font, size) > width:  # noqa: PLR2004 - smaller nobody reads
        size -= 0.5
    while text and stringWidth(text, font, size) > width:
        text = text[:-2].rstrip() + "."
    return String(x, y, text, fontName=font, fontSize=size, fillColor=colour)


def _bar(share: int, colour: Color) -> Part:
    width, height = WIDTH * 0.19, 7
    drawing = Drawing(width, height + 4)
    drawing.add(Rect(0, 2, width - 26, height - 2, rx=2.5, ry=2.5, fillColor=LINE, strokeColor=None))
    done = (width - 26) * min(share, _FULL) / _FULL
    if done > 0:
        drawing.add(Rect(0, 2, max(done, 5), height - 2, rx=2.5, ry=2.5, fillColor=colour, strokeColor=None))
    drawing.add(String(width, 2, f"{share} %", fontName=PLAIN, fontSize=6.5, fillColor=GREY, textAnchor="end"))
    return drawing


def _round_up(value: int) -> int:
    """Return the next 1, 2, 2.5 or 5 times a power of ten, 100 at least."""
    power = 100
    while power * 10 < value:
        power *= 10
    return next(power * part // 4 for part in (4, 8, 10, 20, 40, 80) if power * part // 4 >= value)
