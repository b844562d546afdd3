"""A member's month in one wallet, as a file: CSV for spreadsheets, PDF on A4 for people.

What is written is the ledger's: the opening, every line recorded in the month, and the closing they lead to.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, TypeAlias
from xml.sax.saxutils import escape

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from msgspec import Struct

from puntal.kit import fonts
from puntal.kit.sheets import cell
from puntal.ledger.model import AVAILABLE, DEBT, Transfer
from puntal.points.model import StatementWallet, Terms
from puntal.points.statement_words import KINDS, WORDS

FileFormat: TypeAlias = Literal["csv", "pdf"]
MEDIA: Mapping[FileFormat, str] = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}
CSV_COLUMNS = (
    "recorded_at",
    "effective_at",
    "kind",
    "text",
    "reference",
    "source",
    "destination",
    "amount",
    "change",
    "balance",
)


class Heading(Struct, frozen=True, kw_only=True):
    """What stands above the lines.

    Attributes:
        name: The member's, where it is known.
        month: Its first day; `until` is the first day after it.
        made_at: On the program's clock.
        language: `en` or `es`.
    """

    program: str
    wallet: str
    member: str
    name: str | None
    month: date
    until: date
    made_at: datetime
    language: str


class Row(Struct, frozen=True):
    """One line: what it did to the balance the member sees, and the balance after it."""

    line: Transfer
    text: str
    reference: str
    change: int
    balance: int


def rows_of(statement: StatementWallet, language: str) -> list[Row]:
    """Return the lines with the balance after each; the last is the closing one."""
    balance = shown_balance(statement.opening)
    rows = []
    for line in statement.lines:
        change = _change(line)
        balance += change
        rows.append(Row(line, _text(line, language), _reference(line), change, balance))
    return rows


def shown_balance(accounts: Mapping[str, int]) -> int:
    """Return what a member sees of her accounts: available less debt."""
    return accounts[AVAILABLE] - accounts[DEBT]


def _change(line: Transfer) -> int:
    # Both make the balance shown smaller when they are left, and larger when they are reached.
    ours = (AVAILABLE, DEBT)
    return line.amount * ((line.destination in ours) - (line.source in ours))


def _text(line: Transfer, language: str) -> str:
    words = KINDS.get(line.kind)
    text = line.kind if words is None else words[language]
    reason = (line.note or {}).get("reason")
    return f"{text}: {reason}" if reason else text


def _reference(line: Transfer) -> str:
    note = line.note or {}
    return str(line.order_key or note.get("reference") or "")


def write_csv(statement: StatementWallet, terms: Terms, heading: Heading) -> bytes:
    """Return the statement for spreadsheets: UTF-8 with its mark, amounts in whole units with a point."""
    words = WORDS[heading.language]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    opening, closing = shown_balance(statement.opening), shown_balance(statement.closing)
    writer.writerow([heading.month, "", "opening", words["opening"], "", "", "", "", "", _plain(opening, terms)])
    for row in rows_of(statement, heading.language):
        line = row.line
        writer.writerow(
            [
                line.recorded_at.astimezone(terms.zone).isoformat(),
                line.effective_at.astimezone(terms.zone).isoformat(),
                line.kind,
                cell(row.text),
                cell(row.reference),
                line.source,
                line.destination,
                _plain(line.amount, terms),
                _plain(row.change, terms),
                _plain(row.balance, terms),
            ]
        )
    writer.writerow([heading.until, "", "closing", words["closing"], "", "", "", "", "", _plain(closing, terms)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(amount: int, terms: Terms) -> str:
    return f"{Decimal(amount).scaleb(-terms.scale):f}"


def write_pdf(statement: StatementWallet, terms: Terms, heading: Heading) -> bytes:
    """Return the statement on A4 pages with its fonts in the file; the same statement gives the same bytes."""
    from reportlab.lib import colors  # noqa: PLC0415 - a third of a second, which few processes need
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.lib.units import mm  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table  # noqa: PLC0415

    words, styles = WORDS[heading.language], _styles()
    month = format_date(heading.month, "LLLL y", locale=heading.language)
    whose = f"{heading.name} · {heading.member}" if heading.name else heading.member

    def cell(text: str, style: str = "cell") -> Any:  # noqa: ANN401 - the library has no types
        return Paragraph(escape(text), styles[style])

    rows = [[cell(words[name], "head") for name in ("date", "movement", "reference")]]
    rows[0] += [cell(words[name], "head_right") for name in ("change", "balance")]
    rows.append(
        [
            cell(_day(heading.month, heading.language)),
            cell(words["opening"], "strong"),
            cell(""),
            cell(""),
            cell(_shown(shown_balance(statement.opening), terms, heading.language), "strong_right"),
        ]
    )
    for row in rows_of(statement, heading.language):
        moved = _shown(row.change, terms, heading.language, signed=True)
        if not row.change:
            # What only starts, or is set aside elsewhere, moves no balance yet.
            moved = f"({_shown(row.line.amount, terms, heading.language)})"
        rows.append(
            [
                cell(_day(row.line.recorded_at.astimezone(terms.zone).date(), heading.language)),
                cell(row.text),
                cell(row.reference),
                cell(moved, "right"),
                cell(_shown(row.balance, terms, heading.language), "right"),
            ]
        )
    rows.append(
        [
            cell(""),
            cell(words["closing"], "strong"),
            cell(""),
            cell(""),
            cell(_shown(shown_balance(statement.closing), terms, heading.language), "strong_right"),
        ]
    )
    table = Table(rows, colWidths=[23 * mm, 67 * mm, 34 * mm, 25 * mm, 25 * mm], repeatRows=1)
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.black),
            ("LINEBELOW", (0, 1), (-1, -2), 0.25, colors.lightgrey),
            ("LINEABOVE", (0, -1), (-1, -1), 0.8, colors.black),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ]
    )
    out = io.BytesIO()
    made = format_date(heading.made_at.astimezone(terms.zone).date(), "long", locale=heading.language)

    def foot(canvas: Any, document: Any) -> None:  # noqa: ANN401 - the library has no types
        canvas.setFont("Vera", 7)
        canvas.setFillColor(colors.grey)
        canvas.drawString(18 * mm, 11 * mm, words["made"].format(date=made))
        canvas.drawRightString(192 * mm, 11 * mm, words["page"].format(page=document.page))

    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        # Frames keep six points free on their own; the table begins where the heading does.
        leftMargin=18 * mm - 6,
        rightMargin=18 * mm - 6,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=f"{words['title']} · {heading.wallet} · {month}",
        author=heading.program,
        lang=heading.language,
        invariant=1,
    )
    story = [
        cell(heading.program, "program"),
        cell(f"{words['title']} · {heading.wallet}", "title"),
        cell(f"{month[:1].upper()}{month[1:]} · {whose}", "sub"),
        Spacer(1, 5 * mm),
        table,
        Spacer(1, 4 * mm),
        cell(words["note"], "note"),
    ]
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


@cache
def _styles() -> dict[str, Any]:
    """Return the paragraph styles, having read the fonts."""
    from reportlab.lib.enums import TA_RIGHT  # noqa: PLC0415 - as above
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415

    fonts.register()
    plain = ParagraphStyle("cell", fontName="Vera", fontSize=8, leading=10.5, splitLongWords=True)
    strong = ParagraphStyle("strong", parent=plain, fontName="VeraBd")
    return {
        "cell": plain,
        "right": ParagraphStyle("right", parent=plain, alignment=TA_RIGHT),
        "strong": strong,
        "strong_right": ParagraphStyle("strong_right", parent=strong, alignment=TA_RIGHT),
        "head": ParagraphStyle("head", parent=strong, fontSize=7.5),
        "head_right": ParagraphStyle("head_right", parent=strong, fontSize=7.5, alignment=TA_RIGHT),
        "program": ParagraphStyle("program", parent=plain, textColor="#555555"),
        "title": ParagraphStyle("title", parent=strong, fontSize=15, leading=21),
        "sub": ParagraphStyle("sub", parent=plain, fontSize=9.5, leading=14),
        "note": ParagraphStyle("note", parent=plain, fontSize=7.5, textColor="#555555"),
    }


def _day(day: date, language: str) -> str:
    return format_date(day, "dd/MM/yyyy" if language == "es" else "d MMM y", locale=language)


def _shown(amount: int, terms: Terms, language: str, *, signed: bool = False) -> str:
    value = Decimal(amount).scaleb(-terms.scale)
    if terms.kind == "money" and terms.currency is not None:
        text = str(format_currency(value, terms.currency, locale=language))
    else:
        pattern = "#,##0" + ("." + "0" * terms.scale if terms.scale else "")
        text = str(format_decimal(value, format=pattern, locale=language))
    return f"+{text}" if signed and amount > 0 else text


def write(form: FileFormat, statement: StatementWallet, terms: Terms, heading: Heading) -> bytes:
    """Return the statement as a file."""
    return write_csv(statement, terms, heading) if form == "csv" else write_pdf(statement, terms, heading)


def empty(terms: Terms, accounts: Sequence[str]) -> StatementWallet:
    """Return the statement of a month in which a wallet had nothing."""
    nothing = dict.fromkeys(accounts, 0)
    return StatementWallet(wallet=terms.id, ordinal=terms.ordinal, opening=nothing, closing=dict(nothing), lines=())
