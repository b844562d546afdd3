"""The catalogue in the words of its reader. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from puntal.checkout.shapes_redemptions import PriceOut, RewardOut, RoomOut
from puntal.engine.model import Compiled, Switches
from puntal.kit.calendar import period_start
from puntal.limits.model import Bound, BudgetKey
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_rewards import RewardSpeaker
from puntal.rewards.model import Price, Reward

_MEASURES: Mapping[str, Literal["redemptions", "members", "discount", "order_value", "points"]] = {
    "times": "redemptions",
    "members": "members",
    "discount": "discount",
    "value": "order_value",
    "points": "points",
}


def rewards_out(
    program: Compiled, switches: Switches, used: Mapping[BudgetKey, int], day: date, locale: str
) -> list[RewardOut]:
    """Return every reward of the document, in its order; paying with points is not one."""
    speaker = Speaker(program.document, locale)
    teller = RewardSpeaker(speaker)
    return [
        _reward(program, reward, switches, used, day, speaker, teller)
        for reward in program.rewards.values()
        if reward.written is not None
    ]


def _reward(
    program: Compiled,
    reward: Reward,
    switches: Switches,
    used: Mapping[BudgetKey, int],
    day: date,
    speaker: Speaker,
    teller: RewardSpeaker,
) -> RewardOut:
    written = reward.written
    assert written is not None
    image = written.image
    if isinstance(image, Mapping):
        image = speaker.text(dict(image)) or None
    return RewardOut(
        id=reward.id,
        kind=reward.kind,
        name=speaker.text(written.name, reward.id),
        text=speaker.text(written.text),
        instructions=speaker.text(written.instructions),
        image=image,
        sentence=teller.reward(written),
        campaign=reward.campaign,
        status=_status(reward, switches),
        listed=reward.listed,
        costs=[_price(program, reward, price) for price in reward.prices],
        portions_min=reward.least,
        portions_max=reward.most,
        value_minor=reward.value_minor,
        percent=written.value.root if reward.percent is not None and written.value is not None else None,
        max_discount_minor=reward.max_discount_minor,
        currency=program.currency,
        group=reward.group,
        room=[_room(bound, used, day) for bound in reward.budgets]
        + [_room(session.places, used, day, session.id) for session in reward.sessions],
    )


def _status(reward: Reward, switches: Switches) -> Literal["on", "off", "stopped", "retired"]:
    if reward.retired:
        return "retired"
    if switches.program or reward.id in switches.rewards or reward.campaign in switches.campaigns:
        return "stopped"
    return "on" if reward.enabled else "off"


def _price(program: Compiled, reward: Reward, price: Price) -> PriceOut:
    by_tier = {}
    if reward.ladder is not None and len(price.units) > 1:
        by_tier = dict(zip(program.climbs[reward.ladder].tiers, price.units, strict=True))
    return PriceOut(wallet=price.wallet_id, units=price.units[0], by_tier=by_tier)


def _room(bound: Bound, used: Mapping[BudgetKey, int], day: date, session: str | None = None) -> RoomOut:
    name: Literal["stock", "budget", "campaign", "program", "places"] = "budget"
    if session is not None:
        name = "places"
    elif bound.key.endswith(":stock"):
        name = "stock"
    elif bound.key.startswith("campaign:"):
        name = "campaign"
    elif bound.key.startswith("program:"):
        name = "program"
    key = (bound.key, bound.measure, period_start(day, bound.period))
    return RoomOut(
        name=name,
        session=session,
        measure=_MEASURES[bound.measure],
        most=bound.most,
        used=used.get(key, 0),
        per=bound.period,
    )
