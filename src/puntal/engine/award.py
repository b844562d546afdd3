"""Asking every rule of a trigger and crediting what it gives, base awards before bonuses. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from puntal.earning import policy as earning
from puntal.earning.model import Award, Given, Rule
from puntal.engine.credit import credit
from puntal.engine.facts import facts_of
from puntal.engine.model import Reason, Trigger
from puntal.engine.room import payable
from puntal.engine.work import Work
from puntal.orders.model import Amounts, Order
from puntal.programs.document.builtin import PURCHASE
from puntal.rules.evaluator import Answers
from puntal.tiers import policy as tiers

_ARMS = 10_000
_NO_COVER = "no_lines"


def held_out(campaign: str, subject: str, share: int) -> bool:
    """Return whether a member (or her pool) is kept out of a campaign: a stable hash, so raising only adds."""
    digest = blake2b(f"{campaign}/{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % _ARMS < share


def run(
    work: Work,
    trigger: Trigger,
    amounts: Amounts | None,
    *,
    position: Sequence[int] | None = None,
    whole: Amounts | None = None,
    quantities: Sequence[int] | None = None,
    only: str | None = None,
) -> None:
    """Decide every rule of a trigger, or `only` one of them, as award history does.

    Args:
        work: The decision in the making.
        trigger: The rules that listen.
        amounts: The bases per line; None when the event is not an order.
        position: Where the event's lines stand among the lines of the order's record.
        whole: The order's bases, where `amounts` are only what was added to it: conditions ask the whole.
        quantities: How many items came on per line, if not all of the event's.
        only: The id of the one rule to decide.
    """
    facts = facts_of(work.program, work.state, work.event, trigger, whole or amounts)
    answers = trigger.conditions.evaluate(facts)
    for name, _ in trigger.makers:
        work.facts[name] = facts[name]
    rules = trigger.rules if only is None else [rule for rule in trigger.rules if rule.id == only]
    matching = _matching(work, rules, answers)
    if quantities is None:
        quantities = [] if work.event.order is None else [line.quantity for line in work.event.order.lines]
    asked = _Asked(answers, amounts, quantities, facts, whole is not None, {})
    ranks = _ranks(work)
    before = len(work.reasons)
    candidates = _bases(work, matching, asked, ranks)
    if any(climb.rates_apply == "same_event" for climb in work.program.climbs):
        raised = _ranks_after(work, ranks, candidates, amounts if trigger.on == PURCHASE else None)
        if raised != ranks:
            del work.reasons[before:]
            candidates = _bases(work, matching, asked, raised)
    kept, lost = earning.best_of_groups(candidates)
    work.reasons += [Reason(rule.id, "group", by=rule.group) for rule in lost]
    bases: list[Given] = []
    for givens in kept:
        for given in givens:
            credited = credit(work, given, position)
            if credited and given.lines:
                bases.append(given if credited == given.points else earning.truncate(given, credited, "limit"))
    _multiply(work, matching, bases, answers, position)


def _matching(work: Work, rules: Sequence[Rule], answers: Answers) -> list[Rule]:
    """Return the rules that may give something, and say of the others why not."""
    switches, said, at = work.state.switches, answers.conditions, work.event.occurred_at
    matching = []
    for rule in rules:
        if rule.id in switches.rules or rule.campaign in switches.campaigns:
            code = "off"
        elif rule.schedule is not None and not rule.schedule.holds(at, work.local):
            code = "not_now"
        elif (rule.any_of or rule.none_of) and not _in_audience(rule, said):
            code = "audience"
        elif rule.condition is not None and not said[rule.condition]:
            code = "condition"
        elif rule.holdout and _is_held_out(work, rule):
            code = "control_group"
        elif rule.id in work.program.cooldowns and work.cooling(rule):
            code = "cooldown"
        else:
            matching.append(rule)
            continue
        work.reasons.append(Reason(rule.id, code, 0, -1, 0, 0, rule.campaign))
    return matching


def _is_held_out(work: Work, rule: Rule) -> bool:
    profile = work.state.profile
    return rule.campaign is not None and held_out(rule.campaign, str(profile.pool_id or profile.id), rule.holdout)


def _in_audience(rule: Rule, said: Sequence[bool]) -> bool:
    return all(any(said[at] for at in group) for group in rule.any_of) and not any(said[at] for at in rule.none_of)


def _ranks(work: Work) -> list[int]:
    """Return per ladder the rank of the tier held when the event happened."""
    out = []
    for climb in work.program.climbs:
        standing = work.running.tiers.get(climb.id)
        held = None if standing is None else tiers.held(climb, standing, work.event.occurred_at)
        out.append(0 if held is None else tiers.rank(climb, held))
    return out


def _ranks_after(
    work: Work, ranks: list[int], candidates: Sequence[Sequence[Given]], bought: Amounts | None
) -> list[int]:
    """Return the ranks once this event itself counts, for ladders whose rates apply at once."""
    out = list(ranks)
    for index, climb in enumerate(work.program.climbs):
        if climb.rates_apply != "same_event":
            continue
        standing = work.running.tiers.get(climb.id) or tiers.start(climb, work.enrolled)
        if climb.measure == "earned":
            amount = sum(given.points for givens in candidates for given in givens if given.wallet == climb.wallet)
        elif bought is None:
            continue
        else:
            amount = sum(bought.net) if climb.measure == "spend" else 1
        counted = tiers.count(climb, standing, amount, work.day, enrolled=work.enrolled)
        after, _ = tiers.climb_up(
            climb, counted, at=work.event.occurred_at, today=max(work.state.today, work.day), enrolled=work.enrolled
        )
        out[index] = max(out[index], tiers.rank(climb, after.tier))
    return out


class _Asked(NamedTuple):
    """What the rules of one event are given to work on."""

    answers: Answers
    amounts: Amounts | None
    quantities: Sequence[int]
    facts: dict[str, Any]
    added: bool
    """Only what was added to an order that earned before."""
    masks: dict[tuple[int | None, int | None], list[bool] | None]
    """By the filters of a rule, which lines it covers: rules often share them."""


def _bases(work: Work, rules: Sequence[Rule], asked: _Asked, ranks: Sequence[int]) -> list[list[Given]]:
    out = []
    answers, amounts, off = asked.answers, asked.amounts, work.state.switches.wallets
    order = work.event.order
    gift_cards = None if order is None or amounts is None else _gift_cards(order)
    for rule in rules:
        awards = _awards_of(rule, answers)
        if not awards:
            if rule.multiplier is None:
                work.reasons.append(Reason(rule.id, "otherwise"))
            continue
        mask = None if amounts is None else _mask(rule, asked)
        if gift_cards is not None and not rule.gift_cards:
            mask = [not card for card in gift_cards] if mask is None else [
                yes and not card for yes, card in zip(mask, gift_cards, strict=True)
            ]  # fmt: skip
        if mask is not None and not any(mask):
            work.reasons.append(Reason(rule.id, _NO_COVER))
            continue
        rank = 0 if rule.ladder is None else ranks[rule.ladder]
        givens = []
        for terms in awards:
            if off and work.program.terms[terms.wallet].id in off:
                work.reasons.append(Reason(rule.id, "wallet_off", wallet=terms.wallet))
                continue
            if asked.added and terms.mode in ("fixed", "formula") and _gave(work, rule, terms):
                work.reasons.append(Reason(rule.id, "once_per_order", wallet=terms.wallet))
                continue
            carried = work.running.carry.get(terms.key, earning.NO_REMAINDER) if terms.carry else earning.NO_REMAINDER
            givens.append(
                earning.award(
                    rule, terms, amounts, mask, quantities=asked.quantities, rank=rank, carried=carried,
                    facts=asked.facts,
                )
            )  # fmt: skip
        out.append(givens)
    return out


def _mask(rule: Rule, asked: _Asked) -> list[bool] | None:
    filters = (rule.only_lines, rule.except_lines)
    if filters not in asked.masks:
        asked.masks[filters] = earning.covered(rule, asked.answers.lines)
    return asked.masks[filters]


def _gift_cards(order: Order) -> list[bool] | None:
    """Return which lines are gift cards: money to pay with later, which earns when it is spent."""
    cards = [line.gift_card for line in order.lines]
    return cards if any(cards) else None


def _gave(work: Work, rule: Rule, terms: Award) -> bool:
    assert work.order is not None
    return any(given.rule == rule.id and given.wallet == terms.wallet for given in work.order.awards)


def _awards_of(rule: Rule, answers: Answers) -> tuple[Award, ...]:
    for branch in rule.branches:
        if branch.condition is None or answers.conditions[branch.condition]:
            return branch.awards
    return rule.awards


def _multiply(
    work: Work, rules: Sequence[Rule], bases: Sequence[Given], answers: Answers, position: Sequence[int] | None
) -> None:
    multipliers = [rule for rule in rules if rule.multiplier is not None]
    if not multipliers:
        return
    paid = set()
    if bases:
        entries = earning.bonuses(
            multipliers,
            bases,
            answers.lines,
            how=work.program.document.policies.multipliers,
            payable=lambda given: payable(work, given)[0],
        )
        for given in entries:
            paid.add(given.rule.id)
            credit(work, given, position)
    groups = {rule.group for rule in multipliers if rule.id in paid and rule.group is not None}
    for rule in multipliers:
        if rule.id not in paid:
            code = "group" if rule.group in groups else "other_multiplier" if paid else _NO_COVER
            work.reasons.append(Reason(rule.id, code))
