"""What wallets refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Forbidden, Invalid, NotFound


class InsufficientPoints(Conflict):
    """Fewer can be spent than asked for."""

    code = "points.insufficient"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{short_by} more are needed",
        "es": "Faltan {short_by}",
    }

    def __init__(self, *, short_by: int, **numbers: object) -> None:
        super().__init__(short_by=short_by, **numbers)
        self.short_by = short_by


class HoldEnded(Conflict):
    """The hold was committed, released, voided, or its time is over."""

    code = "points.hold_ended"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This hold is {state}",
        "es": "Esta reserva ya no está abierta ({state})",
    }


class HoldsOpen(Conflict):
    """Lots cannot move while a redemption is under way."""

    code = "points.holds_open"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{held} are held for a redemption under way; it must end first",
        "es": "Hay {held} reservados para un canje en curso; debe terminar antes",
    }


class UnknownHold(NotFound):
    """There is no such hold."""

    code = "points.unknown_hold"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such hold here",
        "es": "No existe esa reserva",
    }


class UnknownWallet(Invalid):
    """The program has no such wallet."""

    code = "points.unknown_wallet"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This program has no wallet {wallet}",
        "es": "Este programa no tiene ningún monedero {wallet}",
    }


class WalletRetired(Conflict):
    """Nothing new comes into a retired wallet."""

    code = "points.wallet_retired"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The wallet {wallet} is retired",
        "es": "El monedero {wallet} está retirado",
    }


class NotTransferable(Forbidden):
    """Members may not give this wallet's units to each other."""

    code = "points.not_transferable"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The wallet {wallet} cannot be transferred between members",
        "es": "El monedero {wallet} no se puede transferir entre miembros",
    }


class NotConvertible(Forbidden):
    """The program has no conversion between these two wallets."""

    code = "points.not_convertible"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{wallet} cannot be converted into {to}",
        "es": "{wallet} no se puede convertir en {to}",
    }


class WrongPortion(Invalid):
    """A conversion takes whole portions."""

    code = "points.wrong_portion"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The amount must be a multiple of {step}",
        "es": "La cantidad debe ser múltiplo de {step}",
    }


class OverCap(Conflict):
    """The wallet would hold more than the program allows."""

    code = "points.over_cap"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The wallet has room for {room} more",
        "es": "En el monedero caben {room} más",
    }


class SameHolder(Invalid):
    """Giver and receiver are one."""

    code = "points.same_holder"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Giver and receiver are the same",
        "es": "Quien da y quien recibe son la misma persona",
    }


class NoDebt(Conflict):
    """There is less debt than was to be written off."""

    code = "points.no_debt"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The debt is {debt}",
        "es": "La deuda es de {debt}",
    }


class MemberNotActive(Conflict):
    """A paused, blocked or departed member neither spends nor receives."""

    code = "points.member_not_active"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The member is {status}",
        "es": "El estado del miembro no lo permite ({status})",
    }


class PeriodInvalid(Invalid):
    """A statement covers a period that ends after it begins, and not more than a bit over a year."""

    code = "points.period_invalid"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The period must end after it begins and be at most {days} days long",
        "es": "El periodo debe terminar después de empezar y durar como mucho {days} días",
    }


class AmountZero(Invalid):
    """An adjustment of nothing is none."""

    code = "points.amount_zero"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Say how much to add or take",
        "es": "Indica cuánto se añade o se quita",
    }


class MinorSpends(Forbidden):
    """Of a wallet that a pool shares only its adults spend."""

    code = "points.minor_spends"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Only adults of the household spend from its wallet",
        "es": "Solo los adultos del hogar gastan de su monedero",
    }


class Unverified(Forbidden):
    """The program asks for a verified address before anything is spent; `needed` says which."""

    code = "points.unverified"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Before spending, verify: {needed}",
        "es": "Antes de gastar hay que verificar: {needed}",
    }


class NotMoney(Invalid):
    """Only money is loaded, paid with and paid out."""

    code = "points.not_money"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The wallet {wallet} does not keep money",
        "es": "El monedero {wallet} no guarda dinero",
    }


class OverTransferLimit(Conflict):
    """More than a member may give another at a time."""

    code = "points.over_transfer_limit"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "At most {most} can be given at a time",
        "es": "Se pueden dar como mucho {most} de una vez",
    }


class MonthToCome(Invalid):
    """Nothing was recorded in a month that has not begun."""

    code = "points.month_to_come"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This month has not begun; the present one is {month}",
        "es": "Este mes aún no ha empezado; el actual es {month}",
    }
