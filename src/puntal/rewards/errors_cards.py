"""What gift cards are refused for, beside what vouchers are. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid


class CardsNotSold(Invalid):
    """The wallet has no `gift_cards` in the document."""

    code = "rewards.cards_not_sold"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Gift cards are not sold in the money of {wallet}",
        "es": "No se venden tarjetas regalo en el dinero de {wallet}",
    }


class CardAmount(Invalid):
    """Less or more than a card may hold; `least` and `most` say how much it may."""

    code = "rewards.card_amount"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "A gift card holds from {least} to {most}",
        "es": "Una tarjeta regalo vale entre {least} y {most}",
    }


class CardLineUnknown(Conflict):
    """There is no such order, or it has no such line."""

    code = "rewards.card_line_unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "The order {order} has no line {line}",
        "es": "El pedido {order} no tiene la línea {line}",
    }


class CardOverLine(Conflict):
    """More than was paid for the line, less what was sold on it already."""

    code = "rewards.card_over_line"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Gift cards for {left} more can be sold on this line",
        "es": "En esta línea aún se pueden vender tarjetas regalo por {left}",
    }


class CardInWallet(Conflict):
    """What went into a member's wallet comes out of it, not back to the card."""

    code = "rewards.card_in_wallet"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This money is in a member's wallet now",
        "es": "Este dinero está ahora en el monedero de un miembro",
    }


class CardOverPayment(Conflict):
    """More than the card paid under the reference and has not got back."""

    code = "rewards.card_over_payment"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{left} of what the card paid can still be given back",
        "es": "De lo pagado con la tarjeta aún se pueden devolver {left}",
    }


class CardGiven(Conflict):
    """Only cards that were sold are paid out."""

    code = "rewards.card_given"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This gift card was given, not sold; it is not paid out",
        "es": "Esta tarjeta regalo se regaló, no se vendió; no se reembolsa",
    }


class SaleReused(Conflict):
    """The reference of a sale stands for another amount or wallet."""

    code = "rewards.sale_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This reference was used for another gift card",
        "es": "Esa referencia ya se usó para otra tarjeta regalo",
    }


class CardActive(Conflict):
    """It was activated before, or was never printed without a value."""

    code = "rewards.card_active"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This gift card is active already",
        "es": "Esta tarjeta regalo ya está activada",
    }
