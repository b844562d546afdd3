"""Why a rule gave what it gave, or nothing, in words: made on reading, of what was stored with the event. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct

from puntal.engine.facts import facts_of_event
from puntal.engine.model import GIFT, Compiled, Event, Trigger
from puntal.engine.phrases import OUTCOMES, REASONS, WORDS, Words, is_spanish
from puntal.engine.uncovered import uncovered
from puntal.kit.money import digits
from puntal.orders.policy import amounts
from puntal.programs.catalogue import catalogue_of, of_event
from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Award, Budget, Limit, Rule
from puntal.programs.document.values import Condition, MoneyText, each_of
from puntal.programs.sentences import Speaker
from puntal.rules.catalogue import Catalogue
from puntal.rules.dialect import expand
from puntal.rules.sentence import explain as explain_condition

_WITH_WALLET = 5
"""Reasons are stored as (rule, code[, by]) or (rule, code, points, wallet, base[, of, by])."""
_CUT = 7
_FULL_OUTCOMES = {code: phrase.full for code, phrase in OUTCOMES.items()}
_FULL_REASONS = {code: phrase.full for code, phrase in REASONS.items()}


class Outcome(Protocol):
    """What is stored of a decision."""

    @property
    def code(self) -> str | None: ...  # noqa: D102
    @property
    def reasons(self) -> Sequence[tuple[Any, ...]]: ...  # noqa: D102
    @property
    def facts(self) -> Mapping[str, Any]: ...  # noqa: D102


class RuleWhy(Struct, frozen=True):
    """One rule, and why.

    Attributes:
        label: As people know the rule.
        points: In the wallet's smallest unit; below 0 what was taken back.
        wallet: None where nothing reached one.
    """

    rule: str
    label: str
    code: str
    sentence: str
    points: int = 0
    wallet: str | None = None


class Explanation(Struct, frozen=True):
    """An event's decision in words."""

    summary: str
    rules: list[RuleWhy]


def explain(program: Compiled, event: Event, outcome: Outcome, locale: str) -> Explanation:
    """Return why the event gave what it gave.

    Args:
        program: The revision that decided it.
        event: As it was decided.
        outcome: As it was stored; the facts of the member are those of then.
        locale: Spanish or, for every other language, English; numbers as the locale writes them.
    """
    telling = _Telling(program, event, outcome.facts, locale)
    rules = [telling.why(reason) for reason in outcome.reasons]
    return Explanation(telling.summary(outcome.code, rules), rules)


class _Telling:
    def __init__(self, program: Compiled, event: Event, facts: Mapping[str, Any], locale: str) -> None:
        self.program = program
        self.event = event
        self.stored = facts
        self.locale = locale
        self.spanish = is_spanish(locale)
        self.speaker = Speaker(program.document, locale)
        document = program.document
        self.rules: dict[str, tuple[Rule, Campaign | None]] = {rule.id: (rule, None) for rule in document.earning}
        self.rules |= {rule.id: (rule, campaign) for campaign in document.campaigns for rule in campaign.earning}
        self.ids = {ordinal: id for id, ordinal in program.wallets.items()}

    def summary(self, code: str | None, rules: Sequence[RuleWhy]) -> str:
        if code is not None:
            when = self.say(WORDS, self.program.document.orders.earn_when)
            return self.say(_FULL_OUTCOMES, code, late=self.program.late_days, when=when)
        told = []
        for key, sign in (("earned", 1), ("taken", -1)):
            sums: dict[str, int] = {}
            for why in rules:
                if why.wallet is not None and why.points * sign > 0:
                    sums[why.wallet] = sums.get(why.wallet, 0) + why.points * sign
            if sums:
                units = self.say(WORDS, "and").join(self.units(id, amount) for id, amount in sums.items())
                told.append(self.say(WORDS, key, v=units))
        return " ".join(told) or self.say(WORDS, "nothing")

    def why(self, reason: Sequence[Any]) -> RuleWhy:
        rule, code = reason[0], reason[1]
        points, wallet, base, of, by = 0, None, 0, 0, None
        if len(reason) >= _WITH_WALLET:
            points, wallet, base = reason[2], self.ids.get(reason[3]), reason[4]
            of, by = (reason[5], reason[6]) if len(reason) == _CUT else (points, None)
        elif len(reason) > 2:  # noqa: PLR2004 - rule and code
            by = reason[2]
        words = self._words(rule, code, wallet, by) | {
            "units": self.units(wallet, abs(points)),
            "whole": self.units(wallet, of),
            "base": self._base(rule, wallet, base),
        }
        sentence = self.say(_FULL_REASONS, code, **words) + "."
        return RuleWhy(rule, self._label(rule), code, sentence, points, wallet)

    def _words(self, rule: str, code: str, wallet: str | None, by: str | None) -> dict[str, str]:  # noqa: PLR0911 - one return per kind
        """Return what only some sentences need, found only for those that do."""
        match code:
            case "cut" | "limit":
                return {"by": self._by(rule, wallet, by)}
            case "nothing" | "wallet_off":
                return {"word": self.speaker.units(wallet, None), "wallet": self._wallet(wallet)}
            case "not_now":
                return {"when": self._when(rule)}
            case "audience":
                return {"people": self._people(rule)}
            case "condition" | "otherwise":
                return {"needed": self._needed(rule)}
            case "cooldown":
                return {"limit": self._limits(rule)}
            case "no_lines":
                return {"lines": self._lines(rule)}
            case _:
                return {"by": by or ""}

    def say(self, phrases: Mapping[str, Words], key: str, **values: object) -> str:
        """Return a phrase in the language; a code without one (of a later release) as it is."""
        found = phrases.get(key)
        return key if found is None else found[self.spanish].format(**values)

    def units(self, wallet: str | None, amount: int) -> str:
        """Return an amount in the wallet's own words."""
        if wallet is None:
            return self.speaker.number(amount)
        document = self.program.document
        known = document.wallets.get(wallet)
        scale = 0 if known is None else known.scale
        if known is not None and known.kind == "money":
            scale = digits(known.currency or document.currency)
        return self.speaker.units(wallet, Decimal(amount).scaleb(-scale))

    def _label(self, rule: str) -> str:
        if rule in self.rules:
            return self.speaker.name(rule)
        if rule.startswith(GIFT):
            _, ladder_id, tier_id, _, *when = rule.split(":")
            word = "_".join(("gift", *when))
            for ladder in self.program.document.ladders:
                for tier in ladder.tiers:
                    if (ladder.id, tier.id) == (ladder_id, tier_id):
                        return self.say(WORDS, word, v=self.speaker.text(tier.name, tier.id))
        return self.say(WORDS, rule)

    def _wallet(self, wallet: str | None) -> str:
        known = self.program.document.wallets.get(wallet or "")
        return self.speaker.text(None if known is None else known.label, wallet or "")

    def _base(self, rule: str, wallet: str | None, base: int) -> str:
        known = self.rules.get(rule)
        if known is None or base <= 0:
            return ""
        written = [award for award in _awards(known[0]) if award.wallet == wallet]
        if known[0].multiply is not None:
            return self.say(WORDS, "for_amount", v=self.units(wallet, base))
        if any(award.rate is not None or isinstance(award.per, MoneyText) for award in written):
            currency = self.program.currency
            amount = Decimal(base).scaleb(-digits(currency))
            return self.say(WORDS, "for_amount", v=self.speaker.money(MoneyText(f"{amount} {currency}")))
        for per in ("item", "line"):
            if any(award.per == per for award in written):
                return self.say(WORDS, f"for_{per}s", v=self.speaker.number(base))
        return ""

    def _by(self, rule: str, wallet: str | None, by: str | None) -> str:  # noqa: PLR0911 - one return per kind
        """Return which limit, cap or budget left no more."""
        kind, _, name = (by or "").partition(":")
        document = self.program.document
        known = self.rules.get(rule)
        match kind:
            case "rule" if known is not None:
                told = []
                if known[0].limit:
                    told.append(self.say(WORDS, "by_limit", v=self._limits(rule)))
                if known[0].budget is not None:
                    told.append(self._budget("by_budget", known[0].budget))
                return self.say(WORDS, "and").join(told)
            case "limit" if name in document.limits:
                return self.say(WORDS, "by_limit", v=self.speaker.limit(document.limits[name]))
            case "campaign" if known is not None and known[1] is not None and known[1].budget is not None:
                return self._budget("by_campaign", known[1].budget)
            case "program" if document.budget is not None:
                return self._budget("by_program", document.budget)
            case "wallet":
                return self.say(WORDS, "by_cap", v=self._wallet(wallet))
            case "balance":
                return self.say(WORDS, "by_balance", v=self._wallet(wallet))
            case _:
                return self.say(WORDS, "by_other")

    def _budget(self, key: str, budget: Budget) -> str:
        return self.say(WORDS, key, v=self.speaker.budget(budget))

    def _limits(self, rule: str) -> str:
        known = self.rules.get(rule)
        own: Sequence[Limit] = () if known is None else each_of(known[0].limit)
        shared = [limit for limit in self.program.document.limits.values() if rule in limit.rules]
        return ", ".join(self.speaker.limit(limit) for limit in (*own, *shared))

    def _when(self, rule: str) -> str:
        known = self.rules.get(rule)
        told = [
            self.speaker.dates(section.from_, section.through)
            for section in (known or ())
            if section is not None and (section.from_ is not None or section.through is not None)
        ]
        if known is not None and known[0].during is not None:
            told.append(self.speaker.during(known[0].during))
        return ", ".join(told) or self.say(WORDS, "always")

    def _people(self, rule: str) -> str:
        known = self.rules.get(rule)
        told = [
            self.speaker.people(section.audience)
            for section in (known or ())
            if section is not None and (section.audience.any or section.audience.none)
        ]
        return ", ".join(told) or self.say(WORDS, "everyone")

    def _needed(self, rule: str) -> str:
        """Return the questions of the rule's condition that the facts of then answer with no."""
        known = self.rules.get(rule)
        trigger = self._trigger(rule)
        told: list[str] = []
        if known is not None and trigger is not None:
            catalogue = of_event(catalogue_of(self.program.document, self.program.wallets), known[0].on)
            order = self.event.order
            facts = dict(self.stored) | facts_of_event(
                self.program, self.event, trigger, None if order is None else amounts(order)
            )
            conditions = [known[0].when, *(branch.when for branch in known[0].branches)]
            for condition in conditions:
                if condition is not None:
                    told += self._failing(condition, facts, catalogue)
        return self.say(WORDS, "and").join(told) or self.say(WORDS, "nobody")

    def _lines(self, rule: str) -> str:
        """Return which lines the rule leaves out, and why."""
        known, trigger = self.rules.get(rule), self._trigger(rule)
        if known is None or trigger is None:
            return ""
        return uncovered(self.program, self.event, trigger, known[0], self.locale, self.say)

    def _failing(self, condition: Condition, facts: Mapping[str, Any], catalogue: Catalogue) -> list[str]:
        questions = explain_condition(expand(condition, catalogue), facts, catalogue, self.locale)
        return [
            question.sentence
            if question.found is None
            else self.say(WORDS, "found", needed=question.sentence, found=question.found)
            for question in questions
            if not question.matched
        ]

    def _trigger(self, rule: str) -> Trigger | None:
        known = self.rules.get(rule)
        on = self.event.type if known is None else known[0].on
        return self.program.triggers.get(on) or self.program.triggers.get(PURCHASE)


def _awards(rule: Rule) -> list[Award]:
    awards = list(each_of(rule.award))
    for branch in rule.branches:
        awards += each_of(branch.award)
        if branch.otherwise != "nothing":
            awards += each_of(branch.otherwise)
    return awards
