"""What matching rules give for an order or event: base awards, then multipliers. Pure.

Formulas of the field (behaviour.md, "Numbers"): an award is rounded once, then its whole points are shared over
its lines by largest remainder; a multiplier pays `times` - 1 times the line points it covers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from puntal.earning.model import Award, Given, Multiplier, Rate, Rounding, Rule
from puntal.kit.shares import share
from puntal.orders.model import Amounts
from puntal.rules.model import Facts

Payable = Callable[[Given], int]
"""How much of it would really be paid under what is left of limits, caps and budgets."""
NO_REMAINDER = (0, 1)


def rounded(num: int, den: int, rounding: Rounding) -> int:
    """Return `num / den` as a whole number, rounded once; never negative here."""
    if rounding == "floor":
        return num // den
    if rounding == "ceil":
        return -(-num // den)
    return (2 * num + den) // (2 * den)


def covered(rule: Rule, filters: Sequence[Sequence[bool]]) -> list[bool] | None:
    """Return which lines a rule covers; None means all of them."""
    if rule.only_lines is None:
        return None if rule.except_lines is None else [not no for no in filters[rule.except_lines]]
    only = filters[rule.only_lines]
    if rule.except_lines is None:
        return list(only)
    return [yes and not no for yes, no in zip(only, filters[rule.except_lines], strict=True)]


def base_of(award: Award, amounts: Amounts) -> list[int]:
    """Return the award's base per line, in minor units."""
    if award.of == "order.subtotal":
        return amounts.subtotal
    if award.of == "order.net_cash":
        return amounts.cash
    return amounts.net


def rate_at(award: Award, rank: int) -> Rate:
    """Return the rate of a tier rank; a ladderless rule has one."""
    rates = award.rates
    return rates[rank] if rank < len(rates) else rates[-1]


def award(
    rule: Rule,
    terms: Award,
    amounts: Amounts | None,
    mask: Sequence[bool] | None,
    *,
    quantities: Sequence[int],
    rank: int,
    carried: tuple[int, int],
    facts: Facts,
) -> Given:
    """Return what one award gives before limits. Without `amounts` the event is not an order: no lines."""
    rate = rate_at(terms, rank)
    if amounts is None:
        points, base = _without_lines(terms, rate, facts)
        return Given(rule, terms.wallet, points, [], "fixed", base, terms, uncut=points)
    if terms.mode in ("money", "item", "line"):
        return _proportional(rule, terms, rate, amounts, mask, quantities, carried)
    points, base = _without_lines(terms, rate, facts)
    weights = _masked(amounts.net, mask)
    return Given(rule, terms.wallet, points, share(points, weights), "fixed", base, terms, uncut=points)


def _without_lines(terms: Award, rate: Rate, facts: Facts) -> tuple[int, int]:
    if terms.mode == "formula" and terms.formula is not None:
        value = terms.formula.value(facts)
        if value is None:
            return terms.fallback, 0
        exact = value * Fraction(rate.num, rate.den)
        return max(rounded(exact.numerator, exact.denominator, terms.rounding), 0), 0
    if terms.mode == "fixed":
        return rounded(rate.num, rate.den, terms.rounding), 0
    return 0, 0


def _masked(values: Sequence[int], mask: Sequence[bool] | None) -> list[int]:
    if mask is None:
        return list(values)
    return [value if yes else 0 for value, yes in zip(values, mask, strict=True)]


def _proportional(
    rule: Rule,
    terms: Award,
    rate: Rate,
    amounts: Amounts,
    mask: Sequence[bool] | None,
    quantities: Sequence[int],
    carried: tuple[int, int],
) -> Given:
    if terms.mode == "money":
        weights = _masked(base_of(terms, amounts), mask)
        base = amounts.total if terms.of == "order.total" and mask is None else sum(weights)
    elif terms.mode == "item":
        weights = _masked(quantities, mask)
        base = sum(weights)
    else:
        weights = _masked([1] * len(quantities), mask)
        base = sum(weights)
    carry = None
    if terms.each_line:
        lines = [rounded(weight * rate.num, rate.den, terms.rounding) for weight in weights]
        return Given(rule, terms.wallet, sum(lines), lines, "base", base, terms, uncut=sum(lines))
    if terms.full_minor:
        points = rounded(base // terms.full_minor * terms.full_minor * rate.num, rate.den, "floor")
    elif terms.carry:
        num = base * rate.num * carried[1] + carried[0] * rate.den
        den = rate.den * carried[1]
        points = num // den
        rest = Fraction(num - points * den, den)
        carry = (rest.numerator, rest.denominator)
    else:
        points = rounded(base * rate.num, rate.den, terms.rounding)
    return Given(
        rule, terms.wallet, points, share(points, weights) if points else [0] * len(weights), "base", base, terms,
        carry, uncut=points,
    )  # fmt: skip


def truncate(given: Given, points: int, bound: str) -> Given:
    """Return the award cut to `points`, its line points shared anew in proportion to what they were."""
    return Given(
        given.rule,
        given.wallet,
        points,
        share(points, given.lines),
        given.kind,
        given.base,
        given.award,
        given.carry,
        bound,
        given.uncut,
    )


def best_of_groups(givens: Sequence[list[Given]]) -> tuple[list[list[Given]], list[Rule]]:
    """Keep, of rules in one group, the one that gives most (ties: priority, then id); return the others too."""
    winner: dict[str, list[Given]] = {}
    for given in givens:
        group = given[0].rule.group if given else None
        if group is None:
            continue
        champion = winner.get(group)
        if champion is None or _rank(given) < _rank(champion):
            winner[group] = given
    kept, lost = [], []
    for given in givens:
        group = given[0].rule.group if given else None
        if group is None or winner[group] is given:
            kept.append(given)
        else:
            lost.append(given[0].rule)
    return kept, lost


def _rank(given: Sequence[Given]) -> tuple[int, int, str]:
    rule = given[0].rule
    return (-sum(part.points for part in given), -rule.priority, rule.id)


def covers(multiplier: Multiplier, given: Given) -> bool:
    """Return whether a multiplier counts a base award: by default proportional ones of spendable wallets."""
    if given.wallet not in multiplier.wallets:
        return False
    if multiplier.rules is None:
        return given.kind == "base"
    return given.rule.id in multiplier.rules


Candidate = tuple[Rule, list[int]]
"""A multiplier and the line points it covers."""
Exact = tuple[list[int], int]
"""Points per line as numerators over one denominator."""


def bonuses(
    rules: Sequence[Rule],
    bases: Sequence[Given],
    filters: Sequence[Sequence[bool]],
    *,
    how: str,
    payable: Payable,
) -> list[Given]:
    """Return the bonus entries of the multipliers that apply, in document order, before limits.

    `how` is the program's policy: `best`, `add` or `multiply`. Lines under the same multipliers are decided
    together; `best` compares what would really be paid.
    """
    out: dict[tuple[int, int], tuple[Rule, Exact]] = {}
    for wallet in dict.fromkeys(given.wallet for given in bases):
        candidates = []
        for rule in rules:
            if rule.multiplier is None or wallet not in rule.multiplier.wallets:
                continue
            points = _covered_points(rule, wallet, bases, filters)
            if any(points):
                candidates.append((rule, points))
        for group in _classes(_best_of_each_group(candidates, wallet, payable)):
            for rule, extra in _resolve(group, wallet, how, payable):
                before = out.get((rule.index, wallet))
                out[rule.index, wallet] = (rule, extra if before is None else _plus(before[1], extra))
    return [_bonus(rule, wallet, exact) for (_, wallet), (rule, exact) in sorted(out.items(), key=lambda i: i[0])]


def _best_of_each_group(candidates: Sequence[Candidate], wallet: int, payable: Payable) -> list[Candidate]:
    best: dict[str, tuple[tuple[int, int, str], Rule]] = {}
    for rule, points in candidates:
        if rule.group is not None:
            worth = payable(_bonus(rule, wallet, _extra(rule, points)))
            standing = (-worth, -rule.priority, rule.id)
            if rule.group not in best or standing < best[rule.group][0]:
                best[rule.group] = (standing, rule)
    return [item for item in candidates if item[0].group is None or best[item[0].group][1] is item[0]]


def _covered_points(rule: Rule, wallet: int, bases: Sequence[Given], filters: Sequence[Sequence[bool]]) -> list[int]:
    multiplier = rule.multiplier
    assert multiplier is not None
    count = max((len(given.lines) for given in bases), default=0)
    total = [0] * count
    mask = covered(rule, filters)
    if multiplier.only_lines is not None:
        only = filters[multiplier.only_lines]
        mask = list(only) if mask is None else [a and b for a, b in zip(mask, only, strict=True)]
    for given in bases:
        if given.wallet == wallet and given.lines and covers(multiplier, given):
            for index, points in enumerate(given.lines):
                if mask is None or mask[index]:
                    total[index] += points
    return total


def _classes(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Split the lines into classes under the same multipliers; exclusive ones shut out the others."""
    if len(candidates) <= 1:
        return [list(candidates)] if candidates else []
    classes: dict[tuple[int, ...], list[int]] = {}
    for line in range(len(candidates[0][1])):
        over = [index for index, (_, points) in enumerate(candidates) if points[line]]
        shut = [index for index in over if candidates[index][0].exclusive]
        if shut:
            over = [min(shut, key=lambda index: (-candidates[index][0].priority, candidates[index][0].id))]
        if over:
            classes.setdefault(tuple(over), []).append(line)
    return [
        [
            (candidates[index][0], [p if line in lines else 0 for line, p in enumerate(candidates[index][1])])
            for index in over
        ]
        for over, lines in classes.items()
    ]


def _resolve(group: Sequence[Candidate], wallet: int, how: str, payable: Payable) -> list[tuple[Rule, Exact]]:
    if len(group) == 1 or how == "add":
        return [(rule, _extra(rule, points)) for rule, points in group]
    if how == "best":
        rule, points = min(
            group,
            key=lambda item: (
                -payable(_bonus(item[0], wallet, _extra(item[0], item[1]))),
                -item[0].priority,
                item[0].id,
            ),
        )
        return [(rule, _extra(rule, points))]
    out = []
    standing: Exact = (group[0][1], 1)
    for rule, _ in sorted(group, key=lambda item: (-item[0].priority, item[0].id)):
        numerators, den = _extra(rule, standing[0])
        paid = (numerators, den * standing[1])
        standing = _plus(standing, paid)
        out.append((rule, paid))
    return out


def _extra(rule: Rule, points: Sequence[int]) -> Exact:
    assert rule.multiplier is not None
    extra = rule.multiplier.extra
    return [part * extra.num for part in points], extra.den


def _plus(left: Exact, right: Exact) -> Exact:
    return [a * right[1] + b * left[1] for a, b in zip(left[0], right[0], strict=True)], left[1] * right[1]


def _bonus(rule: Rule, wallet: int, exact: Exact) -> Given:
    numerators, den = exact
    points = sum(numerators) // den
    return Given(rule, wallet, points, share(points, numerators), "bonus", sum(numerators) // den, uncut=points)
