"""What callers read of an evaluation: names for ordinals, sentences for codes. Pure; shaped like `shapes`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from puntal.checkout.operations.carts import Known
from puntal.checkout.operations.offers import Found, Offers
from puntal.checkout.phrases import of_code, of_missing
from puntal.engine.model import Compiled
from puntal.engine.model_carts import VOUCHER, Evaluation, Offer, Wallet
from puntal.engine.phrases import of_outcome, of_reason
from puntal.engine.thresholds import ITEMS, Missing
from puntal.kit.errors import Refusal
from puntal.kit.money import digits, major
from puntal.programs.catalogue import labels_of, pay_labels
from puntal.rewards.model import PAY, Reward

_NAMES: dict[tuple[int, str], tuple[Compiled, dict[str, str | None]]] = {}
_MOST_NAMES = 64
_WRITTEN: dict[tuple[int, str], tuple[Compiled, dict[tuple[Any, ...], msgspec.Raw]]] = {}
_MOST_WRITTEN = 10_000
_encode = msgspec.json.Encoder().encode
_STATES = {None: "available", "order_needed": "with_order", "short_of_points": "short_of_points"}


def cart_out(known: Known, found: Evaluation, locale: str) -> dict[str, Any]:
    """Return an evaluation as the API gives it."""
    customer, order = known.customer, known.cart.event.order
    assert order is not None, "a cart is an order"
    program = known.program
    taken = _by_part(found)
    names = [line.id for line in order.lines]
    lines = [_line(id, at, found, taken) for at, id in enumerate([*names, "shipping"])]
    return {
        "member_id": customer.member_id,
        "known_as": customer.standing,
        "same_person": customer.same_person,
        "currency": order.currency,
        "lines": lines[:-1],
        "shipping": lines[-1],
        "discount_minor": sum(found.discounts),
        "paid_points_minor": sum(found.payments),
        "gift_cards": [{"voucher": code, "amount_minor": pays} for code, pays in found.gift_cards],
        "money": [_wallet(each, program, locale) for each in found.wallets],
        "paid_wallet_minor": sum(each.pays for each in found.wallets),
        "tax_minor": found.order.tax_minor,
        "total_minor": found.total_minor,
        "rewards": _offers(found.offers, program, locale),
        "vouchers": [_offer(each, program, locale, known.refusals) for each in found.vouchers],
        "exact": found.exact,
        "earns": _earns(program, found, locale),
        "balances": _balances(program, customer.state.books.available),
        "revision": program.revision,
    }


def offers_out(offers: Offers, locale: str, *, preview: bool) -> dict[str, Any]:
    """Return a member's offers as the API gives them."""
    program = offers.program
    return {
        "member_id": offers.customer.member_id,
        "currency": program.currency,
        "balances": _balances(program, offers.customer.state.books.available),
        "items": [_found(each, program, locale) for each in offers.shown],
        "hidden": [_found(each, program, locale) for each in offers.hidden] if preview else [],
    }


def _balances(program: Compiled, available: Sequence[int]) -> dict[str, int]:
    return {
        terms.id: available[terms.ordinal]
        for terms in program.terms
        if terms.kind != "qualifying" and not terms.retired
    }


def _by_part(found: Evaluation) -> dict[int, list[tuple[str, int]]]:
    """Return what each reward takes off each part."""
    out: dict[int, list[tuple[str, int]]] = {}
    for offer in (*found.offers, *found.vouchers):
        for at, part in enumerate(offer.parts):
            if part and not offer.id.startswith(PAY):
                out.setdefault(at, []).append((offer.id if offer.reward is None else offer.reward.id, part))
    return out


def _line(id: str, at: int, found: Evaluation, taken: Mapping[int, Sequence[tuple[str, int]]]) -> dict[str, Any]:
    return {
        "id": id,
        "amount_minor": found.amounts[at],
        "discount_minor": found.discounts[at],
        "paid_points_minor": found.payments[at],
        "net_minor": found.amounts[at] - found.discounts[at] - found.payments[at],
        "discounts": [{"reward": reward, "amount_minor": part} for reward, part in taken.get(at, ())],
    }


def _offers(offers: Sequence[Offer], program: Compiled, locale: str) -> list[Any]:
    """Return what became of every reward; what most of them are refused with was written before."""
    known = _written(program, locale)
    out: list[Any] = []
    for offer in offers:
        if offer.outcome != "refused" or offer.missing is not None or offer.by is not None or offer.reward is None:
            out.append(_offer(offer, program, locale, {}))
            continue
        short_by = 0 if offer.verdict is None else offer.verdict.short_by
        sums = (offer.discount_minor, offer.wallet, offer.units, offer.portions, short_by)
        key = (offer.id, offer.code, offer.chosen, sums)
        written = known.get(key)
        if written is None:
            if len(known) >= _MOST_WRITTEN:
                known.clear()
            written = known[key] = msgspec.Raw(_encode(_offer(offer, program, locale, {})))
        out.append(written)
    return out


def _written(program: Compiled, locale: str) -> dict[tuple[Any, ...], msgspec.Raw]:
    """Return what was written of a revision's rewards in a language."""
    known = _WRITTEN.get((id(program), locale))
    if known is None or known[0] is not program:
        while len(_WRITTEN) >= _MOST_NAMES:
            del _WRITTEN[next(iter(_WRITTEN))]
        known = _WRITTEN[id(program), locale] = (program, {})
    return known[1]


def _offer(offer: Offer, program: Compiled, locale: str, refusals: Mapping[str, Refusal]) -> dict[str, Any]:
    code = offer.id.removeprefix(VOUCHER) if offer.id.startswith(VOUCHER) else None
    short_by = 0 if offer.verdict is None else offer.verdict.short_by
    message = None
    if offer.code is not None:
        refusal = None if code is None else refusals.get(code)
        message = (
            of_code(offer.code, locale, by=_plain(offer.by), short_by=short_by)
            if refusal is None
            else refusal.title(locale)
        )
    return {
        "reward": offer.reward.id if offer.reward is not None else None if code is not None else offer.id,
        "voucher": code,
        "kind": None if offer.reward is None else offer.reward.kind,
        "name": None if offer.reward is None else _name(offer.reward, program, locale),
        "state": offer.outcome,
        "code": offer.code,
        "message": message,
        "by": _plain(offer.by),
        "picked": offer.chosen,
        "discount_minor": offer.discount_minor,
        "wallet": None if offer.wallet is None else program.terms[offer.wallet].id,
        "points": offer.units,
        "short_by": short_by,
        "portions": offer.portions,
        "missing": None if offer.missing is None else _missing(offer.missing, program, locale),
    }


def _wallet(each: Wallet, program: Compiled, locale: str) -> dict[str, Any]:
    terms = program.terms[each.wallet]
    return {
        "wallet": terms.id,
        "currency": terms.currency,
        "available_minor": each.available,
        "could_pay_minor": each.could,
        "pays_minor": each.pays,
        "short_minor": each.short,
        "room_minor": each.room,
        "picked": each.chosen,
        "code": each.code,
        "message": None if each.code is None else of_code(each.code, locale),
    }


def _plain(by: str | None) -> str | None:
    return None if by is None else by.removeprefix(VOUCHER)


def _missing(missing: Missing, program: Compiled, locale: str) -> dict[str, Any]:
    items = missing.of == ITEMS
    if items:
        more = str(missing.amount)
    else:
        amount = f"{major(missing.amount, program.currency):.{digits(program.currency)}f}"
        more = f"{amount.replace('.', ',') if locale.startswith('es') else amount} {program.currency}"
    return {
        "of": missing.of,
        "amount_minor": None if items else missing.amount,
        "items": missing.amount if items else None,
        "message": of_missing(missing.of, more, locale),
    }


def _name(reward: Reward, program: Compiled, locale: str) -> str | None:
    """Return how a reward is called; found once per revision and language."""
    if program.rewards.get(reward.id) is not reward:
        # Of a voucher that was issued under another revision.
        return _find_name(reward, program, locale)
    known = _NAMES.get((id(program), locale))
    if known is None or known[0] is not program:
        while len(_NAMES) >= _MOST_NAMES:
            del _NAMES[next(iter(_NAMES))]
        known = _NAMES[id(program), locale] = (program, {})
    names = known[1]
    if reward.id not in names:
        names[reward.id] = _find_name(reward, program, locale)
    return names[reward.id]


def _find_name(reward: Reward, program: Compiled, locale: str) -> str | None:
    if reward.written is not None:
        return _said(labels_of(reward.written.name), locale)
    return _said(labels_of(pay_labels(program.document, reward.id.removeprefix(PAY))), locale)


def _said(labels: Mapping[str, str], locale: str) -> str | None:
    """Return a text in a language, else in English, else as the program has it."""
    language = locale.split("-", maxsplit=1)[0]
    return labels.get(locale) or labels.get(language) or labels.get("en") or next(iter(labels.values()), None)


def _earns(program: Compiled, found: Evaluation, locale: str) -> dict[str, Any]:
    decision = found.decision
    paid = [reason for reason in decision.reasons if reason.points > 0 and reason.wallet >= 0]
    by_wallet: dict[str, int] = {}
    for reason in paid:
        wallet = program.terms[reason.wallet].id
        by_wallet[wallet] = by_wallet.get(wallet, 0) + reason.points
    return {
        "code": decision.code,
        "message": of_outcome(decision.status, decision.code, locale),
        "points": by_wallet,
        "awards": [
            {"rule": reason.rule, "wallet": program.terms[reason.wallet].id, "points": reason.points} for reason in paid
        ],
        "reasons": [
            {
                "rule": reason.rule,
                "code": reason.code,
                "sentence": of_reason(reason.code, locale, points=reason.points, by=reason.by),
                "wallet": program.terms[reason.wallet].id if reason.wallet >= 0 else None,
                "points": reason.points,
                "by": reason.by,
            }
            for reason in decision.reasons
        ],
    }


def _found(found: Found, program: Compiled, locale: str) -> dict[str, Any]:
    reward, verdict = found.reward, found.verdict
    written = reward.written
    image = None if written is None else written.image
    return {
        "reward": reward.id,
        "kind": reward.kind,
        "name": _name(reward, program, locale),
        "text": None if written is None else _said(labels_of(written.text), locale),
        "image": _said(image, locale) if isinstance(image, dict) else image,
        "state": _STATES.get(verdict.code, "hidden"),
        "code": None if verdict.code is None else f"reward.{verdict.code}",
        "message": None if verdict.code is None else of_code(
            f"reward.{verdict.code}", locale, by=verdict.by, short_by=verdict.short_by
        ),
        "by": verdict.by,
        "wallet": None if verdict.wallet < 0 else program.terms[verdict.wallet].id,
        "points": verdict.units,
        "short_by": verdict.short_by,
        "room": verdict.room,
        "discount_minor": verdict.discount_minor,
        "least_portions": reward.least,
        "most_portions": reward.most,
    }  # fmt: skip
