"""What somebody reads of a request before she decides: people and parts by their names, balances as of now."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from puntal.access.model import (
    CARD_ACTIVATE,
    CARD_PAYOUT,
    CARD_SELL,
    PUBLISH,
    VOUCHER_BATCH,
    VOUCHER_IMPORT,
    VOUCHER_ISSUE,
    WALLET_CREDIT,
    WALLET_LOAD,
    WALLET_PAYOUT,
    Approval,
    ApprovalId,
    ApprovalState,
    Caller,
    Permission,
)
from puntal.access.model_asked import Asked, Named
from puntal.entrypoints.programs import Programs
from puntal.insight.naming import Names
from puntal.kit.db import ProgramId, Transaction
from puntal.kit.money import digits
from puntal.kit.words import Words
from puntal.members import queries as people
from puntal.points import operations as wallets
from puntal.points.model import Terms
from puntal.programs.document.program import Program
from puntal.programs.document.values import MoneyText
from puntal.rewards.model_vouchers import Voucher, ending
from puntal.rewards.queries import vouchers as voucher_queries

if TYPE_CHECKING:
    from puntal.engine.model import Compiled

_WALLETS = {wallets.ADJUST: 1, WALLET_LOAD: 1, WALLET_CREDIT: 1, WALLET_PAYOUT: -1}
"""Requests about a member's wallet, and which way what is asked for goes."""
_CARDS = (CARD_ACTIVATE, CARD_PAYOUT)
_VERBS: Mapping[str, tuple[Words, Words]] = {
    wallets.ADJUST: (
        Words("Add {amount} to {whom}", "Añadir {amount} a {whom}"),
        Words("Take {amount} from {whom}", "Quitar {amount} a {whom}"),
    ),
    WALLET_LOAD: (Words("Load {amount} for {whom}", "Cargar {amount} a {whom}"),) * 2,
    WALLET_CREDIT: (Words("Give store credit of {amount} to {whom}", "Abonar {amount} a {whom}"),) * 2,
    WALLET_PAYOUT: (Words("Pay {amount} out to {whom}", "Devolver {amount} a {whom}"),) * 2,
}
_SOMEBODY = Words("a member", "un miembro")
_EVERYTHING = Words("everything in “{wallet}”", "todo lo que hay en «{wallet}»")
_VOUCHERS: Mapping[str, Words] = {
    VOUCHER_BATCH: Words("Make {count} codes of “{reward}” ({batch})", "Crear {count} códigos de «{reward}» ({batch})"),
    VOUCHER_IMPORT: Words(
        "Import {count} codes of “{reward}” ({batch})", "Importar {count} códigos de «{reward}» ({batch})"
    ),
    VOUCHER_ISSUE: Words("Issue {count} vouchers of “{reward}”", "Emitir {count} vales de «{reward}»"),
}
_FOR = Words(" to {whom}", " a {whom}")


class Reader:
    """Tells what requests are about; see `puntal.access.operations.approvals.Reading`."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    async def __call__(
        self, tx: Transaction, program_id: ProgramId, caller: Caller, rows: Sequence[Approval], now: datetime
    ) -> Mapping[ApprovalId, Asked]:
        """Return what each request is about: a few statements however many there are."""
        program = (await self._programs.current(tx, program_id)).newest
        whom = {each.id: member for each in rows if (member := _member_of(each)) is not None}
        called = await people.names_for(tx, program_id, caller, whom.values())
        waiting = [each for each in rows if each.at(now) is ApprovalState.WAITING]
        held: Mapping[UUID, Mapping[str, int]] = {}
        if caller.may(Permission.MEMBERS_READ):
            members = {whom[each.id] for each in waiting if each.action in _WALLETS and each.id in whom}
            held = await wallets.balances(tx, program_id, program.terms, members, now=now)
        cards = await voucher_queries.load(tx, program_id, [_card_of(each) for each in rows if each.action in _CARDS])
        told = _Telling(program, called, held, cards)
        return {each.id: told.of(each, whom.get(each.id), waiting=each in waiting) for each in rows}


class _Telling:
    """One page of requests, with what was read for it."""

    def __init__(
        self,
        program: Compiled,
        called: Mapping[UUID, str],
        held: Mapping[UUID, Mapping[str, int]],
        cards: Mapping[UUID, Voucher],
    ) -> None:
        self._document: Program = program.document
        self._terms: Mapping[str, Terms] = {each.id: each for each in program.terms}
        self._called, self._held, self._cards = called, held, cards
        self._names = Names(program.document, "en"), Names(program.document, "es")

    def of(self, approval: Approval, member: UUID | None, *, waiting: bool) -> Asked:
        asked = Asked(member_id=member, member=None if member is None else self._called.get(member))
        if approval.action in _WALLETS:
            return self._wallet(approval, asked)
        if approval.action in _VOUCHERS:
            return self._vouchers(approval, asked)
        if approval.action in (CARD_SELL, *_CARDS):
            return self._card(approval, asked, waiting=waiting)
        if approval.action == PUBLISH:
            changes = _said(approval).get("changes", ())
            return replace(asked, changes=tuple(Words(each["en"], each["es"]) for each in changes))
        return asked

    def _wallet(self, approval: Approval, asked: Asked) -> Asked:
        said = _said(approval)
        body, way = said.get("body", said), _WALLETS[approval.action]
        terms = self._terms.get(said["wallet"])
        amount = None if body.get("amount") is None else way * int(body["amount"])
        before = self._held.get(asked.member_id or UUID(int=0), {}).get(said["wallet"])
        asked = replace(
            asked,
            wallet=self._named("wallet", said["wallet"]),
            scale=0 if terms is None else terms.scale,
            currency=None if terms is None or terms.kind != "money" else terms.currency,
            amount=amount,
            before=before,
            after=None if before is None or amount is None else before + amount,
            reason=body.get("public_reason") or body.get("reason"),
            internal=body.get("internal_reason"),
        )
        if terms is not None and terms.kind != "money" and terms.cost and amount is not None:
            worth = math.floor(abs(amount) * terms.cost + Fraction(1, 2))
            asked = replace(asked, worth_minor=worth, worth_currency=terms.currency)
        return replace(asked, summary=self._wallet_words(approval, asked))

    def _wallet_words(self, approval: Approval, asked: Asked) -> Words:
        assert asked.wallet is not None, "it is about one"
        told = []
        for n, wallet in enumerate((asked.wallet.en, asked.wallet.es)):
            spanish = bool(n)
            if asked.amount is None:
                amount = _EVERYTHING[n].format(wallet=wallet)
            elif asked.currency is not None:
                decimals = digits(asked.currency)
                amount = f"{_number(abs(asked.amount), decimals, spanish=spanish)} {asked.currency}"
            else:
                amount = f"{_number(abs(asked.amount), asked.scale, spanish=spanish)} {_inside(wallet)}"
            verb = _VERBS[approval.action][0 if asked.amount is None or asked.amount >= 0 else 1][n]
            reason = f": {asked.reason}" if asked.reason else ""
            told.append(verb.format(amount=amount, whom=asked.member or _SOMEBODY[n]) + reason)
        return Words(*told)

    def _vouchers(self, approval: Approval, asked: Asked) -> Asked:
        said = _said(approval)
        batch, count, reward = said.get("name"), said.get("count", 0), said.get("reward")
        if approval.action == VOUCHER_IMPORT:
            batch, count = said.get("batch"), said.get("lines", 0)
        if reward is None:
            # Asked before what it is of was written beside it.
            return replace(asked, count=count or None)
        named = self._named("reward", reward)
        whom = [_FOR[n].format(whom=asked.member) if asked.member else "" for n in (0, 1)]
        told = [
            _VOUCHERS[approval.action][n].format(
                count=_number(count, 0, spanish=bool(n)), reward=(named.en, named.es)[n], batch=batch
            )
            + whom[n]
            for n in (0, 1)
        ]
        return replace(
            asked, reward=named, count=count, batch=batch, summary=Words(*told), **self._worth(reward, count)
        )

    def _worth(self, reward: str, count: int) -> dict[str, Any]:
        inside = (one for each in self._document.campaigns for one in each.rewards)
        found = next((one for one in (*self._document.rewards, *inside) if one.id == reward), None)
        if found is None or found.kind != "amount_off" or not isinstance(found.value, MoneyText):
            return {}
        return {"worth_minor": found.value.minor * count, "worth_currency": found.value.currency}

    def _card(self, approval: Approval, asked: Asked, *, waiting: bool) -> Asked:
        said = _said(approval)
        body = said["body"]
        if approval.action == CARD_SELL:
            terms = self._terms.get(body["wallet"])
            wallet, currency = self._named("wallet", body["wallet"]), None if terms is None else terms.currency
            return replace(asked, wallet=wallet, currency=currency, amount=int(body["amount"]))
        card = self._cards.get(_card_of(approval))
        if card is None:
            return asked
        asked = replace(asked, currency=card.currency, card=ending(card.code) or None)
        if approval.action == CARD_ACTIVATE:
            return replace(asked, amount=int(body["amount"]))
        return replace(asked, amount=-card.remaining, before=card.remaining, after=0) if waiting else asked

    def _named(self, kind: str, id: str) -> Named:
        en, es = (getattr(names, kind)(id) for names in self._names)
        return Named(id=id, en=en, es=es)


def _said(approval: Approval) -> Mapping[str, Any]:
    return approval.payload


def _member_of(approval: Approval) -> UUID | None:
    kind, _, id = approval.subject.partition(":")
    if kind == "member":
        return UUID(id)
    whose = _said(approval).get("body", {}).get("member_id") if approval.action == CARD_SELL else None
    return None if whose is None else UUID(whose)


def _card_of(approval: Approval) -> UUID:
    return UUID(_said(approval)["card_id"])


def _number(amount: int, scale: int, *, spanish: bool) -> str:
    text = f"{Decimal(amount).scaleb(-scale):,f}"
    return text.translate(str.maketrans(",.", ".,")) if spanish else text


def _inside(name: str) -> str:
    """Return a name as it stands inside a sentence, unless it is written in capitals."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
