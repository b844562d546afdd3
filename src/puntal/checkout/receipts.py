"""The lines of a receipt, in the language of who reads it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from babel.numbers import format_currency

from puntal.checkout.operations.till.receipts import Slip
from puntal.engine.model import Compiled
from puntal.kit.money import digits, major
from puntal.programs.catalogue import pay_labels
from puntal.programs.sentences import Speaker
from puntal.rewards.model import PAY

_WORDS: Mapping[str, tuple[str, str]] = {
    # English, Spanish.
    "undone": ("Undone", "Deshecho"),
    "held": ("Set aside: {what}", "Reservado: {what}"),
    "earned": ("You earned {units}", "Has ganado {units}"),
    "redeemed": ("You redeemed: {what}", "Has canjeado: {what}"),
    "redeemed_for": ("You redeemed: {what} ({units})", "Has canjeado: {what} ({units})"),
    "voucher": ("Voucher used: {what}", "Vale usado: {what}"),
    "money_left": ("{left} left on it", "le quedan {left}"),
    "balance": ("Your balance: {units}", "Tu saldo: {units}"),
    "next_reward": ("{units} more for: {what}", "Te faltan {units} para: {what}"),
}


def lines_of(slip: Slip, program: Compiled, locale: str) -> list[str]:
    """Return the lines the program's receipts have, without those that have nothing to say."""
    teller = _Teller(slip, program, locale)
    told = [line for part in program.document.till.receipt for line in teller.part(part)]
    if slip.acted.action.state == "undone":
        told.insert(0, teller.say("undone"))
    closing = teller.speaker.text(program.document.till.closing)
    return [*told, closing] if closing else told


class _Teller:
    def __init__(self, slip: Slip, program: Compiled, locale: str) -> None:
        self.slip = slip
        self.program = program
        self.locale = locale
        self.speaker = Speaker(program.document, locale)

    def say(self, key: str, **values: object) -> str:
        english, spanish = _WORDS[key]
        return (spanish if self.locale.startswith("es") else english).format(**values)

    def part(self, part: str) -> Iterator[str]:
        match part:
            case "earned":
                yield from (self.say("earned", units=self._units(*each)) for each in sorted(self.slip.earned.items()))
            case "used":
                yield from self._used()
            case "balance":
                yield from self._balances()
            case _:
                yield from self._next()

    def _used(self) -> Iterator[str]:
        held = self.slip.acted.action.state == "held"
        for made in self.slip.used:
            what = self._name(made.reward)
            if held:
                yield self.say("held", what=what)
            elif made.wallet >= 0 and made.units:
                yield self.say("redeemed_for", what=what, units=self._units(made.wallet, made.units))
            else:
                yield self.say("redeemed", what=what)
        for voucher in self.slip.vouchers:
            line = self.say("held" if held else "voucher", what=self._name(voucher.reward))
            if voucher.currency is not None:
                line += ", " + self.say("money_left", left=self._money(voucher.remaining, voucher.currency))
            yield line

    def _balances(self) -> Iterator[str]:
        books = self.slip.books
        if books is None:
            return
        for terms in self.program.terms:
            if terms.kind != "qualifying" and terms.ordinal < len(books.available):
                left = books.available[terms.ordinal] - books.debt[terms.ordinal]
                yield self.say("balance", units=self._units(terms.ordinal, left))

    def _next(self) -> Iterator[str]:
        following = self.slip.next_reward
        if following is not None:
            units = self._units(following.verdict.wallet, following.verdict.short_by)
            yield self.say("next_reward", units=units, what=self._name(following.reward.id))

    def _units(self, wallet: int, units: int) -> str:
        terms = self.program.terms[wallet]
        written = self.program.document.wallets[terms.id]
        scale = digits(written.currency or self.program.currency) if written.kind == "money" else written.scale
        return self.speaker.units(terms.id, Decimal(units).scaleb(-scale))

    def _money(self, minor: int, currency: str) -> str:
        return str(format_currency(major(minor, currency), currency, locale=self.locale.replace("-", "_")))

    def _name(self, reward: str) -> str:
        known = self.program.rewards.get(reward)
        written = None if known is None else known.written
        name = pay_labels(self.program.document, reward.removeprefix(PAY)) if written is None else written.name
        return self.speaker.text(name, reward)
