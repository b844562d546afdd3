"""What callers read of an event: the stored outcome with names for ordinals and sentences for codes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from puntal.engine.explain import Explanation
from puntal.engine.phrases import of_outcome, of_reason
from puntal.intake.model import Answer, Balance, Outcome, Stored

_outcome = msgspec.json.Decoder(Outcome).decode
_PAID = ("awarded", "given_again")
_WITH_POINTS = 4
_CUT = 7


class AwardOut(Struct, frozen=True):
    """What one rule gave into one wallet, in its smallest unit; below 0 what a refund took back."""

    rule: str
    wallet: str
    points: int
    kind: str
    """`awarded`, `reversed` or `given_again`."""


class ReasonOut(Struct, frozen=True, omit_defaults=True):
    """Why a rule gave what it gave, or nothing."""

    rule: str
    code: str
    sentence: str
    wallet: str | None = None
    points: int = 0
    base: int = 0
    """Minor units the points were computed from."""
    without_limits: int | None = None
    """What it would have been without limits, budgets and caps."""
    by: str | None = None
    """The limit, budget, cap or other rule that decided."""


class TierChangeOut(Struct, frozen=True, rename={"from_tier": "from", "to_tier": "to"}):
    """A move on a ladder."""

    ladder: str
    from_tier: str
    to_tier: str
    reason: str


class AnswerOut(Struct, frozen=True):
    """What one event is answered."""

    id: str
    member_id: UUID | None
    status: str
    """`awarded` or `nothing`."""
    code: str | None
    """Why nothing was decided; null where rules were asked."""
    message: str
    awards: list[AwardOut]
    reasons: list[ReasonOut]
    balances: Mapping[str, Balance] | None
    """By wallet, after the event; null in a replayed answer."""
    tier_changes: list[TierChangeOut]
    caused: list[str]
    """Ids of the events that followed from it."""
    same_person: UUID | None
    """Another member that one of the identities belongs to, reported for merging."""
    revision: int
    replayed: bool
    """Whether this event was sent before, with the same words."""
    dry_run: bool = False


class EventOut(Struct, frozen=True):
    """A stored event: what was said, and what was decided."""

    id: str
    type: str
    source: str
    member_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    revision: int
    said: Raw
    """The words of the caller."""
    status: str
    code: str | None
    message: str
    awards: list[AwardOut]
    reasons: list[ReasonOut]
    tier_changes: list[TierChangeOut]
    caused: list[str]
    same_person: UUID | None
    facts: Mapping[str, Any]
    """What the rules read of the member."""


class RuleOut(Struct, frozen=True):
    """What became of one rule."""

    rule: str
    label: str
    """As people know the rule."""
    gave: dict[str, int]
    """By wallet."""
    sentences: list[str]


class ExplanationOut(Struct, frozen=True):
    """Why an event gave what it gave, rule by rule."""

    event: str
    type: str
    occurred_at: datetime
    revision: int
    status: str
    message: str
    rules: list[RuleOut]
    facts: Mapping[str, Any]
    """What the rules read of the member at that moment."""


def answer_out(
    answer: Answer, wallets: Sequence[str], locale: str, *, dry_run: bool = False, told: Explanation | None = None
) -> AnswerOut:
    """Return an answer as the API gives it.

    Args:
        answer: Of intake.
        wallets: Ids by ordinal.
        locale: Of the caller.
        dry_run: Nothing was written.
        told: Why, in full sentences, where that was asked for.
    """
    outcome = answer.outcome
    reasons = [_reason(reason, wallets, locale) for reason in outcome.reasons]
    message = of_outcome(outcome.status, outcome.code, locale)
    if told is not None:
        message, reasons = told.summary, _in_full(reasons, told)
    return AnswerOut(
        answer.id,
        answer.member_id,
        outcome.status,
        outcome.code,
        message,
        _awards(outcome, wallets),
        reasons,
        answer.balances,
        _changes(outcome),
        outcome.caused,
        outcome.conflict,
        answer.revision,
        answer.replayed,
        dry_run,
    )


def _in_full(reasons: Sequence[ReasonOut], told: Explanation) -> list[ReasonOut]:
    return [replace(out, sentence=why.sentence) for out, why in zip(reasons, told.rules, strict=True)]


def event_out(stored: Stored, wallets: Sequence[str], locale: str, told: Explanation | None = None) -> EventOut:
    """Return a stored event as the API shows it; with what is `told` of it where that was asked for."""
    outcome = _outcome(stored.outcome)
    reasons = [_reason(reason, wallets, locale) for reason in outcome.reasons]
    message = of_outcome(outcome.status, outcome.code, locale)
    if told is not None:
        message, reasons = told.summary, _in_full(reasons, told)
    return EventOut(
        stored.id,
        stored.type,
        stored.source,
        stored.member_id,
        stored.occurred_at,
        stored.recorded_at,
        stored.revision,
        stored.body,
        outcome.status,
        outcome.code,
        message,
        _awards(outcome, wallets),
        reasons,
        _changes(outcome),
        outcome.caused,
        outcome.conflict,
        outcome.facts,
    )


def explanation_out(stored: Stored, told: Explanation) -> ExplanationOut:
    """Return why a stored event gave what it gave."""
    outcome = _outcome(stored.outcome)
    rules: dict[str, RuleOut] = {}
    for why in told.rules:
        rule = rules.setdefault(why.rule, RuleOut(why.rule, why.label, {}, []))
        rule.sentences.append(why.sentence)
        if why.wallet is not None and why.points:
            rule.gave[why.wallet] = rule.gave.get(why.wallet, 0) + why.points
    return ExplanationOut(
        stored.id,
        stored.type,
        stored.occurred_at,
        stored.revision,
        outcome.status,
        told.summary,
        list(rules.values()),
        outcome.facts,
    )


def _awards(outcome: Outcome, wallets: Sequence[str]) -> list[AwardOut]:
    return [
        AwardOut(
            reason[0],
            _name(wallets, reason[3]),
            reason[2],
            "reversed" if reason[2] < 0 else reason[1] if reason[1] in _PAID else "awarded",
        )
        for reason in outcome.reasons
        if len(reason) >= _WITH_POINTS and reason[2] != 0
    ]


def _reason(reason: tuple[Any, ...], wallets: Sequence[str], locale: str) -> ReasonOut:
    rule, code = reason[0], reason[1]
    if len(reason) < _WITH_POINTS:
        by = reason[2] if len(reason) > 2 else None  # noqa: PLR2004 - rule, code and what decided
        return ReasonOut(rule, code, of_reason(code, locale, by=by), by=by)
    points, wallet, base = reason[2], reason[3], reason[4]
    uncut, by = (reason[5], reason[6]) if len(reason) >= _CUT else (None, None)
    return ReasonOut(
        rule,
        code,
        of_reason(code, locale, points=points, by=by),
        _name(wallets, wallet),
        points,
        base,
        uncut,
        by,
    )


def _changes(outcome: Outcome) -> list[TierChangeOut]:
    return [TierChangeOut(*change) for change in outcome.changes]


def _name(wallets: Sequence[str], ordinal: int) -> str:
    return wallets[ordinal] if 0 <= ordinal < len(wallets) else f"#{ordinal}"
