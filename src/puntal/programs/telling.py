"""Every part of a document in a sentence, with where it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from puntal.kit.errors import pointer
from puntal.programs.document.builtin import BUILT_IN_EVENTS
from puntal.programs.document.earning import Rule
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import Reward
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_campaigns import campaign_told, shared_limit_told
from puntal.programs.sentences_rewards import RewardSpeaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One part of a document.

    Attributes:
        path: JSON pointer to it.
        section: Where it belongs: `wallets`, `earning`, `tiers`.
        name: What people call it; its id where it has no text.
    """

    path: str
    section: str
    id: str
    name: str
    words: str


def tell(program: Program, locale: str) -> list[Told]:
    """Return wallets, tiers, segments, rules, shared limits, campaigns and rewards in the order of the document."""
    return list(_Telling(program, locale).everything())


def events(program: Program | None, locale: str) -> dict[str, str]:
    """Return what rules can be on, built in and declared, by name: what people call it."""
    language = "es" if locale.startswith("es") else "en"
    known = {name: labels[language] for name, labels in BUILT_IN_EVENTS.items()}
    if program is not None:
        speaker = Speaker(program, locale)
        known |= {name: speaker.text(event.label, name) for name, event in program.events.items()}
    return known


class _Telling:
    def __init__(self, program: Program, locale: str) -> None:
        self._program = program
        self._speaker = Speaker(program, locale)
        self._rewards = RewardSpeaker(self._speaker)

    def everything(self) -> Iterator[Told]:
        program, speaker = self._program, self._speaker
        for id, wallet in program.wallets.items():
            yield self._told(speaker.wallet(id, wallet), "wallets", id, speaker.text(wallet.label, id), "wallets", id)
        for at, ladder in enumerate(program.ladders):
            for step, tier in enumerate(ladder.tiers):
                name = speaker.text(tier.name, tier.id)
                yield self._told(speaker.tier(ladder, tier), "tiers", tier.id, name, "ladders", at, "tiers", step)
        for id, segment in program.segments.items():
            said = "" if segment.when is None else speaker.segment(segment.when)
            yield self._told(said, "segments", id, speaker.text(segment.label, id), "segments", id)
        yield from self._rules(program.earning)
        for id, limit in program.limits.items():
            name = speaker.text(limit.label, id)
            yield self._told(shared_limit_told(speaker, limit), "limits", id, name, "limits", id)
        for at, campaign in enumerate(program.campaigns):
            name = speaker.text(campaign.label, campaign.id)
            yield self._told(campaign_told(speaker, campaign), "campaigns", campaign.id, name, "campaigns", at)
            yield from self._rules(campaign.earning, "campaigns", at)
            yield from self._offers(campaign.rewards, "campaigns", at)
        yield from self._offers(program.rewards)

    def _rules(self, rules: tuple[Rule, ...], *steps: str | int) -> Iterator[Told]:
        for at, rule in enumerate(rules):
            name = self._speaker.text(rule.label, rule.id)
            yield self._told(self._speaker.rule(rule), "earning", rule.id, name, *steps, "earning", at)

    def _offers(self, rewards: tuple[Reward, ...], *steps: str | int) -> Iterator[Told]:
        for at, reward in enumerate(rewards):
            name = self._speaker.text(reward.name, reward.id)
            yield self._told(self._rewards.reward(reward), "rewards", reward.id, name, *steps, "rewards", at)

    def _told(self, words: str, section: str, id: str, name: str, *steps: str | int) -> Told:
        return Told(path=pointer(*steps), section=section, id=id, name=name, words=words)
