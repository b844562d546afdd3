"""What tiers give: when reached, when renewed, and on the birthday of who holds them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from uuid import UUID

from puntal.engine.credit import gift
from puntal.engine.model import GIFT, TIER_GIFT, VOUCHER_GIVEN, VOUCHER_TAKEN, Compiled, Reason
from puntal.engine.work import Work
from puntal.kit.ids import derived
from puntal.kit.money import digits
from puntal.orders.model import OrderAward, OrderGift, OrderRecord
from puntal.programs.document.program import Program
from puntal.tiers import policy as tiers

_WHEN = {"tier.reached": "reached", "tier.renewed": "renewed", "member.birthday": "birthday"}
"""Event to the moment that benefits name."""

Gifts = Mapping[tuple[str, str, str], tuple[tuple[int, int], ...]]


def compile_gifts(document: Program, ordinals: Mapping[str, int]) -> Gifts:
    """Return what is given by moment, ladder and tier: wallet ordinal and units, one entry a wallet."""
    found: dict[tuple[str, str, str], dict[int, int]] = {}
    for ladder in document.ladders:
        for tier in ladder.tiers:
            for benefit in tier.benefits:
                if benefit.kind == "gift" and benefit.wallet is not None and benefit.points is not None:
                    amounts = found.setdefault((benefit.when, ladder.id, tier.id), {})
                    wallet = document.wallets[benefit.wallet]
                    scale = digits(wallet.currency or document.currency) if wallet.kind == "money" else wallet.scale
                    ordinal = ordinals[benefit.wallet]
                    # Points are written as members see them.
                    amounts[ordinal] = amounts.get(ordinal, 0) + int(Fraction(benefit.points) * 10**scale)
    return {key: tuple(amounts.items()) for key, amounts in found.items()}


def compile_given(document: Program) -> Mapping[tuple[str, str, str], tuple[str, ...]]:
    """Return the rewards that are given by moment, ladder and tier."""
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    for ladder in document.ladders:
        for tier in ladder.tiers:
            for benefit in tier.benefits:
                if benefit.kind == "gift" and benefit.reward is not None:
                    key = (benefit.when, ladder.id, tier.id)
                    found[key] = (*found.get(key, ()), benefit.reward)
    return found


def give(work: Work) -> None:
    """Credit what tiers give at this event, each gift once per tier and period; for birthdays that is the year.

    Of rewards only the reason is left: who writes the decision issues their vouchers.
    """
    when = _WHEN.get(work.event.type)
    if when is None or not (work.program.gifts or work.program.given):
        return
    for ladder, tier in _tiers_meant(work, when):
        for reward in work.program.given.get((when, ladder, tier), ()):
            key = _key(when, ladder, tier, f"reward={reward}")
            given = work.running.once.setdefault(TIER_GIFT, [])
            mark = _mark(work, key, work.day)
            code = "repeated" if mark in given else VOUCHER_GIVEN
            work.reasons.append(Reason(key, code, by=reward))
            if code == VOUCHER_GIVEN:
                given.append(mark)
                work.awarded = True
                if work.order is not None:
                    work.order.gifts.append(OrderGift(key, mark, reward, voucher_of(work.event.id, key)))
        for wallet, amount in work.program.gifts.get((when, ladder, tier), ()):
            key = _key(when, ladder, tier, work.program.terms[wallet].id)
            given = work.running.once.setdefault(TIER_GIFT, [])
            mark = _mark(work, key, work.day)
            if mark in given:
                work.reasons.append(Reason(key, "repeated", wallet=wallet))
                continue
            given.append(mark)
            gift(work, key, wallet, amount)


def voucher_of(event: str, key: str) -> UUID:
    """Return the id of the voucher of a reward that is given at an event: the same every time."""
    return derived(event, key)


def take_back(work: Work, record: OrderRecord) -> None:
    """Take rewards that tiers gave because of an order back with all of it; what was used is found on writing."""
    for each in record.gifts:
        if not each.taken:
            each.taken = True
            marks = work.running.once.setdefault(TIER_GIFT, [])
            if each.mark in marks:
                marks.remove(each.mark)
            work.reasons.append(Reason(each.key, VOUCHER_TAKEN, by=each.reward))


def give_back(work: Work, record: OrderRecord) -> None:
    """Give rewards again that went back with an order whose refund was withdrawn, unless they came again meanwhile."""
    for each in record.gifts:
        marks = work.running.once.setdefault(TIER_GIFT, [])
        if each.taken and each.mark not in marks:
            marks.append(each.mark)
            each.taken, each.voucher = False, voucher_of(work.event.id, each.key)
            work.reasons.append(Reason(each.key, VOUCHER_GIVEN, by=each.reward))
            work.awarded = True


def note_return(work: Work, award: OrderAward, *, gone: bool) -> None:
    """Let a tier's gift that went back with its order be given again, and one that came again not."""
    if award.rule.startswith(GIFT) and award.day is not None:
        marks = work.running.once.setdefault(TIER_GIFT, [])
        mark = _mark(work, award.rule, award.day)
        if gone and mark in marks:
            marks.remove(mark)
        elif not gone and mark not in marks:
            marks.append(mark)


def _tiers_meant(work: Work, when: str) -> Iterator[tuple[str, str]]:
    if when != "birthday":
        yield str(work.event.data.get("ladder")), str(work.event.data.get("tier"))
    elif work.state.profile.status != "guest":
        for climb in work.program.climbs:
            standing = work.running.tiers.get(climb.id)
            if standing is not None:
                yield climb.id, tiers.held(climb, standing, work.event.occurred_at)


def _key(when: str, ladder: str, tier: str, wallet: str) -> str:
    return f"{GIFT}{ladder}:{tier}:{wallet}" + ("" if when == "reached" else f":{when}")


def _mark(work: Work, key: str, day: date) -> str:
    return mark_of(work.program, key, day, work.enrolled)


def mark_of(program: Compiled, key: str, day: date, enrolled: date) -> str:
    """Return how `Running.once` remembers a gift of the period that holds a day."""
    _, ladder, *_ = key.split(":")
    climb = next((climb for climb in program.climbs if climb.id == ladder), None)
    if climb is None or key.endswith(":birthday"):
        return f"{key}:{day.year}"
    return f"{key}:{tiers.period_key(climb, day, enrolled)}"
