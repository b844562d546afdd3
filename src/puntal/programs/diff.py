"""What one document changes about another, in words for those who decide. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, RootModel

from puntal.kit.errors import pointer
from puntal.programs import source
from puntal.programs.document.builtin import PURCHASE
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.earning import Limit, Rule, SharedLimit
from puntal.programs.document.ladders import Ladder, Tier
from puntal.programs.document.program import Program, Segment
from puntal.programs.document.rewards import Cost, Reward, RewardKind, Stacking, Validity
from puntal.programs.document.values import MoneyText, Percent, Span, each_of
from puntal.programs.document.wallets import Available, Expiry, Wallet
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_campaigns import campaign_told, shared_limit_told
from puntal.programs.sentences_rewards import RewardSpeaker
from puntal.programs.vocabulary_changes import CHANGES, FIELDS

Kind = Literal["added", "removed", "changed"]
LANGUAGES = ("es", "en")

_MAPPINGS = ("wallets", "pools", "segments", "events", "fields", "limits", "reward_kinds")
_LISTS = ("ladders", "earning", "campaigns", "rewards", "consents")
_INSIDE: Mapping[str, tuple[str, ...]] = {"ladders": ("tiers",), "campaigns": ("earning", "rewards")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference.

    Attributes:
        path: JSON pointer into the new document, or into the old one for what is gone.
        section: Where it belongs: `wallets`, `earning`; `program` for what holds for the whole.
        words: The difference as a sentence, per language.
    """

    kind: Kind
    path: str
    section: str
    id: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything a document changes: nothing is empty exactly when both mean the same.

    Attributes:
        yaml: The unified diff of both as YAML; it may show what changes no meaning, such as a written default.
    """

    changes: Sequence[Change]
    yaml: str

    def of(self, kind: Kind) -> list[Change]:
        """Return the changes of one kind."""
        return [change for change in self.changes if change.kind == kind]


def diff(before: Program, after: Program) -> Difference:
    """Return what `after` changes about `before`."""
    return Difference(changes=_Comparison(before, after).run(), yaml=yaml_diff(before, after))


def yaml_diff(before: Program | Mapping[str, Any], after: Program | Mapping[str, Any]) -> str:
    """Return the unified diff of two documents; empty when they are written the same."""
    # A document says the same as JSON, which is written a hundred times as fast.
    old, new = (_yaml_lines(source.dump_json(document)) for document in (before, after))
    return "".join(difflib.unified_diff(old, new, "published", "new"))


@lru_cache(maxsize=32)
def _yaml_lines(text: str) -> list[str]:
    return source.dump_yaml(source.load_json(text)).splitlines(keepends=True)


class _Comparison:
    def __init__(self, before: Program, after: Program) -> None:
        self._before = before
        self._after = after
        self._old = {language: Speaker(before, language) for language in LANGUAGES}
        self._new = {language: Speaker(after, language) for language in LANGUAGES}
        self._changes: list[Change] = []

    def run(self) -> list[Change]:
        self._fields("program", "", (), self._before, self._after, skip={*_MAPPINGS, *_LISTS})
        for section in _MAPPINGS:
            self._entities(section, (section,), _keyed(self._before, section), _keyed(self._after, section))
        for section in _LISTS:
            self._entities(section, (section,), _keyed(self._before, section), _keyed(self._after, section))
        return self._changes

    def _entities(
        self,
        section: str,
        steps: tuple[str | int, ...],
        old: Mapping[str, tuple[str | int, BaseModel]],
        new: Mapping[str, tuple[str | int, BaseModel]],
    ) -> None:
        for identifier, (step, entity) in old.items():
            if identifier not in new:
                self._whole("removed", section, identifier, (*steps, step), entity)
        for identifier, (step, entity) in new.items():
            if identifier not in old:
                self._whole("added", section, identifier, (*steps, step), entity)
                continue
            within = _INSIDE.get(section, ())
            self._fields(section, identifier, (*steps, step), old[identifier][1], entity, skip=set(within))
            for inside in within:
                here = (*steps, step, inside)
                self._entities(inside, here, _keyed(old[identifier][1], inside), _keyed(entity, inside))
        common = [identifier for identifier in new if identifier in old]
        if common != [identifier for identifier in old if identifier in new]:
            words = {
                language: _sentence(
                    CHANGES[language]["order"].format(what=CHANGES[language][section], after=", ".join(new))
                )
                for language in LANGUAGES
            }
            self._changes.append(Change(kind="changed", path=pointer(*steps), section=section, id="", words=words))

    def _whole(
        self, kind: Kind, section: str, identifier: str, steps: tuple[str | int, ...], entity: BaseModel
    ) -> None:
        words = {}
        for language in LANGUAGES:
            speaker = (self._new if kind == "added" else self._old)[language]
            told = _told(speaker, identifier, entity) if kind == "added" else ""
            phrase = "removed" if kind == "removed" else "added" if told else "added_bare"
            words[language] = _sentence(
                CHANGES[language][phrase].format(
                    what=CHANGES[language][section], name=_name(speaker, identifier, entity), words=told
                )
            )
        self._changes.append(Change(kind=kind, path=pointer(*steps), section=section, id=identifier, words=words))

    def _fields(
        self,
        section: str,
        identifier: str,
        steps: tuple[str | int, ...],
        old: BaseModel,
        new: BaseModel,
        *,
        skip: set[str],
    ) -> None:
        for name, field in type(new).model_fields.items():
            before, after = getattr(old, name, None), getattr(new, name)
            if name in skip or before == after:
                continue
            key = field.alias or name
            inner = section == "program" and not isinstance(before, RootModel)
            if inner and isinstance(before, BaseModel) and isinstance(after, type(before)):
                self._fields(section, identifier, (*steps, key), before, after, skip=set())
                continue
            words = {
                language: self._changed(language, section, identifier, key, (old, new), (before, after))
                for language in LANGUAGES
            }
            self._changes.append(
                Change(kind="changed", path=pointer(*steps, key), section=section, id=identifier, words=words)
            )

    def _changed(
        self,
        language: str,
        section: str,
        identifier: str,
        key: str,
        entities: tuple[BaseModel, BaseModel],
        values: tuple[Any, Any],
    ) -> str:
        phrases = CHANGES[language]
        shown = [
            _value(speaker, entity, key, value, phrases)
            for speaker, entity, value in zip((self._old[language], self._new[language]), entities, values, strict=True)
        ]
        empty = [_is_empty(value) for value in values]
        phrase = "set" if empty[0] else "dropped" if empty[1] else "changed"
        told = "line" if key == "from" and isinstance(entities[1], Tier) else key
        label = FIELDS[told][LANGUAGES.index(language)] if told in FIELDS else f"'{key}'"
        if section == "program":
            return _sentence(phrases[f"program_{phrase}"].format(field=label, before=shown[0], after=shown[1]))
        name = _name(self._new[language], identifier, entities[1])
        return _sentence(
            phrases[phrase].format(field=label, what=phrases[section], name=name, before=shown[0], after=shown[1])
        )


def _keyed(owner: BaseModel, section: str) -> dict[str, tuple[str | int, BaseModel]]:
    found = getattr(owner, section)
    if isinstance(found, Mapping):
        return {identifier: (identifier, entity) for identifier, entity in found.items()}
    return {entity.id: (index, entity) for index, entity in enumerate(found)}


def _told(speaker: Speaker, identifier: str, entity: BaseModel) -> str:  # noqa: PLR0911 - one return per kind
    match entity:
        case Rule():
            return speaker.rule(entity).rstrip(".")
        case Wallet():
            return speaker.wallet(identifier, entity).rstrip(".")
        case Segment() if entity.when is not None:
            return speaker.segment(entity.when)
        case Ladder():
            return " ".join(speaker.tier(entity, tier) for tier in entity.tiers).rstrip(".")
        case Reward():
            return RewardSpeaker(speaker).reward(entity).rstrip(".")
        case SharedLimit():
            return shared_limit_told(speaker, entity).rstrip(".")
        case Campaign():
            told = [campaign_told(speaker, entity)]
            told += [speaker.rule(rule) for rule in entity.earning]
            told += [RewardSpeaker(speaker).reward(reward) for reward in entity.rewards]
            return " ".join(told).rstrip(".")
        case _:
            return ""


def _name(speaker: Speaker, identifier: str, entity: BaseModel) -> str:
    if isinstance(entity, (Tier, Reward)):
        return speaker.text(entity.name, identifier)
    if isinstance(entity, (Rule, SharedLimit, Campaign, Segment, RewardKind)):
        return speaker.text(entity.label, identifier)
    return identifier


def _is_empty(value: Any) -> bool:  # noqa: ANN401 - any value of a document
    return value is None or value in ((), {})


def _value(speaker: Speaker, entity: BaseModel, key: str, value: Any, phrases: Mapping[str, str]) -> str:  # noqa: ANN401, PLR0911 - any value of a document, one return per kind
    if _is_empty(value):
        return phrases["none"]
    if isinstance(entity, Rule):
        clauses: Mapping[str, Callable[[], str]] = {
            "award": lambda: speaker.awards(entity.award),
            "branches": lambda: speaker.branches(entity.branches, entity.on),
            "multiply": lambda: speaker.effects(entity),
            "by_tier": lambda: speaker.by_tier(entity),
            "when": lambda: speaker.condition(value, entity.on),
            "only_lines": lambda: speaker.lines(value),
            "except_lines": lambda: speaker.lines(value),
            "during": lambda: speaker.during(value),
            "limit": lambda: ", ".join(speaker.limit(one) for one in each_of(value)),
        }
        if key in clauses:
            return phrases["quoted"].format(v=clauses[key]())
    if isinstance(entity, Reward):
        told = _of_reward(RewardSpeaker(speaker), key, value)
        if told:
            return phrases["quoted"].format(v=told)
        if key == "when":
            return phrases["quoted"].format(v=speaker.condition(value, PURCHASE))
    if isinstance(value, Stacking):
        return phrases["quoted"].format(v=RewardSpeaker(speaker).stacking(value))
    if key == "audience":
        return phrases["quoted"].format(v=speaker.people(value))
    if key == "budget":
        return phrases["quoted"].format(v=speaker.budget(value))
    if isinstance(entity, Segment) and key == "when":
        return phrases["quoted"].format(v=speaker.segment(value))
    return _plain_value(speaker, value, phrases)


def _of_reward(speaker: RewardSpeaker, key: str, value: Any) -> str:  # noqa: ANN401 - any value of a document, one return per kind
    match value:
        case Validity():
            return speaker.valid(value)
        case Cost():
            return speaker.costs(value)
        case tuple() if key == "cost":
            return speaker.costs(value)
        case Limit():
            return speaker.limit(value)
        case tuple() if key == "limit":
            return ", ".join(speaker.limit(limit) for limit in value)
        case _:
            return ""


def _plain_value(speaker: Speaker, value: Any, phrases: Mapping[str, str]) -> str:  # noqa: ANN401, PLR0911 - any value of a document, one return per kind
    match value:
        case bool():
            return phrases["yes" if value else "no"]
        case MoneyText():
            return speaker.money(value)
        case Percent():
            return speaker.share(value)
        case Span():
            return speaker.span(value)
        case Expiry():
            return phrases["quoted"].format(v=speaker.expiry(value))
        case Available():
            return phrases["quoted"].format(v=speaker.available(value))
        case str():
            return phrases["quoted"].format(v=value)
        case int():
            return speaker.number(value)
        case Mapping():
            return ", ".join(f"{key}: {_plain_value(speaker, inner, phrases)}" for key, inner in value.items())
        case date():
            return speaker.day(value)
        case BaseModel():
            return source.dump_json({"v": value.model_dump(by_alias=True, exclude_unset=True)})[5:-1]
        case _:
            return source.dump_json({"v": _as_data(value)})[5:-1]


def _as_data(value: Any) -> Any:  # noqa: ANN401 - any value of a document
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_unset=True)
    if isinstance(value, Mapping):
        return {key: _as_data(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_data(inner) for inner in value]
    return value


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."
