"""Compiling the rewards of a document beside its rules: what they ask joins one set of conditions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from puntal.earning.schedule import Schedule
from puntal.kit.money import digits
from puntal.limits.policy import compile_limits
from puntal.programs.document.campaigns import Campaign
from puntal.programs.document.program import Program
from puntal.programs.document.rewards import OfLines
from puntal.programs.document.rewards import Reward as Written
from puntal.programs.document.values import each_of
from puntal.programs.document.wallets import PayWith
from puntal.rewards.model import Reward
from puntal.rewards.policy.catalogue import Asked, compile_payment, compile_reward, key_of

WITHOUT_ORDER = frozenset({"order.channel", "order.store", "order.source", "order.hour", "order.weekday"})
"""What is known of an order that is not there yet."""


class Conditions(Protocol):
    """The set of conditions in the making."""

    def condition(self, short: Mapping[str, Any]) -> int:
        """Add a condition as written; return its position."""
        ...

    def line_filter(self, short: Mapping[str, Any]) -> int:
        """Add a filter of lines; return its position."""
        ...

    def read_by(self, short: Mapping[str, Any]) -> frozenset[str]:
        """Return the fields a condition reads."""
        ...


People = Callable[[Written, Campaign | None], tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]]
Days = Callable[[Written, Campaign | None], Schedule | None]


def compile_rewards(
    document: Program,
    ordinals: Mapping[str, int],
    zone: ZoneInfo,
    conditions: Conditions,
    people: People,
    days: Days,
) -> dict[str, Reward]:
    """Return every reward by id in document order, and last paying with points, wallet by wallet."""
    found: list[tuple[Written, Campaign | None]] = [(reward, None) for reward in document.rewards]
    found += [(reward, campaign) for campaign in document.campaigns for reward in campaign.rewards]
    out: dict[str, Reward] = {}
    for written, campaign in found:
        any_of, none_of = people(written, campaign)
        bounds, cooldowns = compile_limits(key_of(written.id), each_of(written.limit))
        asked = Asked(
            condition=None if written.when is None else conditions.condition(written.when),
            any_of=any_of,
            none_of=none_of,
            lines=_lines(written, conditions),
            needs_order=written.when is not None and _needs_order(conditions.read_by(written.when)),
            schedule=days(written, campaign),
            bounds=bounds,
            cooldowns=cooldowns,
        )
        out[written.id] = compile_reward(len(out), written, campaign, document, asked, ordinals, zone)
    for wallet_id, wallet in document.wallets.items():
        if isinstance(wallet.worth, PayWith) and not wallet.retired:
            scale = digits(wallet.currency) if wallet.currency is not None else wallet.scale
            payment = compile_payment(len(out), wallet_id, wallet.worth, ordinals, scale)
            out[payment.id] = payment
    return out


def _lines(written: Written, conditions: Conditions) -> int | None:
    if isinstance(written.applies_to, OfLines):
        return conditions.line_filter(written.applies_to.lines)
    if written.product is not None and written.product.delivery == "cart":
        return conditions.line_filter({"line.product": {"in": list(written.product.ids)}})
    return None


def _needs_order(reads: frozenset[str]) -> bool:
    return any(name.startswith(("order.", "line.")) and name not in WITHOUT_ORDER for name in reads)
