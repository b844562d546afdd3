"""The one table of results: printed for people, written as JSON for everything else."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table as RichTable

LATEST = Path(__file__).parent / "results" / "latest.json"


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row should reach.

    Attributes:
        of: Whether the target is for the ratio to pgbench or for the value itself.
        better: `higher` is met at or above the target, `lower` at or below it.
    """

    target: float
    of: Literal["ratio", "value"] = "ratio"
    better: Literal["higher", "lower"] = "higher"

    def met(self, *, value: float, ratio: float | None) -> bool | None:
        """Return whether it is reached; None when there is no ratio to judge."""
        measured = ratio if self.of == "ratio" else value
        if measured is None:
            return None
        return measured >= self.target if self.better == "higher" else measured <= self.target

    def __str__(self) -> str:
        sign = ">=" if self.better == "higher" else "<="
        return f"{sign} {self.target:,g}{' x' if self.of == 'ratio' else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement.

    Attributes:
        ratio: To the transactions a second of pgbench, measured before and after each round.
        cpu_server_us: Microseconds of our processes per unit; the client's share is in it only where the
            row says so.
        cpu_database_us: Microseconds of the database's processes per unit.
        note: What a reader must know to judge the number.
    """

    name: str
    value: float
    unit: str
    ratio: float | None = None
    goal: Goal | None = None
    cpu_server_us: float | None = None
    cpu_database_us: float | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON holds it: `goal` is the bare number, what it is of and whether it is met beside."""
        goal = self.goal
        return {
            "name": self.name,
            "value": _digits(self.value),
            "unit": self.unit,
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "goal": goal and goal.target,
            "goal_of": goal and goal.of,
            "better": goal and goal.better,
            "met": goal and goal.met(value=self.value, ratio=self.ratio),
            "cpu_server_us": _digits(self.cpu_server_us),
            "cpu_database_us": _digits(self.cpu_database_us),
            "note": self.note,
        }


@dataclass(slots=True)
class Table:
    """Everything measured in one run."""

    machine: dict[str, Any]
    pgbench_tps: float | None = None
    rows: list[Row] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the document that `latest.json` holds."""
        return {
            "pgbench_tps": _digits(self.pgbench_tps),
            "machine": self.machine,
            "rows": [row.as_dict() for row in self.rows],
        }

    def write(self, path: Path = LATEST) -> None:
        """Replace the file as a whole, so that a reader never sees half of it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(self.as_dict(), indent=2) + "\n")
        fresh.replace(path)

    def show(self, console: Console) -> None:
        """Print it."""
        tps = "not measured" if self.pgbench_tps is None else f"{self.pgbench_tps:,.0f} tps"
        shown = RichTable(title=f"pgbench: {tps}", title_justify="left")
        shown.add_column("what")
        for heading in ("value", "unit", "x pgbench", "goal", "", "server us", "database us"):
            shown.add_column(heading, justify="left" if heading == "unit" else "right", no_wrap=True)
        for row in self.rows:
            met = None if row.goal is None else row.goal.met(value=row.value, ratio=row.ratio)
            shown.add_row(
                row.name + (f"\n  [dim]{row.note}[/dim]" if row.note else ""),
                _text(row.value),
                row.unit,
                "" if row.ratio is None else f"{row.ratio:.2f}",
                "" if row.goal is None else str(row.goal),
                {None: "", True: "[green]met[/green]", False: "[red]short[/red]"}[met],
                _text(row.cpu_server_us),
                _text(row.cpu_database_us),
            )
        console.print(shown)


def _digits(number: float | None) -> float | None:
    return None if number is None else round(number, 0 if number >= 1000 else 3)


def _text(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
