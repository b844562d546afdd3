"""What a till reads of who is served and of what was done. Pure; shaped like `shapes_till`."""

from __future__ import annotations

from datetime import datetime

from puntal.checkout.answers import offers_out
from puntal.checkout.errors_till import NobodyMeant
from puntal.checkout.operations.till.acting import Acted
from puntal.checkout.operations.till.serving import Served, Showable
from puntal.checkout.shapes_redemptions import RedemptionOut
from puntal.checkout.shapes_till import (
    TillActionOut,
    TillLookupOut,
    TillMemberOut,
    TillRewardOut,
    TillTierOut,
    TillVoucherOut,
    TillWalletOut,
)
from puntal.engine.model import Compiled
from puntal.programs.catalogue import labels_of
from puntal.programs.sentences import Speaker
from puntal.programs.sentences_rewards import RewardSpeaker
from puntal.rewards.api.shapes_vouchers import VoucherOut


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
        wallets=_wallets(program, locale),
    )


def action_out(acted: Acted, program: Compiled, locale: str, now: datetime, receipt: list[str] | None) -> TillActionOut:
    """Return what was done."""
    action = acted.action
    speaker = Speaker(program.document, locale)
    given = acted.vouchers if action.kind == "redeem" else ()
    used = () if action.kind == "redeem" else acted.vouchers
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
        redemptions=[RedemptionOut.of(made, program, given) for made in acted.redemptions],
        vouchers=[_voucher(Showable(each, None), program, speaker, locale, now) for each in used],
        replayed=acted.replayed,
        receipt=receipt,
    )


def _wallets(program: Compiled, locale: str) -> list[TillWalletOut]:
    found = []
    for id, wallet in program.document.wallets.items():
        labels = labels_of(wallet.label)
        name = labels.get(locale) or labels.get(locale[:2]) or labels.get("en") or id.replace("_", " ")
        found.append(TillWalletOut(wallet=id, name=name, currency=wallet.currency, scale=wallet.scale))
    return found


def _member(served: Served, program: Compiled, speaker: Speaker) -> TillMemberOut | None:
    if served.state is None:
        return None
    profile, books = served.state.profile, served.state.books
    first = (profile.name or "").split()
    return TillMemberOut(
        member_id=profile.id,
        first_name=first[0] if first else None,
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
        TillRewardOut(**each, sentence="" if (written := usable[each["reward"]]) is None else teller.reward(written))
        for each in offers_out(served.offers, locale, preview=False)["items"]
        if each["reward"] in usable
    ]


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
