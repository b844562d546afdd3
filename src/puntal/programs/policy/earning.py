"""Faults of earning rules, campaigns, limits and budgets. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from fractions import Fraction

from dateutil.rrule import rrulestr

from puntal.programs.document.builtin import ORDER_EVENTS, PURCHASE
from puntal.programs.document.earning import (
    Award,
    Branch,
    Budget,
    During,
    Limit,
    Multiply,
    RollingWindow,
    Rule,
)
from puntal.programs.document.ladders import Ladder
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText, each_of
from puntal.programs.policy.collector import Place
from puntal.programs.policy.conditions import Conditions
from puntal.programs.policy.header import check_dates, check_people
from puntal.programs.policy.wallets import check_available, check_expiry

MOST_HELD_OUT = Fraction(1, 2)
_ANCHOR = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall-clock Monday for recurrences
_DAILY = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_COARSE_UNITS = frozenset({"days", "weeks", "months", "years"})


def rules_of(program: Program, root: Place) -> Iterator[tuple[Rule, Place]]:
    """Yield every rule, standing ones first, with its place."""
    for index, rule in enumerate(program.earning):
        yield rule, root / "earning" / index
    for number, campaign in enumerate(program.campaigns):
        for index, rule in enumerate(campaign.earning):
            yield rule, root / "campaigns" / number / "earning" / index


class EarningCheck:
    """Checks the rules of one document."""

    def __init__(self, program: Program, events: Collection[str], conditions: Conditions, root: Place) -> None:
        self._program = program
        self._events = events
        self._conditions = conditions
        self._root = root
        self._rules = {rule.id: rule for rule, _ in rules_of(program, root)}

    def run(self) -> None:
        """Collect every fault."""
        program, root = self._program, self._root
        root.unique([(rule.id, place / "id") for rule, place in rules_of(program, root)], "rule")
        for rule, place in rules_of(program, root):
            self._rule(rule, place)
        places = root / "campaigns"
        root.unique([(c.id, places / i / "id") for i, c in enumerate(program.campaigns)], "campaign")
        for index, campaign in enumerate(program.campaigns):
            place = places / index
            check_dates(campaign.from_, campaign.through, place)
            check_people(campaign.audience, program, place / "audience")
            if campaign.budget is not None:
                check_budget(campaign.budget, place / "budget", rewards=True)
            if campaign.holdout is not None and campaign.holdout.fraction > MOST_HELD_OUT:
                (place / "holdout").fault("share_too_large", "at most half of the members can be held out", "50%")
        for name, limit in program.limits.items():
            place = root / "limits" / name
            check_limit(limit, place)
            for index, rule_id in enumerate(limit.rules):
                (place / "rules" / index).known(rule_id, self._rules, "rule")
        if program.budget is not None:
            check_budget(program.budget, root / "budget", rewards=True)

    def _rule(self, rule: Rule, place: Place) -> None:
        if not (place / "on").known(rule.on, self._events, "event"):
            # What else is wrong is judged as of the usual event, not as of none.
            rule = rule.model_copy(update={"on": PURCHASE})
        check_dates(rule.from_, rule.through, place)
        check_people(rule.audience, self._program, place / "audience")
        self._conditions.of_rule(rule.when, rule.on, place / "when")
        for key, written in (("only_lines", rule.only_lines), ("except_lines", rule.except_lines)):
            self._lines(written is not None, rule.on, place / key)
            self._conditions.of_lines(written, place / key)
        if rule.during is not None:
            check_during(rule.during, place / "during")
        self._effects(rule, place)
        self._by_tier(rule, place)
        limits = each_of(rule.limit)
        for index, limit in enumerate(limits):
            there = place / "limit" / index if isinstance(rule.limit, tuple) else place / "limit"
            check_limit(limit, there)
            if limit.value is not None and rule.on not in ORDER_EVENTS:
                (there / "value").fault("only_for_orders", f"'{rule.on}' has no order value", "use 'points' or 'times'")
        if rule.budget is not None:
            check_budget(rule.budget, place / "budget")
        if rule.exclusive and rule.multiply is None:
            (place / "exclusive").fault(
                "only_for_multipliers", "'exclusive' shuts out other multipliers; base awards add up", "use 'group'"
            )

    def _effects(self, rule: Rule, place: Place) -> None:
        given = {
            "award": rule.award is not None,
            "branches": bool(rule.branches),
            "multiply": rule.multiply is not None,
        }
        place.exactly_one(given, "a rule")
        self._awards(rule.award, rule, place / "award")
        last = len(rule.branches) - 1
        for index, branch in enumerate(rule.branches):
            self._branch(branch, rule, place / "branches" / index, last=index == last)
        if rule.multiply is not None:
            self._multiply(rule.multiply, rule, place / "multiply")

    def _branch(self, branch: Branch, rule: Rule, place: Place, *, last: bool) -> None:
        if last:
            if branch.otherwise is None:
                place.fault("otherwise_needed", "the last branch says what happens otherwise", "{otherwise: nothing}")
            if branch.otherwise is not None and (branch.when is not None or branch.award is not None):
                place.fault("only_one", "the last branch has only 'otherwise'", "move 'when' to a branch before it")
        else:
            if branch.otherwise is not None:
                (place / "otherwise").fault(
                    "otherwise_last", "only the last branch is 'otherwise'", "move it to the end"
                )
            for key in (key for key in ("when", "award") if getattr(branch, key) is None):
                (place / key).fault("missing", "a branch has 'when' and 'award'", f"add '{key}'")
        self._conditions.of_rule(branch.when, rule.on, place / "when")
        self._awards(branch.award, rule, place / "award")
        if branch.otherwise != "nothing":
            self._awards(branch.otherwise, rule, place / "otherwise")

    def _awards(self, written: Award | tuple[Award, ...] | None, rule: Rule, place: Place) -> None:
        if isinstance(written, Award):
            self._award(written, rule, place)
        elif written is not None:
            if not written:
                place.fault("one_needed", "the list of awards is empty", "remove the rule, or add an award")
            for index, award in enumerate(written):
                self._award(award, rule, place / index)

    def _award(self, award: Award, rule: Rule, place: Place) -> None:
        given = {
            "points": award.points is not None,
            "rate": award.rate is not None,
            "formula": award.formula is not None,
        }
        place.exactly_one(given, "an award")
        wallet = self._program.wallets.get(award.wallet)
        (place / "wallet").known(award.wallet, self._program.wallets, "wallet")
        if wallet is not None:
            if wallet.retired:
                (place / "wallet").fault("retired", f"'{award.wallet}' is retired and takes nothing new", None)
            if award.rate is not None and wallet.kind != "money":
                (place / "rate").fault(
                    "only_for_money",
                    "a percentage is for money wallets",
                    f'points: 1, per: "1.00 {self._program.currency}"',
                )
            if award.points is not None and award.per is None and award.points * 10**wallet.scale % 1:
                (place / "points").fault(
                    "too_precise", f"'{award.wallet}' has {wallet.scale} decimals", "add 'per', or give a whole number"
                )
        self._award_options(award, rule, place)
        if award.formula is not None:
            self._conditions.of_formula(award, rule.on, place)
        elif award.fallback is not None:
            (place / "fallback").fault("only_with_formula", "only a formula has a fallback", "remove it")
        if award.expiry is not None:
            check_expiry(award.expiry, self._events, place / "expiry")
        if award.available is not None:
            check_available(award.available, self._events, place / "available")

    def _award_options(self, award: Award, rule: Rule, place: Place) -> None:
        by_money = isinstance(award.per, MoneyText)
        if isinstance(award.per, MoneyText) and not award.per.amount:
            (place / "per").fault("must_be_positive", "points are given per an amount above zero", None)
        if award.per is not None and award.points is None:
            (place / "per").fault("only_with_points", "'per' says for how much the 'points' are given", "add 'points'")
        if (award.per is not None or award.rate is not None) and rule.on not in ORDER_EVENTS:
            key = "rate" if award.rate is not None else "per"
            (place / key).fault("only_for_orders", f"'{rule.on}' has no order to count", f"on: {PURCHASE}")
        if award.full_only and not by_money:
            (place / "full_only").fault("only_with_amount", "'full_only' counts complete amounts of 'per'", "remove it")
        proportional = by_money or award.rate is not None
        if award.carry_fraction and not proportional:
            (place / "carry_fraction").fault(
                "only_with_amount", "only proportional awards have a remainder", "remove it"
            )
        if award.carry_fraction and award.rounding != "floor":
            (place / "rounding").fault("carry_needs_floor", "a remainder is carried only when rounding down", "floor")
        if award.round_each == "line" and not proportional:
            (place / "round_each").fault("only_with_amount", "only proportional awards are rounded by line", "award")

    def _multiply(self, multiply: Multiply, rule: Rule, place: Place) -> None:
        if rule.on not in ORDER_EVENTS:
            place.fault("only_for_orders", "a multiplier works on what orders earn", f"on: {PURCHASE}")
        if multiply.rules != "all":
            if not multiply.rules:
                (place / "rules").fault("one_needed", "name the rules, or write 'all'", "all")
            for index, name in enumerate(multiply.rules):
                there = place / "rules" / index
                if there.known(name, self._rules, "rule") and self._rules[name].multiply is not None:
                    there.fault("multiplies_a_multiplier", f"'{name}' is a multiplier itself", None)
        for index, wallet in enumerate(multiply.wallets or ()):
            (place / "wallets" / index).known(wallet, self._program.wallets, "wallet")
        self._conditions.of_lines(multiply.only_lines, place / "only_lines")

    def _lines(self, given: bool, event: str, place: Place) -> None:  # noqa: FBT001 - whether the section is written
        if given and event not in ORDER_EVENTS:
            place.fault("only_for_orders", f"'{event}' has no lines", f"on: {PURCHASE}")

    def _by_tier(self, rule: Rule, place: Place) -> None:
        ladders = {ladder.id: ladder for ladder in self._program.ladders}
        if rule.ladder is not None and not (place / "ladder").known(rule.ladder, ladders, "ladder"):
            return
        if not rule.by_tier:
            return
        ladder = self._ladder_of(rule, ladders, place)
        if rule.multiply is not None:
            (place / "by_tier").fault(
                "no_rate", "a multiplier has no rate of its own", "put it on the rules it multiplies"
            )
        for tier, rate in rule.by_tier.items():
            there = place / "by_tier" / tier
            if ladder is not None:
                there.known(tier, [step.id for step in ladder.tiers], "tier")
            there.exactly_one({"points": rate.points is not None, "times": rate.times is not None}, "a tier's rate")
            if rate.points is not None and isinstance(rule.award, Award) and rule.award.points is None:
                (there / "points").fault("no_rate", "the award has no 'points' to replace", "use 'times'")

    def _ladder_of(self, rule: Rule, ladders: dict[str, Ladder], place: Place) -> Ladder | None:
        if rule.ladder is not None:
            return ladders[rule.ladder]
        if len(ladders) == 1:
            return next(iter(ladders.values()))
        if ladders:
            place.fault("missing", "several ladders exist: say whose tiers these are", f"ladder: {next(iter(ladders))}")
        else:
            (place / "by_tier").fault("unknown_tier", "the document has no ladder", "remove 'by_tier'")
        return None


def check_during(during: During, place: Place) -> None:
    """Collect the faults of a recurring schedule."""
    if during.rrule is None and during.hours is None:
        place.fault("one_needed", "a schedule needs days or hours", "rrule: FREQ=WEEKLY;BYDAY=MO")
    if during.hours is not None:
        start, _, end = during.hours.partition("-")
        if start == end:
            (place / "hours").fault("bad_hours", "the hours begin and end at the same time", "00:00-24:00")
    if during.rrule is not None:
        _recurrence(during.rrule, place / "rrule")


def _recurrence(text: str, place: Place) -> None:
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
    frequency = parts.get("FREQ", "")
    if "DTSTART" in text.upper() or "\n" in text or frequency not in _DAILY:
        place.fault(
            "bad_recurrence",
            "a recurrence is FREQ=DAILY, WEEKLY, MONTHLY or YEARLY and its parts; the first day is 'from'",
            "FREQ=WEEKLY;BYDAY=MO",
        )
        return
    if any(key in parts for key in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        place.fault("bad_recurrence", "a recurrence names days; hours are 'hours'", "hours: 17:00-19:00")
        return
    try:
        rrulestr(text, dtstart=_ANCHOR)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        place.fault("bad_recurrence", f"the recurrence cannot be read: {error}", "FREQ=WEEKLY;BYDAY=MO")


def check_limit(limit: Limit, place: Place) -> None:
    """Collect the faults of a limit per member."""
    if limit.times is None and limit.points is None and limit.value is None and limit.cooldown is None:
        place.fault("one_needed", "a limit needs one of 'times', 'points', 'value', 'cooldown'", "times: 1")
    if isinstance(limit.per, RollingWindow) and limit.per.rolling.unit not in _COARSE_UNITS:
        (place / "per" / "rolling").fault("whole_days", "a rolling window is counted in whole days", "7 days")
    if limit.value is not None and not limit.value.amount:
        (place / "value").fault("must_be_positive", "a limit of nothing forbids the rule", "enabled: false")


def check_budget(budget: Budget, place: Place, *, rewards: bool = False) -> None:
    """Collect the faults of a budget; `rewards`: it may also count what rewards take off."""
    of_rewards = {"redemptions": budget.redemptions, "discount": budget.discount}
    known = (budget.points, budget.times, budget.members, budget.order_value, *of_rewards.values())
    if all(each is None for each in known):
        place.fault("one_needed", "a budget needs one of 'points', 'times', 'members', 'order_value'", "points: 500000")
    for key in (key for key, most in of_rewards.items() if most is not None and not rewards):
        (place / key).fault("only_for_rewards", f"a rule has no '{key}'", "put it on a reward or a campaign")
    if len({share.fraction for share in budget.alert}) < len(budget.alert):
        (place / "alert").fault("duplicate_id", "an alert stands twice", None)
    for key, amount in (("order_value", budget.order_value), ("discount", budget.discount)):
        if amount is not None and not amount.amount:
            (place / key).fault("must_be_positive", "a budget of nothing forbids the rule", "enabled: false")
