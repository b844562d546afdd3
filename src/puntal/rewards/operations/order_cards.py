"""Gift cards that lines of orders sell by themselves, and what refunds of those lines take back of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from puntal.kit import ids
from puntal.kit.db import Transaction
from puntal.outbox import operations as outbox
from puntal.outbox.model import Happening
from puntal.points.model import Terms
from puntal.rewards.model_cards import GiftCard, LineOutcome, LineRefund, LineSale, Sale
from puntal.rewards.model_vouchers import Issue
from puntal.rewards.operations import vouchers
from puntal.rewards.operations.gift_cards import issue_of_money
from puntal.rewards.operations.vouchers.writing import happening, open_vouchers, write
from puntal.rewards.policy import cards as policy
from puntal.rewards.policy.vouchers import Record
from puntal.rewards.store import cards as store

BY_ORDER = "order:"
"""Begins the actor of cards that an order sold by itself."""
_Line = tuple[str, str]


async def sell(
    tx: Transaction, program_id: int, terms: Sequence[Terms], lines: Sequence[LineSale], *, now: datetime
) -> list[LineOutcome]:
    """Issue a card per item of each line, exactly once: those that stand are counted, missing ones issued.

    On a line for which the shop sold a card itself none is sold by itself. The orders' owners are locked.

    Args:
        tx: An open transaction on the program; the caller commits.
        program_id: The program.
        terms: By wallet ordinal.
        lines: What is to be sold, each line once.
        now: When.

    Returns:
        Of each line on which something was sold, or could not be.
    """
    known: dict[_Line, list[tuple[GiftCard, bool]]] = {}
    for card, standing in await store.of_orders(tx, program_id, {line.order_key for line in lines}):
        known.setdefault((card.order_key or "", card.line or ""), []).append((card, standing))
    outcomes: list[LineOutcome] = []
    issues: list[Issue] = []
    sales: dict[UUID, Sale] = {}
    for line in lines:
        before = known.get((line.order_key, line.line), [])
        still = sum(stands for _, stands in before)
        missing = line.values[still:]
        if not missing:
            continue
        code = _refused(terms[line.wallet], line, before)
        if code is None:
            for number, value in enumerate(missing, len(before)):
                issue, sale = _new(program_id, terms[line.wallet], line, number, value, now)
                issues.append(issue)
                sales[issue.id] = sale
        outcomes.append(
            LineOutcome(order_key=line.order_key, line=line.line, code=code or "card_sold", count=len(missing))
        )
    told = [
        _told("gift_card.not_sold", one, now, reason=one.code, count=one.count)
        for one in outcomes
        if one.code != "card_sold"
    ]
    if issues:
        for card_ in await vouchers.issue(tx, program_id, issues, now=now, sales=sales):
            sale = sales[card_.id]
            told.append(
                happening(
                    "gift_card.sold",
                    card_,
                    now,
                    reference=sale.reference,
                    amount=card_.amount,
                    order=sale.order_key,
                    line=sale.line,
                )
            )
    await outbox.append(tx, program_id, told)
    return outcomes


def _refused(terms: Terms, line: LineSale, before: Sequence[tuple[GiftCard, bool]]) -> str | None:
    sold = terms.gift_cards
    if any(not card.actor.startswith(BY_ORDER) for card, _ in before):
        return "card_apart"
    least, most = min(line.values), max(line.values)
    fits = sold is not None and sold.least <= least and (sold.most is None or most <= sold.most)
    return None if fits else "card_amount"


def _new(program_id: int, terms: Terms, line: LineSale, number: int, value: int, now: datetime) -> tuple[Issue, Sale]:
    assert terms.gift_cards is not None, "only such wallets sell cards"
    reference = f"{line.order_key}:{line.line}:{number + 1}"
    id = ids.derived(f"{program_id}/{reference}", "gift_card.of_line")
    sale = Sale(
        wallet=terms.ordinal,
        reference=reference,
        order_key=line.order_key,
        line=line.line,
        actor=f"{BY_ORDER}{line.order_key}",
    )
    return issue_of_money(id, terms, terms.gift_cards, value, now=now), sale


async def refund(tx: Transaction, program_id: int, lines: Sequence[LineRefund], *, now: datetime) -> list[LineOutcome]:
    """Take back of the cards that lines sold what was refunded of the lines, or put back what was withdrawn.

    What was spent of them, or is held, stays: how much is told, so that the shop can settle it some other way.

    Args:
        tx: The orders' owners are locked; the caller commits.
        program_id: The program.
        lines: How much of each line went back by now, each line once.
        now: When.
    """
    found: dict[_Line, list[UUID]] = {}
    for card, _ in await store.of_orders(tx, program_id, {line.order_key for line in lines}):
        if card.actor.startswith(BY_ORDER):
            found.setdefault((card.order_key or "", card.line or ""), []).append(card.id)
    concerned = [line for line in lines if (line.order_key, line.line) in found]
    if not concerned:
        return []
    every = [id for line in concerned for id in found[line.order_key, line.line]]
    references = await store.returns(tx, program_id, every)
    records = await open_vouchers(tx, program_id, every, [*references, *(one.reference for one in concerned)], now=now)
    outcomes = [
        outcome
        for line in concerned
        for outcome in _settle(line, [records[id] for id in found[line.order_key, line.line]], now)
    ]
    told = [_told("gift_card.not_returned", one, now, amount=one.count) for one in outcomes if one.code == "card_spent"]
    told += [
        happening(
            "gift_card.returned",
            record.voucher,
            now,
            amount=sum(use.amount for use in record.uses.values() if use.reference in record.changed),
            order=line.order_key,
            line=line.line,
        )
        for line in concerned
        for record in (records[id] for id in found[line.order_key, line.line])
        if line.reference in record.changed
    ]
    await write(tx, program_id, records.values(), told, now=now)
    return outcomes


def _settle(line: LineRefund, records: Sequence[Record], now: datetime) -> list[LineOutcome]:
    value = sum(record.voucher.amount for record in records)
    before = sum(policy.returned_of(record) for record in records)
    if line.more is None:
        due = policy.due_back(value, net=line.net, refunded=line.refunded, whole=line.whole)
    else:
        due = min(value, before + line.more)
    currency = records[0].voucher.currency
    if due < before:
        given = policy.give_again(records, before - due, now)
        parts = [("card_restored", given), ("card_spent", before - due - given)]
    else:
        actor = f"{BY_ORDER}{line.order_key}"
        taken = policy.take_back(records, due - before, reference=line.reference, actor=actor, now=now)
        parts = [("card_returned", taken), ("card_spent", due - before - taken)]
    return [
        LineOutcome(order_key=line.order_key, line=line.line, code=code, count=count, currency=currency)
        for code, count in parts
        if count
    ]


def _told(kind: str, one: LineOutcome, now: datetime, **more: object) -> Happening:
    payload = {"order": one.order_key, "line": one.line, "currency": one.currency, **more}
    return Happening(id=ids.new_id(), kind=kind, effective_at=now, recorded_at=now, payload=payload)
