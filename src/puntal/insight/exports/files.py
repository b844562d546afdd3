"""Writing a file row by row, with the memory of a few rows: CSV for machines, XLSX for people."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import xlsxwriter

from puntal.kit.sheets import cell

PIECE = 1_000_000
"""Bytes of one piece."""
MOST_ROWS = 1_048_575
"""Of one sheet, below its names."""
MOST_TEXT = 32_767
"""Characters of a cell of a spreadsheet."""
_FIRST_YEAR = 1900
_EXACT = 2**53
"""Spreadsheets have doubles; larger numbers stay text, digit by digit."""


class Csv:
    """UTF-8 with a mark that spreadsheets know it by; what they would run is text."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._out = io.StringIO()
        self._out.write("\ufeff")
        self._writer = csv.writer(self._out)
        self._writer.writerow([cell(name) for name in columns])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._out.close()

    def add(self, row: Sequence[Any]) -> None:
        """Write a row."""
        self._writer.writerow([cell(value) for value in row])

    def taken(self) -> bytes:
        """Return what is ready, a piece or more of it."""
        return self._take() if self._out.tell() >= PIECE else b""

    def end(self) -> Iterator[bytes]:
        """Yield the rest."""
        yield self._take()

    def _take(self) -> bytes:
        data = self._out.getvalue().encode()
        self._out.seek(0)
        self._out.truncate()
        return data


class Xlsx:
    """Rows go to files of this process one by one; the workbook is put together at the end."""

    def __init__(self, columns: Sequence[str], zone: tzinfo) -> None:
        self._columns = columns
        self._zone = zone
        self._folder = tempfile.TemporaryDirectory(prefix="puntal-export-")
        self._path = Path(self._folder.name) / "export.xlsx"
        self._book = xlsxwriter.Workbook(
            self._path,
            {
                "constant_memory": True,
                "tmpdir": self._folder.name,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._bold = self._book.add_format({"bold": True})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._instant = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._folder.cleanup()

    def _begin(self) -> None:
        self._sheet = self._book.add_worksheet()
        for n, name in enumerate(self._columns):
            self._sheet.write_string(0, n, name, self._bold)
        self._sheet.freeze_panes(1, 0)
        self._row = 0

    def add(self, row: Sequence[Any]) -> None:
        """Write a row; text is text, whatever it begins with."""
        if self._row == MOST_ROWS:
            self._begin()
        self._row += 1
        for n, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                self._sheet.write_boolean(self._row, n, value)
            elif isinstance(value, int) and abs(value) < _EXACT:
                self._sheet.write_number(self._row, n, value)
            elif isinstance(value, Decimal):
                self._sheet.write_number(self._row, n, float(value))
            elif isinstance(value, datetime) and value.year >= _FIRST_YEAR:
                # Spreadsheets know no zones.
                local = value.astimezone(self._zone).replace(tzinfo=None)
                self._sheet.write_datetime(self._row, n, local, self._instant)
            elif isinstance(value, date) and value.year >= _FIRST_YEAR:
                self._sheet.write_datetime(self._row, n, value, self._day)
            else:
                self._sheet.write_string(self._row, n, str(value)[:MOST_TEXT])

    def taken(self) -> bytes:
        """Return nothing: a workbook is whole or not at all."""
        return b""

    def end(self) -> Iterator[bytes]:
        """Yield the workbook, piece by piece."""
        self._book.close()
        with self._path.open("rb") as made:
            while data := made.read(PIECE):
                yield data


def opened(format: str, columns: Sequence[str], *, zone: tzinfo = UTC) -> Csv | Xlsx:
    """Return a file to be written; instants of a workbook are those of a zone, a CSV file says its own."""
    return Csv(columns) if format == "csv" else Xlsx(columns, zone)
