"""Refusals of benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Faulty, Invalid, NotFound


class BenchmarkUnknown(NotFound):
    """The program has no benchmark of this id."""

    code = "insight.benchmark_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such benchmark",
        "es": "No existe esa referencia",
    }


class BenchmarkExists(Conflict):
    """The figure has a benchmark of this label already."""

    code = "insight.benchmark_exists"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This figure has a benchmark called '{label}' already; change that one",
        "es": "Esta cifra ya tiene una referencia llamada '{label}'; cambie esa",
    }


class BenchmarkMetric(Invalid):
    """A benchmark is of a figure that cannot be compared, or leaves out or adds the wallet."""

    code = "insight.benchmark_metric"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "'{metric}' cannot be compared; figures of a wallet need the wallet, others have none",
        "es": "'{metric}' no se puede comparar; las cifras de un monedero lo necesitan, las demás no lo llevan",
    }


class TooManyBenchmarks(Conflict):
    """A program has a most of benchmarks."""

    code = "insight.too_many_benchmarks"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A program has at most {most} benchmarks; delete some first",
        "es": "Un programa tiene como máximo {most} referencias; borre alguna antes",
    }


class BenchmarksUnreadable(Invalid):
    """A file is no CSV in UTF-8, or its first line does not name the columns."""

    code = "insight.benchmarks_unreadable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The file must be CSV in UTF-8 whose first line names the columns {columns}",
        "es": "El fichero debe ser CSV en UTF-8 y su primera línea nombrar las columnas {columns}",
    }


class BenchmarksFaulty(Faulty):
    """Rows of a file cannot be taken, so that none was."""

    code = "insight.benchmarks_faulty"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{count} values of the file are wrong, so nothing of it was taken",
        "es": "{count} valores del fichero son incorrectos, así que no se tomó nada",
    }
