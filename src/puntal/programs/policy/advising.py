"""What can be published as it is and probably is not meant. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from puntal.kit.errors import Fault
from puntal.kit.words import Words
from puntal.programs.document.earning import Award, Rule
from puntal.programs.document.ladders import Ladder, Tier
from puntal.programs.document.program import Program
from puntal.programs.document.values import Text
from puntal.programs.policy.collector import Place
from puntal.programs.policy.earning import rules_of
from puntal.programs.policy.rewards import rewards_of
from puntal.programs.sentences import Speaker

_RAISE = Words(
    "the rates by tier replace the rule's own: raise them with it",
    "los valores por nivel sustituyen al de la regla: súbelos con él",
)


def advice(program: Program) -> list[Fault]:
    """Return what was probably forgotten: texts in a language of the program, tiers that earn less than lower ones."""
    root = Place()
    for text, place in _texts(program, root):
        missing = [each for each in program.locales if isinstance(text, dict) and each not in text]
        if missing:
            languages = ", ".join(missing)
            reason = Words(f"there is no text in {languages}", f"no hay texto en {languages}")
            place.fault("text_missing", reason, None)
    for rule, place in rules_of(program, root):
        for tier, rate, below, more in _inverted(program, rule):
            reason = _earns_less(program, tier, rate, below, more)
            (place / "by_tier" / tier.id).fault("tier_earns_less", reason, _RAISE)
    return root.faults


def _earns_less(program: Program, tier: Tier, rate: Decimal, below: Tier, more: Decimal) -> Words:
    en, es = (
        sentence.format(
            tier=speaker.text(tier.name, tier.id),
            rate=speaker.number(rate),
            below=speaker.text(below.name, below.id),
            more=speaker.number(more),
        )
        for speaker, sentence in (
            (Speaker(program, "en"), "{tier} would earn {rate}, less than {below} with {more}"),
            (Speaker(program, "es"), "{tier} ganaría {rate}, menos que {below} con {more}"),
        )
    )
    return Words(en, es)


def _texts(program: Program, root: Place) -> Iterator[tuple[Text | None, Place]]:
    yield program.name, root / "name"
    for name, wallet in program.wallets.items():
        yield wallet.label, root / "wallets" / name / "label"
    for rule, place in rules_of(program, root):
        yield rule.label, place / "label"
    for index, ladder in enumerate(program.ladders):
        for number, tier in enumerate(ladder.tiers):
            yield tier.name, root / "ladders" / index / "tiers" / number / "name"
    for index, campaign in enumerate(program.campaigns):
        yield campaign.label, root / "campaigns" / index / "label"
    for index, consent in enumerate(program.consents):
        yield consent.text, root / "consents" / index / "text"
    for reward, _, place in rewards_of(program, root):
        yield reward.name, place / "name"
        yield reward.text, place / "text"
        yield reward.instructions, place / "instructions"


def _inverted(program: Program, rule: Rule) -> Iterator[tuple[Tier, Decimal, Tier, Decimal]]:
    """Yield tiers with a rate of their own that a lower tier exceeds: it and its rate, the lower one and its rate."""
    base, ladder = _base(rule), _ladder(program, rule) if rule.by_tier else None
    if base is None or ladder is None:
        return
    best, highest, current = ladder.tiers[0], Decimal(0), base
    for tier in ladder.tiers:
        # As the engine has it: a tier without a rate of its own has the next lower one's.
        own = rule.by_tier.get(tier.id)
        if own is not None:
            current = (base if own.points is None else own.points) * (own.times or Decimal(1))
            if current < highest:
                yield tier, current, best, highest
        if current > highest:
            best, highest = tier, current


def _base(rule: Rule) -> Decimal | None:
    """Return what the rule gives everybody, where that is one number that tiers replace."""
    award = rule.award[0] if isinstance(rule.award, tuple) and len(rule.award) == 1 else rule.award
    return award.points if isinstance(award, Award) else None


def _ladder(program: Program, rule: Rule) -> Ladder | None:
    for ladder in program.ladders:
        named = {tier.id for tier in ladder.tiers}
        if rule.ladder == ladder.id or (rule.ladder is None and named >= set(rule.by_tier)):
            return ladder
    return None
