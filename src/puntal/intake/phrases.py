"""The sentences of outcomes and reasons, one per code and language. Pure."""

from __future__ import annotations

from collections.abc import Mapping

_Sentences = Mapping[str, str]

OUTCOMES: Mapping[str, _Sentences] = {
    "awarded": {"en": "Rules of the program applied", "es": "Se aplicaron reglas del programa"},
    "nothing": {"en": "No rule gave anything", "es": "Ninguna regla dio nada"},
    "program.off": {"en": "The program is switched off at the moment", "es": "El programa está desactivado ahora"},
    "program.closed": {"en": "The program is closed", "es": "El programa está cerrado"},
    "program.draft": {"en": "The program was not live yet", "es": "El programa aún no estaba en marcha"},
    "program.spend_only": {
        "en": "In this phase points can be spent and no longer earned",
        "es": "En esta fase los puntos se pueden gastar y ya no se ganan",
    },
    "program.not_started": {
        "en": "This happened before the program began",
        "es": "Esto ocurrió antes de que empezara el programa",
    },
    "event.too_old": {
        "en": "This happened too long ago to earn anything",
        "es": "Esto ocurrió hace demasiado tiempo para ganar algo",
    },
    "event.repeated": {"en": "This counts only once, and it was counted", "es": "Esto cuenta una sola vez y ya contó"},
    "channel.off": {"en": "This channel is switched off", "es": "Este canal está desactivado"},
    "integration.off": {"en": "This integration is switched off", "es": "Esta integración está desactivada"},
    "member.unknown": {"en": "Nobody known is named", "es": "No se nombra a nadie conocido"},
    "member.paused": {"en": "The membership is paused", "es": "La cuenta del miembro está en pausa"},
    "member.blocked": {"en": "The member is blocked", "es": "El miembro está bloqueado"},
    "member.left": {"en": "The member has left the program", "es": "El miembro dejó el programa"},
    "member.erased": {"en": "The member's data were erased", "es": "Los datos del miembro se borraron"},
    "member.merged": {"en": "The member was merged into another", "es": "El miembro se fusionó con otro"},
    "order.unknown": {"en": "This order is not known", "es": "Este pedido no se conoce"},
    "order.awaited": {
        "en": "The order has not arrived yet; this is kept and applied with it",
        "es": "El pedido aún no ha llegado; esto se guarda y se aplica con él",
    },
    "order.already_earned": {"en": "This order has earned already", "es": "Este pedido ya sumó"},
    "order.already_awarded": {"en": "This order has got this already", "es": "Este pedido ya lo recibió"},
    "order.not_earned": {"en": "This order has not earned", "es": "Este pedido no ha sumado"},
    "order.not_earning_yet": {
        "en": "The order earns when it reaches a later state",
        "es": "El pedido sumará cuando llegue a un estado posterior",
    },
    "order.cancelled": {"en": "This order is cancelled", "es": "Este pedido está cancelado"},
    "order.other_currency": {
        "en": "The order is in another currency than the program",
        "es": "El pedido está en otra moneda que la del programa",
    },
    "order.unchanged": {"en": "Nothing about the order changed", "es": "Nada cambió en el pedido"},
    "refund.unknown": {"en": "This refund is not known", "es": "Este reembolso no se conoce"},
    "refund.already_applied": {"en": "This refund was applied before", "es": "Este reembolso ya se aplicó"},
    "refund.nothing_left": {
        "en": "Nothing of the order is left to refund",
        "es": "No queda nada del pedido por reembolsar",
    },
}
"""Statuses, and the codes that say why nothing was decided."""

REASONS: Mapping[str, _Sentences] = {
    "awarded": {"en": "Gave {points}", "es": "Dio {points}"},
    "cut": {"en": "Gave {points}: {by} left no more", "es": "Dio {points}: {by} no dejaba más"},
    "limit": {"en": "Nothing was left within {by}", "es": "No quedaba nada dentro de {by}"},
    "nothing": {
        "en": "The amount is too small to give anything",
        "es": "El importe es demasiado pequeño para dar algo",
    },
    "off": {"en": "The rule is switched off", "es": "La regla está desactivada"},
    "wallet_off": {"en": "The wallet is switched off", "es": "El monedero está desactivado"},
    "not_now": {"en": "The rule does not hold at that time", "es": "La regla no rige en ese momento"},
    "audience": {"en": "The member is not part of the audience", "es": "El miembro no forma parte del público"},
    "condition": {"en": "The condition is not met", "es": "No se cumple la condición"},
    "otherwise": {"en": "The condition is not met; the rest applies", "es": "No se cumple la condición; rige el resto"},
    "control_group": {"en": "The member is in the control group", "es": "El miembro está en el grupo de control"},
    "cooldown": {"en": "It was given too recently", "es": "Se dio hace demasiado poco"},
    "group": {"en": "A better rule of group {by} applied", "es": "Se aplicó una regla mejor del grupo {by}"},
    "no_lines": {"en": "No line of the order is covered", "es": "No cubre ninguna línea del pedido"},
    "other_multiplier": {"en": "Another multiplier paid more", "es": "Otro multiplicador pagó más"},
    "once_per_order": {"en": "The order got this before", "es": "El pedido ya lo recibió"},
    "repeated": {"en": "It was given before", "es": "Ya se dio antes"},
    "reversed": {"en": "Took back {taken}", "es": "Retiró {taken}"},
    "given_again": {"en": "Gave back {points}", "es": "Devolvió {points}"},
    "unknown_line": {"en": "The order has no line {by}", "es": "El pedido no tiene la línea {by}"},
}


def of_outcome(status: str, code: str | None, locale: str) -> str:
    """Return the sentence of an outcome; a code of a later release reads as its status."""
    found = OUTCOMES.get(code or status) or OUTCOMES.get(status) or OUTCOMES["nothing"]
    return found.get(locale) or found["en"]


def of_reason(code: str, locale: str, *, points: int = 0, by: str | None = None) -> str:
    """Return the sentence of a reason; a code without one is its own sentence."""
    found = REASONS.get(code)
    if found is None:
        return code
    sentence = found.get(locale) or found["en"]
    return sentence.format(points=points, taken=-points, by=by or "") if "{" in sentence else sentence
