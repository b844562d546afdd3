"""Figures, days and amounts of a report as its readers write them. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal, format_percent

from puntal.insight.model import BurnDown
from puntal.insight.model_kpis import Figure, FigureUnit
from puntal.insight.periodic.model import Content, Named, Shown
from puntal.insight.periodic.words import FIGURES, TITLES, WORDS
from puntal.insight.phrases_home import words_of
from puntal.kit.money import major

NONE = "–"  # noqa: RUF001 - the dash that stands for no number
_LOWER = frozenset({"expired", "breakage_rate", "incentive_cost"})
_NEITHER = frozenset({"earned"})


class Called:
    """Names that were read with the report, as its sentences ask for them."""

    def __init__(self, names: Named) -> None:
        self._names = names

    def wallet(self, id: str) -> str:
        """Return what a wallet is called."""
        return self._names.wallets.get(id, id)

    def reward(self, id: str) -> str:
        """Return what a reward is called."""
        return self._names.rewards.get(id, id)

    def campaign(self, id: str) -> str:
        """Return what a campaign is called."""
        return self._names.campaigns.get(id, id)

    def budget(self, key: str) -> str:
        """Return what a budget is of."""
        return self._names.budget(key)


class Teller:
    """Says what is in a report, in its language."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.language = content.language
        self.words = WORDS[content.language]

    @property
    def title(self) -> str:
        """What the report is."""
        return TITLES[self.language][self.content.every]

    def word(self, name: str, **said: object) -> str:
        """Return a word or sentence."""
        return self.words[name].format(**said)

    def day(self, day: date) -> str:
        """Return a day."""
        return str(format_date(day, "medium", locale=self.language))

    def short_day(self, day: date) -> str:
        """Return a day without its year."""
        return str(format_date(day, "d MMM", locale=self.language))

    def days(self, since: date, through: date) -> str:
        """Return a period."""
        return str(format_interval(since, through, "yMMMd", locale=self.language))

    def period(self) -> str:
        """Return what the period is called."""
        span = self.content.span
        if self.content.every == "month":
            name = str(format_date(span.since, "LLLL y", locale=self.language))
            return name[:1].upper() + name[1:]
        if self.content.every == "quarter":
            pattern = "QQQQ y" if self.language == "en" else "QQQQ 'de' y"
            name = str(format_date(span.since, pattern, locale=self.language))
            return name[:1].upper() + name[1:]
        return self.days(span.since, span.through)

    def whole(self, value: int) -> str:
        """Return a count."""
        return str(format_decimal(value, locale=self.language))

    def money(self, minor: int, *, short: bool = False) -> str:
        """Return an amount; `short` leaves out what is less than a major unit."""
        currency = self.content.currency
        if short:
            pattern = "¤#,##0" if self.language == "en" else "#,##0 ¤"
            amount = major(minor, currency)
            return str(format_currency(amount, currency, pattern, locale=self.language, currency_digits=False))
        return str(format_currency(major(minor, currency), currency, locale=self.language))

    def units(self, value: int, wallet: str) -> str:
        """Return units of a wallet."""
        return self.money(value) if wallet in self.content.money else self.whole(value)

    def is_money(self, measure: str) -> bool:
        """Tell whether a budget counts money."""
        return measure in ("value", "discount") or measure in self.content.money

    def measure(self, budget: BurnDown) -> str:
        """Return what a budget counts."""
        measure = "stock" if budget.budget.endswith(":stock") else budget.measure
        return self.words.get(f"counts_{measure}") or self.wallet(measure)

    def wallet(self, id: str | None) -> str:
        """Return what a wallet is called."""
        return "" if id is None else self.content.names.wallets.get(id, id)

    def name(self, figure: Figure) -> str:
        """Return what a figure is called."""
        return FIGURES[self.language][figure.id].format(wallet=self.wallet(figure.wallet))

    def value(self, value: Fraction | int | None, unit: FigureUnit) -> str:
        """Return a figure's value."""
        if value is None:
            return NONE
        match unit:
            case "money":
                return self.money(round(value))
            case "rate":
                return str(format_percent(_decimal(value), "#,##0.0 %", locale=self.language))
            case "ratio":
                return str(format_decimal(_decimal(value), "#,##0.00", locale=self.language))
            case _:
                return self.whole(round(value))

    def change(self, shown: Shown) -> tuple[str, int]:
        """Return how much a figure changed, and whether that is good (1), bad (-1) or neither (0)."""
        now, then = shown.figure.value, None if shown.previous is None else shown.previous.value
        if now is None or then is None:
            return "", 0
        moved = Fraction(now) - Fraction(then)
        if shown.figure.unit == "rate":
            if abs(moved) < Fraction(5, 10_000):
                return self.words["same"], 0
            said = self.word("points", change=self._signed(moved * 100))
        elif moved == 0:
            return self.words["same"], 0
        elif then == 0:
            return self.words["new"], 0
        else:
            said = f"{self._signed(moved * 100 / abs(Fraction(then)))} %"
        good = 0 if shown.figure.id in _NEITHER else 1 if (moved > 0) != (shown.figure.id in _LOWER) else -1
        return said, good

    def advice(self) -> list[tuple[str, str]]:
        """Return title and evidence of each recommendation, with the names that people read."""
        called = Called(self.content.names)
        return [words_of(one, called, self.language, self.content.currency) for one in self.content.advice]

    def _signed(self, value: Fraction) -> str:
        text = str(format_decimal(_decimal(abs(value)), "#,##0.0", locale=self.language))
        return f"{'+' if value > 0 else '-'}{text}"


def _decimal(value: Fraction | int) -> Decimal:
    exact = Fraction(value)
    return Decimal(exact.numerator) / Decimal(exact.denominator)
