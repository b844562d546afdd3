"""Faults of ladders and tiers. Pure."""

from __future__ import annotations

from decimal import Decimal

from puntal.programs.document.ladders import Benefit, Ladder, Months, Rolling
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText
from puntal.programs.policy.collector import Place

_PERIODS = ("calendar_year", "membership_year")
_MONTH_UNITS = frozenset({"months", "years"})
_COARSE_UNITS = frozenset({"days", "weeks", "months", "years"})


def check_ladders(program: Program, root: Place) -> None:
    """Collect the faults of every ladder."""
    places = root / "ladders"
    root.unique([(ladder.id, places / i / "id") for i, ladder in enumerate(program.ladders)], "ladder")
    for index, ladder in enumerate(program.ladders):
        _ladder(ladder, program, places / index)


def _ladder(ladder: Ladder, program: Program, place: Place) -> None:
    measure = ladder.measure
    given = {
        "earned": measure.earned is not None,
        "spend": measure.spend is not None,
        "orders": measure.orders is not None,
    }
    (place / "measure").exactly_one(given, "a measure")
    if measure.earned is not None:
        (place / "measure" / "earned").known(measure.earned, program.wallets, "wallet")
    if isinstance(ladder.window, Rolling) and ladder.window.rolling.unit not in _MONTH_UNITS:
        (place / "window" / "rolling").fault("whole_months", "a rolling window is counted in months", "12 months")
    _keep(ladder, place)
    for key, span in (("grace", ladder.downgrade.grace), ("notice", ladder.downgrade.notice)):
        if span is not None and span.unit not in _COARSE_UNITS:
            (place / "downgrade" / key).fault("whole_days", "it is counted in days, weeks, months or years", "30 days")
    _tiers(ladder, program, place / "tiers")


def _keep(ladder: Ladder, place: Place) -> None:
    has_periods = ladder.window in _PERIODS
    if has_periods and isinstance(ladder.keep, Months):
        (place / "keep").fault(
            "months_need_a_rolling_window",
            f"the measure starts again each {str(ladder.window).replace('_', ' ')}, so a tier kept for "
            f"{ladder.keep.months} months from any day would be judged in the middle of a count",
            "keep: end_of_next_period, or window: {rolling: 12 months}",
        )
    if not has_periods and ladder.keep in {"end_of_period", "end_of_next_period"}:
        named = "a rolling window" if isinstance(ladder.window, Rolling) else "a lifetime window"
        (place / "keep").fault(
            "no_periods", f"{named} has no periods to keep a tier to the end of", "keep: {months: 12}, or keep: forever"
        )


def _tiers(ladder: Ladder, program: Program, places: Place) -> None:
    places.unique([(tier.id, places / i / "id") for i, tier in enumerate(ladder.tiers)], "tier of this ladder")
    spend = ladder.measure.spend is not None
    before = Decimal(0)
    for index, tier in enumerate(ladder.tiers):
        place = places / index
        for position, benefit in enumerate(tier.benefits):
            _benefit(benefit, program, place / "benefits" / position)
        line = place / "from"
        if index == 0:
            if tier.from_ is not None:
                line.fault("first_has_no_line", "everyone begins in the first tier, so it has no line", "remove it")
            if tier.retired:
                (place / "retired").fault("first_stays", "everyone begins in the first tier, so it stays", "remove it")
            continue
        if tier.from_ is None:
            line.fault("missing", f"'{tier.id}' needs the line from which it is reached", "add 'from'")
            continue
        if spend != isinstance(tier.from_, MoneyText):
            _wrong_unit(tier.from_, program.currency, line, spend=spend)
            continue
        value = tier.from_.amount if isinstance(tier.from_, MoneyText) else Decimal(tier.from_)
        if value <= before:
            line.fault(
                "lines_ascend",
                f"each tier's line is above the one before ({before})" if before else "a line is above zero",
                None,
            )
        before = max(value, before)


def _wrong_unit(written: int | MoneyText, currency: str, line: Place, *, spend: bool) -> None:
    if spend:
        line.fault("bare_number", "the measure is spend, so the line is money", f'"{written} {currency}"')
    else:
        amount = written.amount if isinstance(written, MoneyText) else written
        line.fault("money_without_spend", "the measure is not spend, so the line is a plain number", str(amount))


def _benefit(benefit: Benefit, program: Program, place: Place) -> None:
    if benefit.kind == "perk":
        if benefit.text is None:
            (place / "text").fault("missing", "a perk is told in words", "add 'text'")
        if benefit.wallet is not None or benefit.points is not None or benefit.reward is not None:
            place.fault("perk_gives_nothing", "a perk gives no points or reward by itself", "kind: gift")
        if benefit.when != "reached":
            (place / "when").fault("perk_stands", "a perk holds as long as the tier does", "remove it, or kind: gift")
        return
    if benefit.reward is None and (benefit.wallet is None or benefit.points is None):
        place.fault("one_needed", "a gift is points of a wallet, or a reward", "add 'wallet' and 'points'")
    if benefit.wallet is not None:
        (place / "wallet").known(benefit.wallet, program.wallets, "wallet")
