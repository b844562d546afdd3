"""Rules, tiers and wallets in a sentence each, for people who decide about them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from puntal.programs import recurring
from puntal.programs.catalogue import catalogue_of, of_event, of_lines, of_segment
from puntal.programs.document.builtin import BUILT_IN_EVENTS
from puntal.programs.document.earning import Award, Branch, Budget, During, Limit, Multiply, RollingWindow, Rule
from puntal.programs.document.ladders import Ladder, Rolling, Tier
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import RewardBudget
from puntal.programs.document.values import Condition, LocalDay, MoneyText, People, Percent, Plural, Span, Text, each_of
from puntal.programs.document.wallets import Available, Expiry, Wallet
from puntal.programs.vocabulary import WORDS
from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import expand
from puntal.rules.errors import FaultyRule
from puntal.rules.sentence import sentence


class Speaker:
    """Tells parts of one program in one language; Spanish or, for every other language, English."""

    def __init__(self, program: Program, locale: str) -> None:
        self.program = program
        self._locale = Locale.parse(locale.replace("-", "_"))
        self._language = self._locale.language if self._locale.language in WORDS else "en"
        self._words = WORDS[self._language]
        self._catalogue = catalogue_of(program)

    def text(self, text: Text | None, otherwise: str = "") -> str:
        """Return a text in this language, else in any."""
        if text is None:
            return otherwise
        if isinstance(text, str):
            return text
        found = (
            text.get(str(self._locale).replace("_", "-")) or text.get(self._language) or next(iter(text.values()), "")
        )
        return found.other if isinstance(found, Plural) else found or otherwise

    def rule(self, rule: Rule) -> str:
        """Return what a rule does, in one sentence."""
        parts = [self._event(rule.on) + ": " + self.effects(rule)]
        if rule.by_tier:
            parts.append(self.by_tier(rule))
        for key, condition in (("only_lines", rule.only_lines), ("except_lines", rule.except_lines)):
            if condition is not None:
                parts.append(self.say(key, v=self.lines(condition)))
        if rule.when is not None:
            parts.append(self.say("if", v=self.condition(rule.when, rule.on)))
        if rule.audience != People():
            parts.append(self.people(rule.audience))
        if rule.from_ is not None or rule.through is not None:
            parts.append(self.dates(rule.from_, rule.through))
        if rule.during is not None:
            parts.append(self.during(rule.during))
        wallets = frozenset(award.wallet for award in each_of(rule.award))
        parts.extend(self.limit(limit, wallets) for limit in each_of(rule.limit))
        if rule.budget is not None:
            parts.append(self.budget(rule.budget, wallets))
        if not rule.enabled:
            parts.append(self.say("off"))
        whole = "; ".join(parts)
        return whole[0].upper() + whole[1:] + "."

    def effects(self, rule: Rule) -> str:
        """Return what a rule gives."""
        if rule.multiply is not None:
            return self.multiply(rule.multiply)
        if rule.branches:
            return self.branches(rule.branches, rule.on)
        return self.awards(rule.award)

    def awards(self, awards: Award | tuple[Award, ...] | None) -> str:
        """Return what one or several awards give."""
        return self.say("and").join(self.award(award) for award in each_of(awards)) or self.say("nothing")

    def award(self, award: Award) -> str:
        """Return what an award gives: `1 point per €1.00 of the order`."""
        base = self.say(award.of)
        if award.rate is not None:
            return self.say("rate", v=self.share(award.rate), base=base, wallet=self._wallet(award.wallet))
        if award.points is None:
            return self.say("formula", unit=self.units(award.wallet, None))
        given = self.units(award.wallet, award.points)
        if award.per is None:
            text = given
        elif isinstance(award.per, MoneyText):
            key = "per_full_amount" if award.full_only else "per_amount"
            text = self.say(key, v=given, amount=self.money(award.per), base=base)
        else:
            text = self.say(f"per_{award.per}", v=given)
        if award.expiry is not None:
            text += f" ({self.expiry(award.expiry)})"
        return text

    def branches(self, branches: Sequence[Branch], event: str) -> str:
        """Return the ways of a rule."""
        told = [
            self.say("branch", v=self.condition(branch.when or {}, event), award=self.awards(branch.award))
            for branch in branches
            if branch.otherwise is None
        ]
        last = branches[-1].otherwise
        return ", ".join(
            [*told, self.say("otherwise", award=self.say("nothing") if isinstance(last, str) else self.awards(last))]
        )

    def multiply(self, multiply: Multiply) -> str:
        """Return what a multiplier does."""
        rules = (
            self.say("all_rules") if multiply.rules == "all" else ", ".join(f"'{self.name(r)}'" for r in multiply.rules)
        )
        text = self.say("times", v=self.number(multiply.times), rules=rules)
        if multiply.only_lines is not None:
            text += ", " + self.say("only_lines", v=self.lines(multiply.only_lines))
        return text

    def by_tier(self, rule: Rule) -> str:
        """Return the rates of tiers: what each earns, not by how much more."""
        awards = each_of(rule.award)
        award = awards[0] if len(awards) == 1 else None
        told = []
        for identifier, rate in rule.by_tier.items():
            points = rate.points if rate.points is not None else None if award is None else award.points
            if points is not None:
                each = points * (rate.times or Decimal(1))
                shown = self.number(each) if award is None else self.units(award.wallet, each)
            elif award is not None and award.rate is not None:
                shown = self._percent(award.rate, rate.times or Decimal(1))
            else:
                shown = f"×{self.number(rate.times)}"  # noqa: RUF001 - the sign of multiplication
            told.append(self.say("tier_rate", tier=self.tier_name(identifier), rate=shown))
        return ", ".join(told)

    def condition(self, condition: Condition, event: str) -> str:
        """Return a rule's condition in words."""
        return self._condition(condition, of_event(self._catalogue, event), line=False)

    def lines(self, condition: Condition) -> str:
        """Return a filter of lines in words."""
        return self._condition(condition, of_lines(self._catalogue), line=True)

    def segment(self, condition: Condition) -> str:
        """Return a segment's condition in words."""
        return self._condition(condition, of_segment(self._catalogue), line=False)

    def people(self, people: People) -> str:
        """Return an audience in words."""
        told = []
        if people.any:
            told.append(self.say("for", v=self.say("or").join(self._segment(name) for name in people.any)))
        if people.none:
            told.append(self.say("not_for", v=self.say("or").join(self._segment(name) for name in people.none)))
        return ", ".join(told) or self.say("everyone")

    def dates(self, from_: LocalDay | None, through: LocalDay | None) -> str:
        """Return the days of a rule or campaign."""
        told = [self.say("from", v=self.day(from_))] if from_ is not None else []
        if through is not None:
            told.append(self.say("through", v=self.day(through)))
        return " ".join(told)

    def during(self, during: During) -> str:
        """Return a recurring schedule in words."""
        told = []
        if during.rrule is not None:
            parts = dict(part.partition("=")[::2] for part in during.rrule.upper().split(";"))
            days = parts.get("BYDAY", "").split(",")
            if set(parts) == {"FREQ", "BYDAY"} and parts["FREQ"] == "WEEKLY" and set(days) <= set(recurring.DAYS):
                told.append(self.say("weekly", v=recurring.weekdays(days, self._locale)))
            else:
                told.append(recurring.told(during.rrule, self._locale) or self.say("recurring", v=during.rrule))
        if during.hours is not None:
            start, _, end = during.hours.partition("-")
            told.append(self.say("hours", start=start, end=end))
        return " ".join(told)

    def limit(self, limit: Limit, wallets: Collection[str] = ()) -> str:
        """Return a limit per member in words; its points are of these wallets, or of those that can be spent."""
        per = limit.per
        window = (
            self.say("in_span", v=self.span(per.rolling)) if isinstance(per, RollingWindow) else self.say(f"per_{per}")
        )
        told = []
        if limit.times is not None:
            told.append(self.say("most_once" if limit.times == 1 else "most_times", v=limit.times, window=window))
        if limit.points is not None:
            told.append(self.say("most_points", v=self._units_of(wallets, limit.points), window=window))
        if limit.value is not None:
            told.append(self.say("most_value", v=self.money(limit.value), window=window))
        if limit.cooldown is not None:
            told.append(self.say("cooldown", v=self.span(limit.cooldown)))
        return ", ".join(told)

    def budget(self, budget: Budget | RewardBudget, wallets: Collection[str] = ()) -> str:
        """Return a budget in words; its points as in a limit."""
        window = self.say(f"per_{budget.per}")
        amounts = {
            "budget_times": budget.times if isinstance(budget, Budget) else None,
            "budget_members": budget.members,
            "budget_redemptions": budget.redemptions,
        }
        told = [] if budget.points is None else [self._units_of(wallets, budget.points)]
        told += [self.say(key, v=self.number(most)) for key, most in amounts.items() if most is not None]
        moneys = {"budget_value": budget.order_value, "budget_discount": budget.discount}
        told += [self.say(key, v=self.money(most)) for key, most in moneys.items() if most is not None]
        return self.say("budget", v=", ".join(told), window=window)

    def wallet(self, identifier: str, wallet: Wallet) -> str:
        """Return what a wallet is, in one sentence."""
        parts = [f"{self._wallet(identifier)}: {self.say('kind_' + wallet.kind)}"]
        if wallet.kind in {"points", "stamps"}:
            parts.append(self.expiry(wallet.expiry))
        if wallet.granted_expires is not None:
            parts.append(self.say("granted", v=self.expiry(wallet.granted_expires)))
        if wallet.available != Available():
            parts.append(self.available(wallet.available))
        if wallet.card is not None:
            parts.append(self.say("card", v=wallet.card.size))
        parts += self._money_limits(wallet)
        if wallet.retired:
            parts.append(self.say("retired"))
        whole = "; ".join(parts)
        return whole[0].upper() + whole[1:] + "."

    def _money_limits(self, wallet: Wallet) -> list[str]:
        limits, cards, told = wallet.limits, wallet.gift_cards, []
        loads = each_of(limits.load)
        if loads:
            most = [f"{self.money(limit.amount)} {self.say(f'per_{limit.per}')}" for limit in loads]
            told.append(self.say("loads_most", v=", ".join(most)))
        if limits.transfer is not None:
            told.append(self.say("gives_most", v=self.money(limits.transfer)))
        if limits.countries:
            told.append(self.say("other_limits", v=", ".join(limits.countries)))
        if cards is not None:
            told.append(self.say("cards_sold"))
            if cards.expiry.never is None:
                told.append(self.say("cards_end", v=self.expiry(cards.expiry)))
            if cards.lines is not None:
                told.append(self.say("cards_lines", v=self.lines(cards.lines)))
        return told

    def available(self, available: Available) -> str:
        """Return when what is earned can be spent."""
        if available.after is not None:
            return self.say("available_after", v=self.span(available.after))
        return (
            self.say("available_on", v=self._occasion(available.on)) if available.on else self.say("available_at_once")
        )

    def expiry(self, expiry: Expiry) -> str:
        """Return how units end."""
        if expiry.after is not None:
            text = self.say("ends_after", v=self.span(expiry.after))
            return text if expiry.end_of == "day" else text + self.say(f"end_of_{expiry.end_of}")
        if expiry.inactive is not None:
            return self.say("ends_inactive", v=self.span(expiry.inactive))
        return self.say("ends_on", v=", ".join(expiry.on)) if expiry.on else self.say("never_ends")

    def tier(self, ladder: Ladder, tier: Tier) -> str:
        """Return how a tier is reached and what it gives, in one sentence."""
        name = self.text(tier.name, tier.id)
        gives = [self.text(benefit.text) for benefit in tier.benefits if benefit.text is not None]
        gives += [
            self.say(f"gift_{benefit.when}", v=self.units(benefit.wallet, Decimal(benefit.points)))
            for benefit in tier.benefits
            if benefit.wallet is not None and benefit.points is not None
        ]
        benefits = f"; {', '.join(gives)}" if gives else ""
        if tier.retired:
            benefits += f"; {self.say('retired')}"
        if tier.from_ is None:
            return f"{name}: {self.say('first_tier')}{benefits}."
        if isinstance(tier.from_, MoneyText):
            line = self.say("spend_line", v=self.money(tier.from_))
        elif ladder.measure.earned is not None:
            line = self.units(ladder.measure.earned, Decimal(tier.from_))
        else:
            line = self.say("orders_line", v=self.number(tier.from_))
        window = (
            self.say("in_span", v=self.span(ladder.window.rolling))
            if isinstance(ladder.window, Rolling)
            else self.say(f"window_{ladder.window}")
        )
        return f"{name}: {self.say('reached', line=line, window=window)}{benefits}."

    def tier_name(self, tier_id: str) -> str:
        """Return a tier's name."""
        tiers = (tier for ladder in self.program.ladders for tier in ladder.tiers)
        return next((self.text(tier.name, tier_id) for tier in tiers if tier.id == tier_id), tier_id)

    def name(self, rule_id: str) -> str:
        """Return a rule's label."""
        rules = [*self.program.earning, *(r for c in self.program.campaigns for r in c.earning)]
        return next((self.text(rule.label, rule.id) for rule in rules if rule.id == rule_id), rule_id)

    def units(self, wallet: str | None, count: Decimal | None) -> str:
        """Return `3 points`, in the wallet's own words; without a count only the word."""
        found = self.program.wallets.get(wallet or "")
        if found is not None and found.kind == "money" and found.currency is not None and count is not None:
            return str(format_currency(count, found.currency, locale=self._locale))
        word = self._unit(found, one=count == 1)
        return word if count is None else f"{self.number(count)} {word}"

    def _units_of(self, wallets: Collection[str], count: int) -> str:
        """Return so many units by their name where it is one wallet's: of these, or of those that can be spent."""
        known = wallets or [id for id, wallet in self.program.wallets.items() if wallet.kind == "points"]
        if len(known) == 1:
            return self.units(next(iter(known)), Decimal(count))
        return self.say("units", v=self.number(count))

    def say(self, key: str, **values: object) -> str:
        """Return a phrase of this language."""
        return self._words[key].format(**values)

    def money(self, money: MoneyText) -> str:
        """Return money as this language writes it."""
        exponent = money.amount.as_tuple().exponent
        fine = isinstance(exponent, int) and exponent < -2  # noqa: PLR2004 - no currency shown here has more by itself
        return str(format_currency(money.amount, money.currency, locale=self._locale, decimal_quantization=not fine))

    def number(self, number: Decimal | int | None) -> str:
        """Return a number as this language writes it."""
        return str(format_decimal(number or 0, locale=self._locale, decimal_quantization=False))

    def share(self, share: Percent) -> str:
        """Return a share as this language writes it."""
        return self._percent(share, Decimal(1))

    def span(self, span: Span) -> str:
        """Return a length of time."""
        unit = span.unit[:-1] if span.count == 1 else span.unit
        # 'hours' is already the phrase for the hours of a day.
        return f"{span.count} {self.say('hours_unit' if unit == 'hours' else unit)}"

    def day(self, day: date) -> str:
        """Return a local day or time."""
        if isinstance(day, datetime):
            return str(format_datetime(day, "long", locale=self._locale))
        return str(format_date(day, "long", locale=self._locale))

    def _percent(self, share: Percent, times: Decimal) -> str:
        exact = Decimal(share.root[:-1]) * times / 100
        return str(format_percent(exact, locale=self._locale, decimal_quantization=False))

    def _unit(self, wallet: Wallet | None, *, one: bool) -> str:
        label = wallet.label if wallet is not None else None
        if isinstance(label, Mapping):
            found = label.get(self._language) or next(iter(label.values()), None)
            if isinstance(found, Plural):
                return found.one if one else found.other
        if label is not None:
            return self.text(label)
        kind = "stamp" if wallet is not None and wallet.kind == "stamps" else "point"
        return self.say(kind if one else f"{kind}s")

    def _wallet(self, identifier: str) -> str:
        wallet = self.program.wallets.get(identifier)
        return self.text(wallet.label if wallet is not None else None, identifier)

    def _segment(self, identifier: str) -> str:
        segment = self.program.segments.get(identifier)
        return self.text(segment.label if segment is not None else None, identifier)

    def _event(self, name: str) -> str:
        return self.say("at", v=self._occasion(name))

    def _occasion(self, name: str) -> str:
        built_in = BUILT_IN_EVENTS.get(name)
        if built_in is not None:
            return built_in[self._language]
        declared = self.program.events.get(name)
        return self.text(declared.label if declared is not None else None, name)

    def _condition(self, condition: Condition, catalogue: Catalogue, *, line: bool) -> str:
        try:
            return sentence(expand(condition, catalogue, line=line), catalogue, str(self._locale))
        except FaultyRule:
            return self.say("unreadable")
