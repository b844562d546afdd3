"""Stamp cards in a batch: a full one gives a voucher, one that comes apart takes its unused voucher back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from puntal.engine import redeem
from puntal.engine.gifts import voucher_of
from puntal.engine.model import VOUCHER_GIVEN
from puntal.intake.batch import Batch
from puntal.kit.db import Transaction
from puntal.points import operations as points
from puntal.points.model import Books, FinishedCard
from puntal.rewards.model_vouchers import Issue
from puntal.rewards.operations import vouchers


async def hand_over(tx: Transaction, batch: Batch, books: Sequence[Books]) -> None:
    """Issue a voucher for each card that was finished, under the card's id, and void those of cards that came apart.

    The holders are locked, and whoever uses a card's voucher locks its holder first: the two follow one another.
    """
    changed = [(each, each.finished_cards[id]) for each in books for id in sorted(each.changed_cards)]
    if not changed:
        return
    now = max(batch.touched.values())
    apart = [card.id for _, card in changed if card.state == "void"]
    await vouchers.end(tx, batch.programs.program_id, apart, because="refund", now=now)
    full = [(each, card, issue) for each, card in changed if (issue := _issue(batch, each, card)) is not None]
    pooled = [(each, card, _of_pool(issue)) for each, card, issue in full if _pool(batch, issue.reward) is not None]
    ours = [issue for _, _, issue in full if _pool(batch, issue.reward) is None]
    await vouchers.issue(tx, batch.programs.program_id, ours, now=now)
    codes = [(pool, issue) for _, _, issue in pooled if (pool := _pool(batch, issue.reward)) is not None]
    await vouchers.give_codes(tx, batch.programs.program_id, codes, now=now)
    # Nobody can take a partner's code back: such a card is used as soon as it is full.
    used = [(each.holder_id, card.id, True) for each, card, _ in pooled]
    await points.mark_cards(tx, batch.programs.program_id, used)


async def give_rewards(tx: Transaction, batch: Batch) -> None:
    """Issue the vouchers of rewards that tiers give; the same event gives the same ones."""
    issues = [
        vouchers.issue_of(
            reward,
            id=voucher_of(one.event.id, reason.rule),
            revision=one.program.revision,
            currency=one.program.currency,
            zone=one.program.zone,
            now=one.item.now,
            origin="event",
            cause=one.event.id,
            member_id=one.member_id,
        )
        for one in batch.decided
        if one.decision is not None and one.program.given
        for reason in one.decision.reasons
        if reason.code == VOUCHER_GIVEN
        and voucher_of(one.event.id, reason.rule) not in batch.gone
        and (reward := one.program.rewards.get(reason.by or "")) is not None
    ]
    if not issues:
        return
    now = max(batch.touched.values())
    ours = [issue for issue in issues if _pool(batch, issue.reward) is None]
    codes = [(pool, _of_pool(issue)) for issue in issues if (pool := _pool(batch, issue.reward)) is not None]
    await vouchers.issue(tx, batch.programs.program_id, ours, now=now)
    await vouchers.give_codes(tx, batch.programs.program_id, codes, now=now)


def _pool(batch: Batch, reward: str) -> str | None:
    """Return the pool of a partner's codes that a reward is taken from."""
    known = batch.programs.newest.rewards.get(reward)
    return None if known is None or known.written is None else known.written.pool


def _of_pool(issue: Issue) -> Issue:
    """Return a gift as it takes a partner's code: by its own id, so that a second one gets another."""
    return replace(issue, origin="event", cause=str(issue.id))


def _issue(batch: Batch, books: Books, card: FinishedCard) -> Issue | None:
    """Return what a card gives; None when it has come apart again, or names no reward."""
    program = batch.program_at(card.finished_at)
    reward = program.rewards.get(card.reward or "") or batch.programs.newest.rewards.get(card.reward or "")
    if card.state != "unused" or reward is None:
        return None
    member = _member(batch, books, card)
    now = batch.touched.get(member, card.finished_at)
    return vouchers.issue_of(
        reward,
        id=card.id,
        revision=program.revision,
        currency=program.currency,
        zone=program.zone,
        now=now,
        origin="card",
        cause=str(books.holder_id),
        member_id=member,
        rank=redeem.rank_of(program, batch.running[member], reward, now) if member in batch.running else 0,
    )


def _member(batch: Batch, books: Books, card: FinishedCard) -> UUID:
    """Return who gets what a card gives: its holder or, of a pool's, whose stamp was the last on it."""
    if books.holder_id in batch.books:
        return books.holder_id
    last = books.lots[card.lots[-1][0]]
    return last.earner_id or next(
        member for member in batch.touched if batch.profiles[member].pool_id == books.holder_id
    )
