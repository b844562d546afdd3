"""Compiling a ladder of the document. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from puntal.kit import money
from puntal.kit.calendar import Unit
from puntal.programs.document import ladders as document
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText, Span
from puntal.programs.document.wallets import Wallet
from puntal.tiers.model import Climb, Keep, MeasureKind, Window


def compile_ladder(
    index: int,
    ladder: document.Ladder,
    *,
    wallets: Mapping[str, int],
    currency: str,
    zone: ZoneInfo,
    scales: Mapping[str, int] | None = None,
) -> Climb:
    """Return a ladder ready for the hot path.

    Args:
        index: Position of the ladder in the document.
        ladder: As published.
        wallets: Ordinal of each wallet id.
        currency: Of the program; lines of spend are read in its minor units.
        zone: Of the program.
        scales: Decimals of each wallet, 0 where not named; lines are written as members see them.

    Raises:
        ValueError: The ladder cannot work, in a sentence for who wrote it.
    """
    measure, wallet = _measure(ladder, wallets)
    window, span = _window(ladder)
    keep, keep_months = _keep(ladder, window)
    factor = 10 ** (scales or {}).get(ladder.measure.earned or "", 0)
    lines = tuple(_line(tier.from_, measure, currency, factor) for tier in ladder.tiers)
    tiers = tuple(tier.id for tier in ladder.tiers)
    if lines[0] != 0:
        raise ValueError(f"the first tier, {tiers[0]}, is for everyone and has no line")
    if any(upper <= lower for lower, upper in pairwise(lines)):
        raise ValueError("each tier's line is above the one before")
    if len(set(tiers)) < len(tiers):
        raise ValueError("a tier is named twice")
    return Climb(
        index=index,
        id=ladder.id,
        measure=measure,
        wallet=wallet,
        window=window,
        span=span,
        tiers=tiers,
        lines=lines,
        ranks={tier: rank for rank, tier in enumerate(tiers)},
        retired=frozenset(rank for rank, tier in enumerate(ladder.tiers) if rank and tier.retired),
        keep=keep,
        keep_months=keep_months,
        downgrade=ladder.downgrade.to,
        grace=_days(ladder.downgrade.grace, "a grace"),
        notice=_days(ladder.downgrade.notice, "a notice"),
        rates_apply=ladder.rates_apply,
        refund_below_line=ladder.refund_below_line,
        zone=zone,
    )


def compile_ladders(program: Program, wallets: Mapping[str, int]) -> tuple[Climb, ...]:
    """Return the ladders of a checked document, in its order.

    Args:
        program: As published.
        wallets: Ordinal of each wallet id.
    """
    zone = ZoneInfo(program.timezone)
    scales = {id: _scale(wallet, program.currency) for id, wallet in program.wallets.items()}
    return tuple(
        compile_ladder(index, ladder, wallets=wallets, currency=program.currency, zone=zone, scales=scales)
        for index, ladder in enumerate(program.ladders)
    )


def _scale(wallet: Wallet, currency: str) -> int:
    if wallet.kind == "money" and wallet.scale == 0:
        return money.digits(wallet.currency or currency)
    return wallet.scale


def _measure(ladder: document.Ladder, wallets: Mapping[str, int]) -> tuple[MeasureKind, int | None]:
    measure = ladder.measure
    if sum(choice is not None for choice in (measure.earned, measure.spend, measure.orders)) != 1:
        raise ValueError("a ladder measures exactly one of earned, spend, orders")
    if measure.earned is not None:
        if measure.earned not in wallets:
            raise ValueError(f"there is no wallet {measure.earned}")
        return "earned", wallets[measure.earned]
    return ("spend", None) if measure.spend is not None else ("orders", None)


def _window(ladder: document.Ladder) -> tuple[Window, tuple[int, Unit] | None]:
    if isinstance(ladder.window, document.Rolling):
        return "rolling", _days(ladder.window.rolling, "a rolling window")
    return ladder.window, None


def _keep(ladder: document.Ladder, window: Window) -> tuple[Keep, int]:
    if not isinstance(ladder.keep, document.Months):
        return ladder.keep, 0
    if window in {"calendar_year", "membership_year"}:
        raise ValueError(
            f"a ladder that counts by {window.replace('_', ' ')} begins again each year, so a tier cannot be kept"
            f" for {ladder.keep.months} months: keep it to the end of this or the next period, or for ever"
        )
    return "months", ladder.keep.months


def _days(span: Span | None, what: str) -> tuple[int, Unit] | None:
    if span is None:
        return None
    if span.unit in {"minutes", "hours"}:
        raise ValueError(f"{what} is counted in days or longer, not {span.root}")
    return span.count, span.unit


def _line(line: int | MoneyText | None, measure: MeasureKind, currency: str, factor: int) -> int:
    if line is None:
        return 0
    if isinstance(line, MoneyText):
        if measure == "orders":
            raise ValueError(f"a number of orders is not money: {line.root}")
        if line.currency != currency:
            raise ValueError(f"{line.root} is not in the program's currency {currency}")
        return money.minor(line.amount, currency)
    if measure == "spend":
        raise ValueError(f"write the line as money with its currency: {line}.00 {currency}")
    return line * factor


def to_place(before: Sequence[Climb], after: Sequence[Climb]) -> tuple[tuple[Climb, ...], frozenset[str]]:
    """Return the ladders that an edit puts members on anew, and those of them whose count must be made again."""
    known = {climb.id: climb for climb in before}
    changed = tuple(climb for climb in after if _terms(known.get(climb.id)) != _terms(climb))
    recount = frozenset(climb.id for climb in changed if _counted(known.get(climb.id)) != _counted(climb))
    return changed, recount


def _counted(climb: Climb | None) -> tuple[object, ...] | None:
    return None if climb is None else (climb.measure, climb.wallet, climb.window, climb.span)


def _terms(climb: Climb | None) -> tuple[object, ...] | None:
    if climb is None:
        return None
    return (_counted(climb), climb.tiers, climb.lines, climb.retired, climb.keep, climb.keep_months)
