"""What a simulation tells: only what differs, in the words of the API. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from puntal.engine import phrases
from puntal.engine.model import Compiled
from puntal.insight.simulation.comparing import rounded
from puntal.insight.simulation.model import Example, Moment, Part, Reasoned, Side, Wallet


class SidesOut(BaseModel):
    """A number under both programs."""

    live: int = Field(examples=[1200])
    draft: int = Field(examples=[1500])
    difference: int = Field(description="Draft less live.", examples=[300])

    @classmethod
    def of(cls, side: Side) -> SidesOut:
        """Return it as the API shows it."""
        return cls(live=side.live, draft=side.draft, difference=side.draft - side.live)


class WalletImpactOut(BaseModel):
    """One wallet; points in its smallest unit, money in minor units of `currency`."""

    wallet: str = Field(examples=["points"])
    kind: str = Field(examples=["points"])
    currency: str | None = Field(examples=["EUR"])
    earned: SidesOut = Field(description="Awarded in the period.")
    taken_back: SidesOut = Field(description="Taken back of awards, by refunds.")
    closing: SidesOut = Field(description="Available and pending, less debt, when the period ends.")
    cost_minor: SidesOut = Field(description="Expected cost of what was earned less taken back, at the wallet's rate.")
    books_earned: int = Field(description="What the books have: awarded by the revisions and switches of then.")
    books_taken_back: int
    redemptions: int = Field(description="Spends and holds of the period that were taken over.")
    unaffordable: SidesOut = Field(description="Of those, how many members could not have paid for.")
    unaffordable_points: SidesOut


class RuleImpactOut(BaseModel):
    """What one rule, or tier's gift, contributes in one wallet, where that differs."""

    rule: str = Field(examples=["purchases"])
    wallet: str = Field(examples=["points"])
    points: SidesOut
    times: SidesOut


class RewardImpactOut(BaseModel):
    """How often tiers gave a reward, where that differs."""

    reward: str
    given: SidesOut


class TierMoveOut(BaseModel):
    """Members who would be in another tier at the end of the period."""

    ladder: str = Field(examples=["club"])
    live: str | None = Field(description="Null: no such ladder.", examples=["silver"])
    draft: str | None = Field(examples=["gold"])
    direction: str = Field(pattern="^(up|down|other)$", examples=["up"])
    members: int


class ReasonOut(BaseModel):
    """Why a rule gave what it gave, or nothing."""

    rule: str
    code: str = Field(examples=["awarded"])
    points: int
    wallet: str | None
    text: str


class MomentOut(BaseModel):
    """The event that made the largest difference to the member, with the reasons of both programs."""

    event_id: str
    type: str
    occurred_at: datetime
    live: list[ReasonOut]
    draft: list[ReasonOut]


class MemberWalletOut(BaseModel):
    """A member's points of the period in one wallet."""

    wallet: str
    points: SidesOut


class MemberTierOut(BaseModel):
    """A member's tier at the end of the period."""

    ladder: str
    live: str | None
    draft: str | None


class MemberRuleOut(BaseModel):
    """What a rule gave a member."""

    rule: str
    wallet: str
    points: SidesOut


class MemberImpactOut(BaseModel):
    """A member who would be better, or worse, off; what is the same is left out."""

    member_id: UUID
    member_name: str | None = Field(
        default=None, description="Where she said one, for callers who may read members.", examples=["Anna Alba"]
    )
    worth_minor: int = Field(description="Expected cost of the difference, in the program's currency.")
    wallets: list[MemberWalletOut]
    tiers: list[MemberTierOut]
    rules: list[MemberRuleOut]
    moment: MomentOut | None


class ImpactOut(BaseModel):
    """What would have been different."""

    same: bool = Field(description="Nothing at all differs.")
    currency: str
    members: int = Field(description="Looked at.")
    members_differing: int
    events: int = Field(description="Each was decided under both programs.")
    decisions: int = Field(description="Of both programs, with those of events that events caused.")
    unreadable: int = Field(description="Events of people whose words were erased.")
    in_order_of_time: bool = Field(
        description="Shared budgets bind members together, so all events count in the order in which they happened."
    )
    cost_minor: SidesOut = Field(description="Of all wallets in the program's currency.")
    wallets: list[WalletImpactOut]
    rules: list[RuleImpactOut]
    rewards: list[RewardImpactOut]
    tiers: list[TierMoveOut]
    members_up: int
    members_down: int
    winners: list[MemberImpactOut]
    losers: list[MemberImpactOut]


def told(whole: Part, live: Compiled, draft: Compiled, *, in_order_of_time: bool) -> ImpactOut:
    """Return the differences; the sentences of reasons are left for `spoken`."""
    terms = {each.id: each for each in (*live.terms, *draft.terms)}
    wallets = [_wallet(id, whole.wallets[id], live, draft) for id in terms if id in whole.wallets]
    total = Side()
    for wallet in wallets:
        if wallet.currency == draft.currency:
            total.live += wallet.cost_minor.live
            total.draft += wallet.cost_minor.draft
    moves = sorted(_moves(whole, draft), key=lambda one: (one.ladder, one.live or "", one.draft or ""))
    return ImpactOut(
        same=not whole.differing,
        currency=draft.currency,
        members=whole.members,
        members_differing=whole.differing,
        events=whole.events,
        decisions=whole.decisions,
        unreadable=whole.unreadable,
        in_order_of_time=in_order_of_time,
        cost_minor=SidesOut.of(total),
        wallets=wallets,
        rules=[
            RuleImpactOut(rule=rule, wallet=wallet, points=SidesOut.of(given.points), times=SidesOut.of(given.times))
            for rule, of in sorted(whole.rules.items())
            for wallet, given in sorted(of.items())
            if given.points.live != given.points.draft or given.times.live != given.times.draft
        ],
        rewards=[
            RewardImpactOut(reward=reward, given=SidesOut.of(side))
            for reward, side in sorted(whole.rewards.items())
            if side.live != side.draft
        ],
        tiers=moves,
        members_up=sum(one.members for one in moves if one.direction == "up"),
        members_down=sum(one.members for one in moves if one.direction == "down"),
        winners=[_member(one) for one in whole.winners],
        losers=[_member(one) for one in whole.losers],
    )


def _wallet(id: str, sums: Wallet, live: Compiled, draft: Compiled) -> WalletImpactOut:
    rates = [next((each for each in program.terms if each.id == id), None) for program in (live, draft)]
    cost = Side()
    net = (sums.earned.live - sums.taken.live, sums.earned.draft - sums.taken.draft)
    cost.live, cost.draft = (
        rounded((each.cost * each.expected_redemption if each is not None else Fraction(0)) * units)
        for each, units in zip(rates, net, strict=True)
    )
    known = rates[1] or rates[0]
    assert known is not None, "a wallet of one of both"
    return WalletImpactOut(
        wallet=id,
        kind=known.kind,
        currency=known.currency,
        earned=SidesOut.of(sums.earned),
        taken_back=SidesOut.of(sums.taken),
        closing=SidesOut.of(sums.closing),
        cost_minor=SidesOut.of(cost),
        books_earned=sums.books_earned,
        books_taken_back=sums.books_taken,
        redemptions=sums.redemptions,
        unaffordable=SidesOut.of(sums.unaffordable),
        unaffordable_points=SidesOut.of(sums.unaffordable_units),
    )


def _moves(whole: Part, draft: Compiled) -> Iterable[TierMoveOut]:
    ranks: Mapping[str, Mapping[str, int]] = {climb.id: climb.ranks for climb in draft.climbs}
    for ladder, froms in whole.tiers.items():
        for one, others in froms.items():
            for other, members in others.items():
                before, after = ranks.get(ladder, {}).get(one), ranks.get(ladder, {}).get(other)
                direction = "other"
                if before is not None and after is not None:
                    direction = "up" if after > before else "down"
                yield TierMoveOut(
                    ladder=ladder, live=one or None, draft=other or None, direction=direction, members=members
                )


def _member(one: Example) -> MemberImpactOut:
    return MemberImpactOut(
        member_id=one.member_id,
        worth_minor=one.worth,
        wallets=[MemberWalletOut(wallet=id, points=SidesOut.of(side)) for id, side in sorted(one.points.items())],
        tiers=[
            MemberTierOut(ladder=ladder, live=live, draft=draft) for ladder, (live, draft) in sorted(one.tiers.items())
        ],
        rules=[
            MemberRuleOut(rule=rule, wallet=wallet, points=SidesOut.of(side))
            for rule, of in sorted(one.rules.items())
            for wallet, side in sorted(of.items())
        ],
        moment=None if one.moment is None else _moment(one.moment),
    )


def _moment(one: Moment) -> MomentOut:
    return MomentOut(
        event_id=one.id,
        type=one.type,
        occurred_at=one.occurred_at,
        live=_reasons(one.live),
        draft=_reasons(one.draft),
    )


def _reasons(reasons: Sequence[Reasoned]) -> list[ReasonOut]:
    return [
        ReasonOut(rule=one.rule, code=one.code, points=one.points, wallet=one.wallet, text=one.by or "")
        for one in reasons
    ]


def spoken(result: Mapping[str, Any], locale: str) -> ImpactOut:
    """Return a stored result with the sentences of its reasons in a language."""
    said = ImpactOut.model_validate(result)
    for member in (*said.winners, *said.losers):
        if member.moment is not None:
            for reason in (*member.moment.live, *member.moment.draft):
                # What cut it is kept in place of the sentence.
                reason.text = phrases.of_reason(reason.code, locale, points=reason.points, by=reason.text or None)
    return said
