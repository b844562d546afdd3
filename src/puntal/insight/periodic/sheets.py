"""A report as CSV and as a workbook: the same sections, rows and numbers as on its pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

import xlsxwriter
from msgspec import Struct

from puntal.insight.model_kpis import FigureUnit
from puntal.insight.periodic.model import Content
from puntal.insight.periodic.telling import Teller
from puntal.insight.phrases import FORMULAS
from puntal.kit.money import digits, major
from puntal.kit.sheets import cell

Cell = str | int | Decimal | date | None
_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
_LONGEST_NAME = 31
_PLACES = Decimal("0.000001")


class Section(Struct, frozen=True):
    """One table of a report: its name, its columns, and its rows. Money is in major units."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def sections(content: Content) -> list[Section]:
    """Return every table of a report that has rows."""
    return [one for one in _sections(content, Teller(content)) if one.rows]


def _sections(content: Content, tell: Teller) -> Iterator[Section]:
    def word(*names: str) -> tuple[str, ...]:
        return tuple(tell.words[name] for name in names)

    def cash(minor: int) -> Decimal:
        return major(minor, content.currency)

    def units(value: int, wallet: str) -> Cell:
        return cash(value) if wallet in content.money else value

    def plain(value: int | Fraction | None, unit: FigureUnit, wallet: str | None) -> Cell:
        if value is None:
            return None
        if unit == "money" or (unit == "points" and wallet in content.money):
            return cash(round(value))
        return value if isinstance(value, int) else (Decimal(value.numerator) / value.denominator).quantize(_PLACES)

    yield Section(
        tell.words["figures"],
        word("figure", "value", "previous", "formula"),
        [
            (
                tell.name(one.figure),
                plain(one.figure.value, one.figure.unit, one.figure.wallet),
                None if one.previous is None else plain(one.previous.value, one.figure.unit, one.figure.wallet),
                FORMULAS[one.figure.id][content.language],
            )
            for one in content.figures
        ],
    )
    yield Section(
        tell.words["sales" if content.steps == "day" else "sales_week"],
        word("day", "new_members", "orders", "members_sales", "guests_sales"),
        [
            (one.since, one.new_members, one.orders, cash(one.member_sales_minor), cash(one.guest_sales_minor))
            for one in content.series
        ],
    )
    yield Section(tell.words["advice"], word("item", "note"), [(title, reason) for title, reason in tell.advice()])
    yield Section(
        tell.words["goals"],
        word("goal", "so_far", "target", "ends_on", "note"),
        [
            (
                one.goal.name,
                plain(one.value, one.unit, one.goal.wallet),
                plain(one.goal.target, one.unit, one.goal.wallet),
                one.goal.through,
                tell.words[one.pace],
            )
            for one in content.goals
        ],
    )
    yield Section(
        tell.words["budgets"],
        word("budget", "measure", "used", "left", "ends"),
        [
            (
                content.names.budget(one.budget),
                tell.measure(one),
                cash(one.used) if tell.is_money(one.measure) else one.used,
                cash(one.left) if tell.is_money(one.measure) else one.left,
                one.runs_out_on,
            )
            for one in content.budgets
        ],
    )
    yield Section(
        tell.words["rules"],
        word("rule", "wallet", "awards", "given"),
        [
            (
                content.names.rule(one.rule),
                tell.wallet(one.wallet),
                one.awards,
                units(one.units, one.wallet),
            )
            for one in content.rules
        ],
    )
    yield Section(
        tell.words["rewards"],
        word("reward", "taken", "people", "vouchers", "discount"),
        [
            (
                content.names.rewards.get(one.reward, one.reward),
                one.redemptions,
                one.members,
                one.vouchers_used,
                cash(one.discount_minor),
            )
            for one in content.rewards
        ],
    )
    yield Section(
        tell.words["tiers"],
        word("tier", "was", "is"),
        [(content.names.tiers.get((one.ladder, one.tier), one.tier), one.before, one.after) for one in content.tiers],
    )
    yield Section(
        tell.words["liability"],
        word("wallet", "available", "pending", "held", "cost"),
        [
            (
                tell.wallet(one.wallet),
                units(one.available, one.wallet),
                units(one.pending, one.wallet),
                units(one.held, one.wallet),
                cash(one.cost_minor),
            )
            for one in content.liability
        ],
    )
    yield Section(
        tell.words["changes"],
        word("day", "note"),
        [
            *((one.on, tell.word("published", number=one.number, day=tell.day(one.on)) + _note(one.note))
              for one in content.published),
            *((None, line) for line in content.changes),
        ],
    )  # fmt: skip


def _note(note: str) -> str:
    return f": {note}" if note else ""


def write_csv(content: Content) -> bytes:
    """Return the report for spreadsheets: every section below the other, its name in the first column."""
    tell = Teller(content)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(content.program), f"{tell.title}: {tell.period()}"])
    for one in sections(content):
        writer.writerow([])
        writer.writerow([one.name, *one.columns])
        # A decimal is a number also where it begins with a sign.
        writer.writerows(
            [one.name, *(f"{value:f}" if isinstance(value, Decimal) else cell(value) for value in row)]
            for row in one.rows
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(content: Content) -> bytes:
    """Return the report as a workbook with a sheet for each section; text is text, whatever it begins with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    tell = Teller(content)
    book.set_properties({"title": f"{tell.title}: {tell.period()}", "author": content.program, "created": _at(content)})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    money = book.add_format({"num_format": f"#,##0.{'0' * digits(content.currency)}".rstrip(".")})
    for number, one in enumerate(sections(content), start=1):
        sheet = book.add_worksheet(f"{number} {_SHEET_NAME.sub(' ', one.name)}"[:_LONGEST_NAME])
        for n, name in enumerate(one.columns):
            sheet.write_string(0, n, name, bold)
            longest = max((len(str(row[n])) for row in one.rows if row[n] is not None), default=0)
            sheet.set_column(n, n, min(max(len(name), longest) + 2, 60))
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(one.rows, start=1):
            for n, value in enumerate(row):
                if isinstance(value, Decimal):
                    rate = -value.as_tuple().exponent > digits(content.currency)  # type: ignore[operator] # finite
                    sheet.write_number(at, n, value, None if rate else money)
                elif isinstance(value, int):
                    sheet.write_number(at, n, value)
                elif isinstance(value, date):
                    sheet.write_datetime(at, n, datetime.combine(value, time.min), day)
                elif value is not None:
                    sheet.write_string(at, n, value)
    book.close()
    return out.getvalue()


def _at(content: Content) -> datetime:
    # The same content gives the same bytes.
    return datetime.combine(content.made_on, time.min, tzinfo=UTC).replace(tzinfo=None)
