"""What asking for a reward and its redemption are refused for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from puntal.kit.errors import Conflict, Invalid, NotFound

SENTENCES: Mapping[str, tuple[str, str]] = {
    # Reason (`reward.<reason>`): English, Spanish.
    "audience": ("The reward is not for this member", "La recompensa no es para este miembro"),
    "budget": ("The budget of the reward is used up", "El presupuesto de la recompensa está agotado"),
    "channel": ("The reward is not for this channel", "La recompensa no es para este canal"),
    "channel_off": ("This channel is switched off", "Este canal está desactivado"),
    "condition": ("The conditions of the reward are not met", "No se cumplen las condiciones de la recompensa"),
    "control_group": ("Not part of this offer", "No forma parte de esta oferta"),
    "cooldown": ("The member had it a short while ago", "El miembro la tuvo hace poco"),
    "integration_off": ("This integration is switched off", "Esta integración está desactivada"),
    "limit": ("The member has had it as often as allowed", "El miembro ya la tuvo tantas veces como puede"),
    "member_blocked": ("The member is blocked", "La cuenta está bloqueada"),
    "member_erased": ("The member's data were erased", "Los datos del miembro se borraron"),
    "member_guest": ("Only members redeem; this customer has not joined", "Solo canjean los miembros; falta el alta"),
    "member_left": ("The member has left the program", "El miembro dejó el programa"),
    "member_merged": ("The member was merged into another", "El miembro se fusionó con otro"),
    "member_paused": ("The membership is paused", "La cuenta está en pausa"),
    "no_lines": ("No line of the order counts for the reward", "Ninguna línea del pedido cuenta para la recompensa"),
    "no_session": ("The reward takes place on dates: name one to come", "La recompensa tiene fechas: elige una futura"),
    "not_listed": ("The reward is given, not chosen", "La recompensa se da, no se elige"),
    "not_now": ("The reward is not available at this time", "La recompensa no está disponible en este momento"),
    "off": ("The reward is switched off", "La recompensa está desactivada"),
    "order_needed": ("Whether the member may have it depends on the order", "Depende del pedido"),
    "other_currency": ("The order is in another currency", "El pedido está en otra moneda"),
    "other_wallet": ("The reward is not paid from this wallet", "La recompensa no se paga con este monedero"),
    "portions": ("So many cannot be taken at once", "No se pueden tomar tantas a la vez"),
    "program_closed": ("The program is closed", "El programa está cerrado"),
    "program_draft": ("The program has not started", "El programa aún no ha empezado"),
    "program_off": ("The program is switched off", "El programa está desactivado"),
    "retired": ("The reward is no longer given", "La recompensa ya no se da"),
    "session_full": ("No place is left on that date", "No quedan plazas en esa fecha"),
    "short_of_points": ("{short_by} more are needed", "Faltan {short_by}"),
    "sold_out": ("None is left", "No queda ninguna"),
    "tier": ("The reward is for another tier", "La recompensa es para otro nivel"),
    "too_much_of_order": ("So much of the order cannot be paid so", "No se puede pagar así tanto del pedido"),
    "unverified": (
        "The member must first verify an e-mail address or a phone number",
        "Antes hay que verificar un contacto del miembro",
    ),
    "wallet_off": ("The wallet is switched off", "El monedero está desactivado"),
}


class NotAvailable(Conflict):
    """The member may not have the reward now; one kind per reason."""

    code = "reward.not_available"
    messages: ClassVar[dict[str, str]] = {
        "en": "This reward is not available now",
        "es": "Esta recompensa no está disponible ahora",
    }


REFUSED: Mapping[str, type[NotAvailable]] = {
    reason: type(
        "".join(word.title() for word in reason.split("_")),
        (NotAvailable,),
        {
            "__doc__": english + ".",
            "__module__": __name__,
            "code": f"reward.{reason}",
            "messages": {"en": english, "es": spanish},
        },
    )
    for reason, (english, spanish) in SENTENCES.items()
}
"""Reason to the refusal that says it."""


class UnknownReward(NotFound):
    """The program has no such reward."""

    code = "reward.unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This program has no reward {reward}",
        "es": "Este programa no tiene ninguna recompensa {reward}",
    }


class NoWaitlist(Conflict):
    """Nobody waits for this reward."""

    code = "reward.no_waitlist"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "{reward} has no waiting list",
        "es": "{reward} no tiene lista de espera",
    }


class UnknownRedemption(NotFound):
    """There is no such redemption."""

    code = "redemption.unknown"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is no such redemption here",
        "es": "No existe ese canje",
    }


class RedemptionIdReused(Conflict):
    """Another redemption has the id."""

    code = "redemption.id_reused"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "Another redemption has the id {id}",
        "es": "Otro canje tiene el id {id}",
    }


class RedemptionEnded(Conflict):
    """It was cancelled, it lapsed, or it was voided."""

    code = "redemption.ended"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "This redemption is {state}",
        "es": "Este canje ya no está abierto ({state})",
    }


class RedemptionUsed(Conflict):
    """What it gave was used or delivered, so it cannot be cancelled any more."""

    code = "redemption.used"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "What was redeemed has been used; refund the order instead",
        "es": "Lo canjeado ya se ha usado; reembolsa el pedido",
    }


class MoreThanHeld(Invalid):
    """More is taken off than was set aside."""

    code = "redemption.more_than_held"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "At most {most} minor units were held for this redemption",
        "es": "Para este canje se reservaron como máximo {most} unidades menores",
    }


class NothingToDeliver(Conflict):
    """The reward is not one that somebody delivers, or it is not committed."""

    code = "redemption.nothing_to_deliver"
    messages: ClassVar[Mapping[str, str]] = {
        "en": "There is nothing to deliver for this redemption",
        "es": "No hay nada que entregar en este canje",
    }
