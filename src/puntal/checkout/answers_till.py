"""What a till reads of who is served and of what was done. Pure; shaped like `shapes_till`."""

from __future__ import annotations

from datetime import datetime

from puntal.checkout.answers import offers_out
from puntal.checkout.errors_till import NobodyMeant
from puntal.checkout.operations.till.serving import Served, Showable
from puntal.checkout.operations.till.telling import Told
from puntal.checkout.shapes_redemptions import RedemptionOut
from puntal.checkout.shapes_till import (
    TillActionOut,
    TillEarnedOut,
    TillLookupOut,
    TillMemberOut,
    TillRewardOut,
    TillTierOut,
    TillVoucherOut,
    TillWalletOut,
)
from puntal.engine.model import Compiled
from puntal.programs.catalogue import labels_of, pay_labels
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_rewards import RewardSpeaker
from puntal.rewards.api.shapes_vouchers import VoucherOut
from puntal.rewards.model import PAY


def lookup_out(served: Served, program: Compiled, locale: str, now: datetime) -> TillLookupOut:
    """Return who or what was scanned."""
    scanned = served.scanned
    refusal = None if scanned.found else scanned.refusal or NobodyMeant()
    speaker = Speaker(program.document, locale)
    return TillLookupOut(
        reading=scanned.reading,
        found=scanned.found,
        code=None if refusal is None else refusal.code,
        message=None if refusal is None else refusal.title(locale),
        member=_member(served, program, speaker),
        rewards=_rewards(served, program, locale),
        vouchers=[_voucher(each, program, speaker, locale, now) for each in served.vouchers],
        wallets=wallets_out(program, locale),
    )


def action_out(told: Told, program: Compiled, locale: str, now: datetime, receipt: list[str] | None) -> TillActionOut:
    """Return what was done."""
    acted = told.acted
    action = acted.action
    speaker = Speaker(program.document, locale)
    given = acted.vouchers if action.kind == "redeem" else ()
    used = () if action.kind == "redeem" else acted.vouchers
    rewards = [*(made.reward for made in acted.redemptions), *(each.reward for each in used)]
    return TillActionOut(
        id=action.id,
        kind=action.kind,
        state=action.state,
        store=action.store,
        by=action.actor,
        at=action.at,
        undo_until=action.undo_until,
        undone_at=action.undone_at,
        member_id=acted.member_id,
        first_name=None if told.called is None else told.called.first_name,
        ending=None if told.called is None else told.called.ending,
        amount_minor=told.minor,
        currency=told.currency,
        earned=[
            TillEarnedOut(
                wallet=program.terms[each.wallet].id,
                units=each.units,
                pending=each.pending,
                available_at=each.available_at,
            )
            for each in told.earned
        ],
        used=[_name(each, program, speaker) for each in rewards],
        redemptions=[RedemptionOut.of(made, program, given) for made in acted.redemptions],
        vouchers=[_voucher(Showable(each, None), program, speaker, locale, now) for each in used],
        replayed=acted.replayed,
        receipt=receipt,
    )


def wallets_out(program: Compiled, locale: str) -> list[TillWalletOut]:
    """Return how amounts of every wallet are written."""
    found = []
    for id, wallet in program.document.wallets.items():
        name, one = (
            labels.get(locale) or labels.get(locale[:2]) or labels.get("en") or id.replace("_", " ")
            for labels in (labels_of(wallet.label), labels_of(wallet.label, one=True))
        )
        found.append(TillWalletOut(wallet=id, name=name, one=one, currency=wallet.currency, scale=wallet.scale))
    return found


def _member(served: Served, program: Compiled, speaker: Speaker) -> TillMemberOut | None:
    if served.state is None:
        return None
    profile, books = served.state.profile, served.state.books
    first = (profile.name or "").split()
    return TillMemberOut(
        member_id=profile.id,
        first_name=first[0] if first else None,
        ending=served.ending,
        status=profile.status,
        tiers=[TillTierOut(ladder=ladder, tier=tier, name=speaker.tier_name(tier)) for ladder, tier in served.tiers],
        balances={
            terms.id: books.available[terms.ordinal]
            for terms in program.terms
            if terms.kind != "qualifying" and terms.ordinal < len(books.available)
        },
    )


def _rewards(served: Served, program: Compiled, locale: str) -> list[TillRewardOut]:
    if served.offers is None:
        return []
    teller = RewardSpeaker(Speaker(program.document, locale))
    usable = {each.reward.id: each.reward.written for each in served.usable}
    return [
        TillRewardOut(
            **each,
            sentence="" if (written := usable[each["reward"]]) is None else teller.reward(written),
        )
        for each in offers_out(served.offers, locale, preview=False)["items"]
        if each["reward"] in usable
    ]


def _name(reward: str, program: Compiled, speaker: Speaker) -> str:
    known = program.rewards.get(reward)
    written = None if known is None else known.written
    if written is None:
        return speaker.text(pay_labels(program.document, reward.removeprefix(PAY)), reward)
    return speaker.text(written.name, reward)


def _voucher(one: Showable, program: Compiled, speaker: Speaker, locale: str, now: datetime) -> TillVoucherOut:
    voucher, refusal = one.voucher, one.refusal
    shown = VoucherOut.of(voucher, now, shown=False)
    known = program.rewards.get(voucher.reward)
    written = None if known is None else known.written
    return TillVoucherOut(
        voucher_id=voucher.id,
        ending=shown.ending,
        reward=voucher.reward,
        name=voucher.reward if written is None else speaker.text(written.name, voucher.reward),
        sentence="" if written is None else RewardSpeaker(speaker).reward(written),
        state=shown.state,
        usable=refusal is None and shown.state == "issued",
        code=None if refusal is None else refusal.code,
        message=None if refusal is None else refusal.title(locale),
        remaining=voucher.remaining,
        currency=voucher.currency,
        ends_at=voucher.ends_at,
    )
