"""Faults of earning rules, campaigns, limits and budgets. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from fractions import Fraction

from dateutil.rrule import rrulestr

from puntal.kit.words import Words
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
from puntal.programs.policy.hints import REMOVE
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
                reason = Words(
                    "at most half of the members can be held out",
                    "el grupo de control es como máximo la mitad de los miembros",
                )
                (place / "holdout").fault("share_too_large", reason, "50%")
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
                reason = Words(f"'{rule.on}' has no order value", f"'{rule.on}' no tiene importe de pedido")
                hint = Words("use 'points' or 'times'", "usa 'points' o 'times'")
                (there / "value").fault("only_for_orders", reason, hint)
        if rule.budget is not None:
            check_budget(rule.budget, place / "budget")
        if rule.exclusive and rule.multiply is None:
            (place / "exclusive").fault(
                "only_for_multipliers",
                Words(
                    "'exclusive' shuts out other multipliers; base awards add up",
                    "'exclusive' excluye a otros multiplicadores; los abonos base se suman",
                ),
                Words("use 'group'", "usa 'group'"),
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
                reason = Words(
                    "the last branch says what happens otherwise",
                    "la última opción dice qué pasa si no se cumple ninguna otra",
                )
                place.fault("otherwise_needed", reason, "{otherwise: nothing}")
            if branch.otherwise is not None and (branch.when is not None or branch.award is not None):
                place.fault(
                    "only_one",
                    Words("the last branch has only 'otherwise'", "la última opción solo tiene 'otherwise'"),
                    Words("move 'when' to a branch before it", "pasa 'when' a una opción anterior"),
                )
        else:
            if branch.otherwise is not None:
                (place / "otherwise").fault(
                    "otherwise_last",
                    Words("only the last branch is 'otherwise'", "solo la última opción es 'otherwise'"),
                    Words("move it to the end", "pásalo al final"),
                )
            for key in (key for key in ("when", "award") if getattr(branch, key) is None):
                reason = Words("a branch has 'when' and 'award'", "una opción tiene 'when' y 'award'")
                (place / key).fault("missing", reason, Words(f"add '{key}'", f"añade '{key}'"))
        self._conditions.of_rule(branch.when, rule.on, place / "when")
        self._awards(branch.award, rule, place / "award")
        if branch.otherwise != "nothing":
            self._awards(branch.otherwise, rule, place / "otherwise")

    def _awards(self, written: Award | tuple[Award, ...] | None, rule: Rule, place: Place) -> None:
        if isinstance(written, Award):
            self._award(written, rule, place)
        elif written is not None:
            if not written:
                place.fault(
                    "one_needed",
                    Words("the list of awards is empty", "la lista de abonos está vacía"),
                    Words("remove the rule, or add an award", "quita la regla o añade un abono"),
                )
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
                reason = Words(
                    f"'{award.wallet}' is retired and takes nothing new",
                    f"'{award.wallet}' está retirado y no admite nada nuevo",
                )
                (place / "wallet").fault("retired", reason, None)
            if award.rate is not None and wallet.kind != "money":
                (place / "rate").fault(
                    "only_for_money",
                    Words("a percentage is for money wallets", "un porcentaje es para monederos de dinero"),
                    f'points: 1, per: "1.00 {self._program.currency}"',
                )
            if award.points is not None and award.per is None and award.points * 10**wallet.scale % 1:
                (place / "points").fault(
                    "too_precise",
                    Words(
                        f"'{award.wallet}' has {wallet.scale} decimals",
                        f"'{award.wallet}' tiene {wallet.scale} {'decimal' if wallet.scale == 1 else 'decimales'}",
                    ),
                    Words("add 'per', or give a whole number", "añade 'per' o da un número entero"),
                )
        self._award_options(award, rule, place)
        if award.formula is not None:
            self._conditions.of_formula(award, rule.on, place)
        elif award.fallback is not None:
            reason = Words("only a formula has a fallback", "solo una fórmula tiene 'fallback'")
            (place / "fallback").fault("only_with_formula", reason, REMOVE)
        if award.expiry is not None:
            check_expiry(award.expiry, self._events, place / "expiry")
        if award.available is not None:
            check_available(award.available, self._events, place / "available")

    def _award_options(self, award: Award, rule: Rule, place: Place) -> None:
        by_money = isinstance(award.per, MoneyText)
        if isinstance(award.per, MoneyText) and not award.per.amount:
            reason = Words(
                "points are given per an amount above zero", "los puntos se dan por un importe mayor que cero"
            )
            (place / "per").fault("must_be_positive", reason, None)
        if award.per is not None and award.points is None:
            reason = Words(
                "'per' says for how much the 'points' are given", "'per' dice por cuánto se dan los 'points'"
            )
            (place / "per").fault("only_with_points", reason, Words("add 'points'", "añade 'points'"))
        if (award.per is not None or award.rate is not None) and rule.on not in ORDER_EVENTS:
            key = "rate" if award.rate is not None else "per"
            reason = Words(f"'{rule.on}' has no order to count", f"'{rule.on}' no tiene ningún pedido que contar")
            (place / key).fault("only_for_orders", reason, f"on: {PURCHASE}")
        if award.full_only and not by_money:
            reason = Words(
                "'full_only' counts complete amounts of 'per'", "'full_only' cuenta importes completos de 'per'"
            )
            (place / "full_only").fault("only_with_amount", reason, REMOVE)
        proportional = by_money or award.rate is not None
        if award.carry_fraction and not proportional:
            reason = Words("only proportional awards have a remainder", "solo los abonos proporcionales dejan un resto")
            (place / "carry_fraction").fault("only_with_amount", reason, REMOVE)
        if award.carry_fraction and award.rounding != "floor":
            reason = Words(
                "a remainder is carried only when rounding down", "el resto solo se guarda al redondear a la baja"
            )
            (place / "rounding").fault("carry_needs_floor", reason, "floor")
        if award.round_each == "line" and not proportional:
            reason = Words(
                "only proportional awards are rounded by line",
                "solo los abonos proporcionales se redondean línea a línea",
            )
            (place / "round_each").fault("only_with_amount", reason, "award")

    def _multiply(self, multiply: Multiply, rule: Rule, place: Place) -> None:
        if rule.on not in ORDER_EVENTS:
            reason = Words(
                "a multiplier works on what orders earn", "un multiplicador actúa sobre lo que ganan los pedidos"
            )
            place.fault("only_for_orders", reason, f"on: {PURCHASE}")
        if multiply.rules != "all":
            if not multiply.rules:
                reason = Words("name the rules, or write 'all'", "nombra las reglas o escribe 'all'")
                (place / "rules").fault("one_needed", reason, "all")
            for index, name in enumerate(multiply.rules):
                there = place / "rules" / index
                if there.known(name, self._rules, "rule") and self._rules[name].multiply is not None:
                    reason = Words(f"'{name}' is a multiplier itself", f"'{name}' ya es un multiplicador")
                    there.fault("multiplies_a_multiplier", reason, None)
        for index, wallet in enumerate(multiply.wallets or ()):
            (place / "wallets" / index).known(wallet, self._program.wallets, "wallet")
        self._conditions.of_lines(multiply.only_lines, place / "only_lines")

    def _lines(self, given: bool, event: str, place: Place) -> None:  # noqa: FBT001 - whether the section is written
        if given and event not in ORDER_EVENTS:
            reason = Words(f"'{event}' has no lines", f"'{event}' no tiene líneas")
            place.fault("only_for_orders", reason, f"on: {PURCHASE}")

    def _by_tier(self, rule: Rule, place: Place) -> None:
        ladders = {ladder.id: ladder for ladder in self._program.ladders}
        if rule.ladder is not None and not (place / "ladder").known(rule.ladder, ladders, "ladder"):
            return
        if not rule.by_tier:
            return
        ladder = self._ladder_of(rule, ladders, place)
        if rule.multiply is not None:
            (place / "by_tier").fault(
                "no_rate",
                Words("a multiplier has no rate of its own", "un multiplicador no tiene tasa propia"),
                Words("put it on the rules it multiplies", "ponlo en las reglas que multiplica"),
            )
        for tier, rate in rule.by_tier.items():
            there = place / "by_tier" / tier
            if ladder is not None:
                there.known(tier, [step.id for step in ladder.tiers], "tier")
            there.exactly_one({"points": rate.points is not None, "times": rate.times is not None}, "a tier's rate")
            if rate.points is not None and isinstance(rule.award, Award) and rule.award.points is None:
                reason = Words("the award has no 'points' to replace", "el abono no tiene 'points' que sustituir")
                (there / "points").fault("no_rate", reason, Words("use 'times'", "usa 'times'"))

    def _ladder_of(self, rule: Rule, ladders: dict[str, Ladder], place: Place) -> Ladder | None:
        if rule.ladder is not None:
            return ladders[rule.ladder]
        if len(ladders) == 1:
            return next(iter(ladders.values()))
        if ladders:
            reason = Words(
                "several ladders exist: say whose tiers these are", "hay varias escalas: di de cuál son estos niveles"
            )
            place.fault("missing", reason, f"ladder: {next(iter(ladders))}")
        else:
            reason = Words("the document has no ladder", "el documento no tiene ninguna escala")
            (place / "by_tier").fault("unknown_tier", reason, Words("remove 'by_tier'", "quita 'by_tier'"))
        return None


def check_during(during: During, place: Place) -> None:
    """Collect the faults of a recurring schedule."""
    if during.rrule is None and during.hours is None:
        reason = Words("a schedule needs days or hours", "una repetición necesita días u horas")
        place.fault("one_needed", reason, "rrule: FREQ=WEEKLY;BYDAY=MO")
    if during.hours is not None:
        start, _, end = during.hours.partition("-")
        if start == end:
            reason = Words(
                "the hours begin and end at the same time", "las horas empiezan y terminan en el mismo momento"
            )
            (place / "hours").fault("bad_hours", reason, "00:00-24:00")
    if during.rrule is not None:
        _recurrence(during.rrule, place / "rrule")


def _recurrence(text: str, place: Place) -> None:
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";"))
    frequency = parts.get("FREQ", "")
    if "DTSTART" in text.upper() or "\n" in text or frequency not in _DAILY:
        place.fault(
            "bad_recurrence",
            Words(
                "a recurrence is FREQ=DAILY, WEEKLY, MONTHLY or YEARLY and its parts; the first day is 'from'",
                "una repetición es FREQ=DAILY, WEEKLY, MONTHLY o YEARLY y sus partes; el primer día es 'from'",
            ),
            "FREQ=WEEKLY;BYDAY=MO",
        )
        return
    if any(key in parts for key in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        reason = Words(
            "a recurrence names days; hours are 'hours'", "una repetición dice días; las horas van en 'hours'"
        )
        place.fault("bad_recurrence", reason, "hours: 17:00-19:00")
        return
    try:
        rrulestr(text, dtstart=_ANCHOR)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # The library explains itself in English only.
        reason = Words(f"the recurrence cannot be read: {error}", f"la repetición no se entiende: '{text[:60]}'")
        place.fault("bad_recurrence", reason, "FREQ=WEEKLY;BYDAY=MO")


def check_limit(limit: Limit, place: Place) -> None:
    """Collect the faults of a limit per member."""
    if limit.times is None and limit.points is None and limit.value is None and limit.cooldown is None:
        reason = Words(
            "a limit needs one of 'times', 'points', 'value', 'cooldown'",
            "un límite necesita uno de estos: 'times', 'points', 'value', 'cooldown'",
        )
        place.fault("one_needed", reason, "times: 1")
    if isinstance(limit.per, RollingWindow) and limit.per.rolling.unit not in _COARSE_UNITS:
        reason = Words("a rolling window is counted in whole days", "una ventana móvil se cuenta en días enteros")
        (place / "per" / "rolling").fault("whole_days", reason, "7 days")
    if limit.value is not None and not limit.value.amount:
        reason = Words("a limit of nothing forbids the rule", "un límite de cero impide la regla")
        (place / "value").fault("must_be_positive", reason, "enabled: false")


def check_budget(budget: Budget, place: Place, *, rewards: bool = False) -> None:
    """Collect the faults of a budget; `rewards`: it may also count what rewards take off."""
    of_rewards = {"redemptions": budget.redemptions, "discount": budget.discount}
    known = (budget.points, budget.times, budget.members, budget.order_value, *of_rewards.values())
    if all(each is None for each in known):
        reason = Words(
            "a budget needs one of 'points', 'times', 'members', 'order_value'",
            "un presupuesto necesita uno de estos: 'points', 'times', 'members', 'order_value'",
        )
        place.fault("one_needed", reason, "points: 500000")
    for key in (key for key, most in of_rewards.items() if most is not None and not rewards):
        (place / key).fault(
            "only_for_rewards",
            Words(f"a rule has no '{key}'", f"una regla no tiene '{key}'"),
            Words("put it on a reward or a campaign", "ponlo en una recompensa o en una campaña"),
        )
    if len({share.fraction for share in budget.alert}) < len(budget.alert):
        (place / "alert").fault("duplicate_id", Words("an alert stands twice", "hay un aviso repetido"), None)
    for key, amount in (("order_value", budget.order_value), ("discount", budget.discount)):
        if amount is not None and not amount.amount:
            reason = Words("a budget of nothing forbids the rule", "un presupuesto de cero impide la regla")
            (place / key).fault("must_be_positive", reason, "enabled: false")
