"""The page: its colours and measures, head and foot, and the texts, sections and tables that stand on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, Spacer, Table

from puntal.insight.periodic.telling import Teller
from puntal.kit.fonts import BOLD, PLAIN

ACCENT, SOFT, INK, GREY = HexColor("#0b7285"), HexColor("#e3fafc"), HexColor("#1f2933"), HexColor("#5c6770")
LINE, PALE, GUESTS = HexColor("#d9e0e4"), HexColor("#f4f7f8"), HexColor("#b8c4ca")
GOOD, BAD, WARM = HexColor("#2b8a3e"), HexColor("#c92a2a"), HexColor("#e8590c")
MARGIN = 16 * mm
WIDTH = A4[0] - 2 * MARGIN
CARDS = 4

Part = Any
"""What the library lays out; it has no types."""


class Pen:
    """Writes one report onto its pages."""

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
        """Return a paragraph."""
        return Paragraph(escape(text), self.styles[style])

    def first_page(self, canvas: Part, document: Part) -> None:
        """Draw what stands around the first page."""
        canvas.setFillColor(ACCENT)
        canvas.rect(0, A4[1] - 4 * mm, A4[0], 4 * mm, stroke=0, fill=1)
        self._foot(canvas, document)

    def later_page(self, canvas: Part, document: Part) -> None:
        """Draw what stands around every other page."""
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
        """Return the title, with the days it is of."""
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
