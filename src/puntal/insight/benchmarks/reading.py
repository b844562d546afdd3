"""Reading a file of benchmarks: every fault by its row, and nothing where there is one. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from puntal.insight.benchmarks import policy
from puntal.insight.benchmarks.errors import BenchmarksFaulty, BenchmarksUnreadable, TooManyBenchmarks
from puntal.insight.benchmarks.model import Wanted
from puntal.kit.errors import Fault, pointer

NEEDED = ("metric", "value", "label", "source", "year")
COLUMNS = ("metric", "wallet", "value", "label", "source", "year", "sample_size", "definition")
COMPUTED = ("unit", "ours", "gap", "gap_share", "verdict")
"""Columns of our own file that are passed over when it comes back."""
LONGEST: Mapping[str, int] = {"label": 120, "source": 500, "definition": 1000}
MOST_VALUE = 10**12
_MOST_SAMPLE = 10**12
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")

_REASONS: Mapping[str, tuple[str, str]] = {
    "unknown_metric": ("This figure cannot be compared", "Esta cifra no se puede comparar"),
    "unknown_wallet": ("The program has no such wallet", "El programa no tiene ese monedero"),
    "missing": ("Nothing is said here", "Aquí no se dice nada"),
    "not_a_number": ("This is no number", "Esto no es un número"),
    "out_of_range": ("This number is out of range", "Este número está fuera de rango"),
    "too_long": ("This text is too long", "Este texto es demasiado largo"),
    "twice": ("A row before has the same figure and label", "Una fila anterior tiene la misma cifra y etiqueta"),
    "too_many_cells": ("The row has more cells than the first line", "La fila tiene más celdas que la primera línea"),
}


def read(text: str, wallets: Sequence[str], *, language: str) -> list[Wanted]:
    """Return the benchmarks of a CSV file.

    Args:
        text: With or without a mark at its beginning; cells by commas or, as spreadsheets of many countries write
            them, by semicolons.
        wallets: Of the program, without those that only qualify.
        language: Of the reasons: `en` or `es`.

    Raises:
        BenchmarksUnreadable: Its first line does not name the columns.
        BenchmarksFaulty: Rows are wrong: all of them are named.
        TooManyBenchmarks: It has more rows than a program may have.
    """
    first = text.lstrip("\ufeff").partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text.lstrip("\ufeff"), newline=""),
        delimiter=";" if first.count(";") > first.count(",") else ",",
        strict=True,
    )
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        if not set(NEEDED) <= set(names) or set(names) - {*COLUMNS, *COMPUTED} or len(set(names)) < len(names):
            raise BenchmarksUnreadable(columns=", ".join(COLUMNS))
        reader.fieldnames = names
        rows = [row for row in reader if any(value for value in row.values())]
    except csv.Error as unreadable:
        raise BenchmarksUnreadable(columns=", ".join(COLUMNS)) from unreadable
    if len(rows) > policy.MOST:
        raise TooManyBenchmarks(most=policy.MOST)
    faults: list[Fault] = []
    found: list[Wanted] = []
    seen: set[tuple[str, str | None, str]] = set()
    for number, row in enumerate(rows, start=1):
        reading = _Row(row, number, language)
        one = reading.benchmark(wallets)
        key = (one.metric, one.wallet, one.label)
        if key in seen and not reading.faults:
            reading.wrong("label", "twice")
        seen.add(key)
        found.append(one)
        faults += reading.faults
    if faults:
        raise BenchmarksFaulty(faults)
    return found


class _Row:
    """One row, and what is wrong with it."""

    def __init__(self, row: Mapping[str | None, object], number: int, language: str) -> None:
        self._cells = {str(name): str(value or "").strip() for name, value in row.items() if name is not None}
        self._number = number
        self._spanish = language == "es"
        self.faults: list[Fault] = []
        if None in row:
            self.wrong("", "too_many_cells")

    def wrong(self, column: str, code: str) -> None:
        """Note a fault; rows are counted from 1, without the line of names."""
        path = pointer(self._number, column) if column else pointer(self._number)
        self.faults.append(Fault(path=path, code=code, reason=_REASONS[code][self._spanish]))

    def benchmark(self, wallets: Sequence[str]) -> Wanted:
        """Return what it says; where it is faulty, something of the shape."""
        metric, wallet = self._cells["metric"].lower(), self._cells.get("wallet") or None
        if not policy.can_be_compared(metric, wallet=wallet is not None):
            self.wrong("metric", "unknown_metric" if metric else "missing")
        elif wallet is not None and wallet not in wallets:
            self.wrong("wallet", "unknown_wallet")
        return Wanted(
            metric=metric,
            wallet=wallet,
            value=self._value(),
            label=self._text("label"),
            source=self._text("source"),
            year=self._whole("year", policy.EARLIEST_YEAR, policy.LATEST_YEAR) or 0,
            sample_size=self._whole("sample_size", 1, _MOST_SAMPLE, needed=False),
            definition=self._text("definition", needed=False),
        )

    def _text(self, column: str, *, needed: bool = True) -> str:
        text = self._cells.get(column, "")
        # What our own file defused for spreadsheets.
        text = text[1:] if text[:1] == "'" and text[1:].lstrip(" \n")[:1] in set("=+-@\t\r") else text
        if needed and not text:
            self.wrong(column, "missing")
        if len(text) > LONGEST[column]:
            self.wrong(column, "too_long")
        return text

    def _whole(self, column: str, least: int, most: int, *, needed: bool = True) -> int | None:
        text = self._cells.get(column, "")
        if not text:
            if needed:
                self.wrong(column, "missing")
            return None
        if not text.isascii() or not text.isdecimal():
            self.wrong(column, "not_a_number")
            return None
        if not least <= int(text[:20]) <= most:
            self.wrong(column, "out_of_range")
            return None
        return int(text)

    def _value(self) -> Fraction:
        text = self._cells["value"]
        share = text.endswith("%")
        plain = text.removesuffix("%").strip()
        plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
        if not text:
            self.wrong("value", "missing")
            return Fraction(0)
        if not _NUMBER.fullmatch(plain):
            self.wrong("value", "not_a_number")
            return Fraction(0)
        value = Fraction(plain) / (100 if share else 1)
        if abs(value) > MOST_VALUE:
            self.wrong("value", "out_of_range")
        return value
