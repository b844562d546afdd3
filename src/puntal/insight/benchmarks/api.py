"""Benchmarks over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from puntal.access.dependencies import Now, ProgramCaller, program_router, requires
from puntal.access.model import Permission
from puntal.insight import policy_kpis
from puntal.insight.api.kpis import DaysOut, number, rows_of, sql_of
from puntal.insight.api.routing import FILE, READ, REFUSALS, Asked, Reported
from puntal.insight.benchmarks import operations, policy, reading
from puntal.insight.benchmarks.errors import BenchmarkUnknown
from puntal.insight.benchmarks.model import Better, Compared, Verdict, Wanted
from puntal.insight.benchmarks.phrases import WORTH
from puntal.insight.model_kpis import FigureUnit, Span
from puntal.insight.phrases import FORMULAS
from puntal.insight.policy_goals import OF_PROGRAM, OF_WALLET
from puntal.kit.errors import UnsupportedMedia

router = program_router("reports")

_WRITE = [requires(Permission.PROGRAM_WRITE)]
_FILES = frozenset({"text/csv", "text/plain"})
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"description": "`insight.benchmark_unknown`, `access.program_unknown`"}
}
_WRONG: dict[int | str, dict[str, Any]] = {
    409: {
        "description": "`programs.not_published`, `insight.benchmark_exists`, `insight.too_many_benchmarks`,"
        " `idempotency.key_reused`"
    },
    422: {"description": "`insight.benchmark_metric`, `points.unknown_wallet`, `request.faulty`"},
}
_EXAMPLE: dict[str, JsonValue] = {
    "metric": "repeat_customer_rate",
    "value": 0.41,
    "label": "Fashion, Spain",
    "source": "Trade association, annual report",
    "year": 2025,
    "sample_size": 312,
    "definition": "Two or more orders in twelve months",
}
_FILE_EXAMPLE = (
    "metric,wallet,value,label,source,year,sample_size,definition\n"
    'repeat_customer_rate,,41%,"Fashion, Spain",Trade association,2025,312,Two or more orders in twelve months\n'
    'redemption_rate_period,points,0.6,"Fashion, Spain",Trade association,2025,,\n'
)


class BenchmarksQuery(BaseModel):
    """Which of our days are compared."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = Field(
        default=None, alias="from", examples=["2025-03-01"], description="Not said: the last twelve full months."
    )
    through: date | None = Field(default=None, examples=["2026-02-28"])


class BenchmarkIn(BaseModel):
    """What others have."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    metric: str = Field(max_length=63, description="The id of a key figure; those a goal can be about.")
    wallet: str | None = Field(default=None, max_length=63, description="Of figures of a wallet: which.")
    value: Decimal = Field(
        ge=-reading.MOST_VALUE,
        le=reading.MOST_VALUE,
        max_digits=19,
        decimal_places=6,
        description="In the figure's unit: money in minor units, a rate of 1 is 100 %.",
    )
    label: str = Field(min_length=1, max_length=120, description="Whose it is; a figure has one of each label.")
    source: str = Field(min_length=1, max_length=500, description="Who says so, and where.")
    year: int = Field(ge=policy.EARLIEST_YEAR, le=policy.LATEST_YEAR)
    sample_size: int | None = Field(default=None, ge=1, le=10**12, description="Of how many, where it is known.")
    definition: str = Field(default="", max_length=1000, description="How its source counts.")

    def wanted(self) -> Wanted:
        """Return it as the operation takes it."""
        return Wanted(**self.model_dump(exclude={"value"}), value=Fraction(self.value))


class WorthOut(BaseModel):
    """What closing the gap is worth, over the days compared and with the buyers there are."""

    sales_minor: int
    orders: float | None = Field(description="Null where each order is dearer instead.")
    formula: str


class BenchmarkOut(BaseModel):
    """A benchmark beside our figure."""

    id: UUID
    metric: str = Field(examples=["repeat_customer_rate"])
    wallet: str | None
    label: str
    source: str
    year: int
    sample_size: int | None
    definition: str
    unit: FigureUnit
    value: int | float = Field(description="Theirs.", examples=[0.41])
    ours: int | float | None = Field(description="Null of nothing, or where the program has no such figure any more.")
    gap: int | float | None = Field(description="Ours less theirs; of rates 0.05 is five points.", examples=[-0.05])
    gap_share: float | None = Field(description="The gap by theirs.", examples=[-0.121951])
    better: Better | None = Field(description="Which way this figure is better; null: neither.")
    verdict: Verdict | None = Field(description="Whether we are better or worse off.")
    worth: WorthOut | None = Field(description="Null where we are not behind, or no formula is honest.")
    formula: str = Field(description="Ours, in the language of the request.")
    rows: str | None = Field(
        description="Where the rows behind ours are, below the program's address; null: other figures add up to it."
    )
    sql: str | None = Field(
        description="Where SQL is that adds ours up anew; null where the program has no such figure."
    )
    changed_at: datetime
    changed_by: str

    @classmethod
    def of(cls, one: Compared, period: Span, asked: Reported) -> BenchmarkOut:
        """Return it as the API shows it."""
        found = one.benchmark
        worth = one.worth
        return cls(
            id=found.id,
            metric=found.metric,
            wallet=found.wallet,
            label=found.label,
            source=found.source,
            year=found.year,
            sample_size=found.sample_size,
            definition=found.definition,
            unit=_unit(one),
            value=_plain(found.value),
            ours=None if one.ours is None else _plain(one.ours),
            gap=None if one.gap is None else _plain(one.gap),
            gap_share=None if one.gap_share is None else float(round(one.gap_share, 6)),
            better=one.better,
            verdict=one.verdict,
            worth=None
            if worth is None
            else WorthOut(
                sales_minor=worth.sales_minor,
                orders=None if worth.orders is None else float(round(worth.orders, 1)),
                formula=WORTH[found.metric][asked.language],
            ),
            formula=FORMULAS[found.metric][asked.language],
            rows=None if one.figure is None else rows_of(one.figure, period),
            sql=None if one.figure is None else sql_of(found.metric, found.wallet, period),
            changed_at=found.changed_at,
            changed_by=found.changed_by,
        )


class BenchmarksOut(BaseModel):
    """Every benchmark of the program, by figure and label."""

    period: DaysOut
    currency: str
    metrics: list[str] = Field(description="Figures that can have benchmarks and are no wallet's.")
    wallet_metrics: list[str] = Field(description="Figures of a wallet that can.")
    items: list[BenchmarkOut]


class ImportedBenchmarksOut(BaseModel):
    """What became of a file."""

    added: int
    replaced: int
    deleted: int


def _unit(one: Compared) -> FigureUnit:
    # A figure is missing only where its wallet is no longer what it was.
    if one.figure is not None:
        return one.figure.unit
    return "rate" if OF_WALLET[one.benchmark.metric] == "rate" else "points"


def _plain(value: Fraction) -> int | float:
    if value.denominator == 1:
        return int(value)
    shown = number(value)
    assert shown is not None
    return shown


async def _told(asked: Reported, since: date | None, through: date | None) -> tuple[DaysOut, list[BenchmarkOut]]:
    first, last = policy.full_months(asked.today)
    if since is None and through is None:
        period = policy_kpis.span(asked.program.zone, first, last)
    else:
        period = policy_kpis.asked(asked.program.zone, since, through, today=asked.today)
    found = await operations.compared(asked.tx, asked.program, period, now=asked.now)
    return DaysOut.of(period), [BenchmarkOut.of(one, period, asked) for one in found]


async def _one(asked: Reported, id: UUID) -> BenchmarkOut:
    _, items = await _told(asked, None, None)
    found = next((one for one in items if one.id == id), None)
    if found is None:
        raise BenchmarkUnknown
    return found


@router.get(
    "/reports/benchmarks",
    summary="Compare figures with benchmarks",
    dependencies=READ,
    responses=FILE | REFUSALS,
    response_model=BenchmarksOut,
)
async def report_benchmarks(asked: Asked, query: Annotated[BenchmarksQuery, Query()]) -> BenchmarksOut | Response:
    """Tell every benchmark beside our figure of the last twelve full months, or of the days asked for.

    A program has the benchmarks that somebody entered, each with its source; Puntal brings none. The file can be
    changed and imported again.
    """
    period, items = await _told(asked, query.since, query.through)
    if asked.as_csv:
        columns = (*reading.COLUMNS, *reading.COMPUTED)
        return asked.file("benchmarks", columns, ([getattr(one, column) for column in columns] for one in items))
    return BenchmarksOut(
        period=period,
        currency=asked.program.currency,
        metrics=list(OF_PROGRAM),
        wallet_metrics=list(OF_WALLET),
        items=items,
    )


@router.post("/reports/benchmarks", status_code=201, summary="Add a benchmark", dependencies=_WRITE, responses=_WRONG)
async def add_benchmark(body: BenchmarkIn, asked: Asked, caller: ProgramCaller, now: Now) -> BenchmarkOut:
    """Add what others have: a key figure, its value, and where that is from."""
    made = await operations.add(asked.tx, asked.program, body.wanted(), by=caller.actor, now=now)
    return await _one(asked, made.id)


@router.put(
    "/reports/benchmarks/{benchmark_id}",
    summary="Replace a benchmark",
    dependencies=_WRITE,
    responses=_WRONG | _UNKNOWN,
)
async def replace_benchmark(
    benchmark_id: UUID, body: BenchmarkIn, asked: Asked, caller: ProgramCaller, now: Now
) -> BenchmarkOut:
    """Replace all of one benchmark."""
    await operations.replace(asked.tx, asked.program, benchmark_id, body.wanted(), by=caller.actor, now=now)
    return await _one(asked, benchmark_id)


@router.delete(
    "/reports/benchmarks/{benchmark_id}",
    status_code=204,
    summary="Delete a benchmark",
    dependencies=_WRITE,
    responses=_UNKNOWN | REFUSALS,
)
async def delete_benchmark(benchmark_id: UUID, asked: Asked, caller: ProgramCaller, now: Now) -> None:
    """Delete one benchmark; our figures stay as they are."""
    await operations.drop(asked.tx, asked.program, benchmark_id, by=caller.actor, now=now)


@router.post(
    "/reports/benchmarks/import",
    summary="Import a file of benchmarks",
    dependencies=_WRITE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"text/csv": {"schema": {"type": "string"}, "example": _FILE_EXAMPLE}},
        }
    },
    responses={
        409: {"description": "`programs.not_published`, `insight.too_many_benchmarks`, `idempotency.key_reused`"},
        415: {"description": "`request.unsupported_media`: send text/csv"},
        422: {"description": "`insight.benchmarks_unreadable`, `insight.benchmarks_faulty`"},
    },
)
async def import_benchmarks(
    request: Request,
    asked: Asked,
    caller: ProgramCaller,
    now: Now,
    *,
    whole: Annotated[bool, Query(description="Delete what the file does not name.")] = False,
) -> ImportedBenchmarksOut:
    """Take a CSV file, all of it or nothing: every value that is wrong is named by its row and column.

    Rates may be written as `0.41` or `41%`. A row whose figure and label is there already replaces it.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FILES:
        raise UnsupportedMedia
    added, replaced, deleted = await operations.take(
        asked.tx,
        asked.program,
        await request.body(),
        whole=whole,
        language=asked.language,
        by=caller.actor,
        now=now,
    )
    return ImportedBenchmarksOut(added=added, replaced=replaced, deleted=deleted)
