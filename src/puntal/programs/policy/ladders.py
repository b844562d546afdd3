"""Faults of ladders and tiers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from puntal.kit.words import Words
from puntal.programs.document.ladders import Benefit, Ladder, Months, Rolling
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText
from puntal.programs.policy.collector import Place
from puntal.programs.policy.hints import REMOVE, added

_PERIODS: Mapping[object, Words] = {
    "calendar_year": Words("calendar year", "año natural"),
    "membership_year": Words("membership year", "año de miembro"),
}
_LIFETIME = Words("a lifetime window", "una ventana de por vida")
_ABOVE_ZERO = Words("a line is above zero", "una línea está por encima de cero")
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
        reason = Words("a rolling window is counted in months", "una ventana móvil se cuenta en meses")
        (place / "window" / "rolling").fault("whole_months", reason, "12 months")
    _keep(ladder, place)
    for key, span in (("grace", ladder.downgrade.grace), ("notice", ladder.downgrade.notice)):
        if span is not None and span.unit not in _COARSE_UNITS:
            reason = Words("it is counted in days, weeks, months or years", "se cuenta en días, semanas, meses o años")
            (place / "downgrade" / key).fault("whole_days", reason, "30 days")
    _tiers(ladder, program, place / "tiers")


def _keep(ladder: Ladder, place: Place) -> None:
    period = None if isinstance(ladder.window, Rolling) else _PERIODS.get(ladder.window)
    if period is not None and isinstance(ladder.keep, Months):
        kept = ladder.keep.months
        (place / "keep").fault(
            "months_need_a_rolling_window",
            Words(
                f"the measure starts again each {period.en}, so a tier kept for "
                f"{kept} months from any day would be judged in the middle of a count",
                f"la medida empieza de nuevo cada {period.es}, así que un nivel que se conserva "
                f"{kept} {'mes' if kept == 1 else 'meses'} desde cualquier día se juzgaría a mitad de una cuenta",
            ),
            Words(
                "keep: end_of_next_period, or window: {rolling: 12 months}",
                "keep: end_of_next_period, o window: {rolling: 12 months}",
            ),
        )
    if period is None and ladder.keep in {"end_of_period", "end_of_next_period"}:
        rolling = isinstance(ladder.window, Rolling)
        named = Words("a rolling window", "una ventana móvil") if rolling else _LIFETIME
        (place / "keep").fault(
            "no_periods",
            Words(
                f"{named.en} has no periods to keep a tier to the end of",
                f"{named.es} no tiene periodos, y sin ellos no hay un final hasta el que conservar un nivel",
            ),
            Words("keep: {months: 12}, or keep: forever", "keep: {months: 12}, o keep: forever"),
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
                reason = Words(
                    "everyone begins in the first tier, so it has no line",
                    "todos empiezan en el primer nivel, así que no tiene línea",
                )
                line.fault("first_has_no_line", reason, REMOVE)
            if tier.retired:
                reason = Words(
                    "everyone begins in the first tier, so it stays",
                    "todos empiezan en el primer nivel, así que no se retira",
                )
                (place / "retired").fault("first_stays", reason, REMOVE)
            continue
        if tier.from_ is None:
            reason = Words(
                f"'{tier.id}' needs the line from which it is reached",
                f"'{tier.id}' necesita la línea desde la que se alcanza",
            )
            line.fault("missing", reason, added("from"))
            continue
        if spend != isinstance(tier.from_, MoneyText):
            _wrong_unit(tier.from_, program.currency, line, spend=spend)
            continue
        value = tier.from_.amount if isinstance(tier.from_, MoneyText) else Decimal(tier.from_)
        if value <= before:
            above = Words(
                f"each tier's line is above the one before ({before})",
                f"la línea de cada nivel está por encima de la anterior ({before})",
            )
            line.fault("lines_ascend", above if before else _ABOVE_ZERO, None)
        before = max(value, before)


def _wrong_unit(written: int | MoneyText, currency: str, line: Place, *, spend: bool) -> None:
    if spend:
        reason = Words(
            "the measure is spend, so the line is money", "la medida es el gasto, así que la línea es dinero"
        )
        line.fault("bare_number", reason, f'"{written} {currency}"')
    else:
        amount = written.amount if isinstance(written, MoneyText) else written
        reason = Words(
            "the measure is not spend, so the line is a plain number",
            "la medida no es el gasto, así que la línea es un número sin moneda",
        )
        line.fault("money_without_spend", reason, str(amount))


def _benefit(benefit: Benefit, program: Program, place: Place) -> None:
    if benefit.kind == "perk":
        if benefit.text is None:
            reason = Words("a perk is told in words", "una ventaja se dice con palabras")
            (place / "text").fault("missing", reason, added("text"))
        if benefit.wallet is not None or benefit.points is not None or benefit.reward is not None:
            reason = Words(
                "a perk gives no points or reward by itself", "una ventaja no da por sí misma puntos ni recompensas"
            )
            place.fault("perk_gives_nothing", reason, "kind: gift")
        if benefit.when != "reached":
            reason = Words("a perk holds as long as the tier does", "una ventaja dura lo que dura el nivel")
            advice = Words("remove it, or kind: gift", "quítalo, o kind: gift")
            (place / "when").fault("perk_stands", reason, advice)
        return
    if benefit.reward is None and (benefit.wallet is None or benefit.points is None):
        reason = Words(
            "a gift is points of a wallet, or a reward", "un regalo son puntos de un monedero, o una recompensa"
        )
        place.fault("one_needed", reason, Words("add 'wallet' and 'points'", "añade 'wallet' y 'points'"))
    if benefit.wallet is not None:
        (place / "wallet").known(benefit.wallet, program.wallets, "wallet")
