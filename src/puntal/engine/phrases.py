"""What decisions are said with, per code: in short for answers, in full for explanations. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

Words = tuple[str, str]
"""English, Spanish."""


class Phrase(NamedTuple):
    """One code in words: `short` knows only the numbers of the reason, `full` the program and the member's facts."""

    short: Words
    full: Words


STATUSES: Mapping[str, Words] = {
    "awarded": ("Rules of the program applied", "Se aplicaron reglas del programa"),
    "nothing": ("No rule gave anything", "Ninguna regla dio nada"),
}
"""What happened where no code says why nothing was decided."""

OUTCOMES: Mapping[str, Phrase] = {
    "program.off": Phrase(
        ("The program is switched off at the moment", "El programa está desactivado ahora"),
        ("The program is switched off.", "El programa está desactivado."),
    ),
    "program.closed": Phrase(
        ("The program is closed", "El programa está cerrado"), ("The program is closed.", "El programa está cerrado.")
    ),
    "program.draft": Phrase(
        ("The program was not live yet", "El programa aún no estaba en marcha"),
        ("The program had not started yet.", "El programa aún no había empezado."),
    ),
    "program.spend_only": Phrase(
        (
            "In this phase points can be spent and no longer earned",
            "En esta fase los puntos se pueden gastar y ya no se ganan",
        ),
        ("Points can still be spent, but no longer earned.", "Los puntos aún se pueden gastar, pero ya no se ganan."),
    ),
    "program.not_started": Phrase(
        ("This happened before the program began", "Esto ocurrió antes de que empezara el programa"),
        ("It happened before the program began.", "Ocurrió antes de que empezara el programa."),
    ),
    "event.too_old": Phrase(
        ("This happened too long ago to earn anything", "Esto ocurrió hace demasiado tiempo para ganar algo"),
        (
            "It arrived too late: events count for {late} days.",
            "Llegó demasiado tarde: los eventos cuentan durante {late} días.",
        ),
    ),
    "event.repeated": Phrase(
        ("This counts only once, and it was counted", "Esto cuenta una sola vez y ya contó"),
        ("This was counted before.", "Esto ya se contó antes."),
    ),
    "channel.off": Phrase(
        ("This channel is switched off", "Este canal está desactivado"),
        ("This channel is switched off.", "Este canal está desactivado."),
    ),
    "integration.off": Phrase(
        ("This integration is switched off", "Esta integración está desactivada"),
        ("This integration is switched off.", "Esta integración está desactivada."),
    ),
    "member.unknown": Phrase(
        ("Nobody known is named", "No se nombra a nadie conocido"),
        ("It names nobody we know.", "No nombra a nadie conocido."),
    ),
    "member.paused": Phrase(
        ("The membership is paused", "La cuenta del miembro está en pausa"),
        ("The membership is paused.", "La cuenta está en pausa."),
    ),
    "member.blocked": Phrase(
        ("The member is blocked", "El miembro está bloqueado"), ("The member is blocked.", "La cuenta está bloqueada.")
    ),
    "member.left": Phrase(
        ("The member has left the program", "El miembro dejó el programa"),
        ("The member has left the program.", "El miembro dejó el programa."),
    ),
    "member.erased": Phrase(
        ("The member's data were erased", "Los datos del miembro se borraron"),
        ("The member's data were erased.", "Los datos del miembro se borraron."),
    ),
    "member.merged": Phrase(
        ("The member was merged into another", "El miembro se fusionó con otro"),
        ("The member was merged into another.", "El miembro se fusionó con otro."),
    ),
    "order.unknown": Phrase(
        ("This order is not known", "Este pedido no se conoce"),
        ("We do not know this order.", "No conocemos este pedido."),
    ),
    "order.awaited": Phrase(
        (
            "The order has not arrived yet; this is kept and applied with it",
            "El pedido aún no ha llegado; esto se guarda y se aplica con él",
        ),
        (
            "The order has not earned yet; this is kept and applied when it does.",
            "El pedido aún no ha sumado; esto se guarda y se aplica cuando lo haga.",
        ),
    ),
    "order.already_earned": Phrase(
        ("This order has earned already", "Este pedido ya sumó"),
        ("The order has earned already.", "El pedido ya sumó."),
    ),
    "order.already_awarded": Phrase(
        ("This order has got this already", "Este pedido ya lo recibió"),
        ("The order has got this already.", "El pedido ya recibió esto."),
    ),
    "order.not_earned": Phrase(
        ("This order has not earned", "Este pedido no ha sumado"),
        ("The order has not earned.", "El pedido no ha sumado."),
    ),
    "order.not_earning_yet": Phrase(
        ("The order earns when it reaches a later state", "El pedido sumará cuando llegue a un estado posterior"),
        ("The order earns later: when it is {when}.", "El pedido suma más tarde: cuando esté {when}."),
    ),
    "order.cancelled": Phrase(
        ("This order is cancelled", "Este pedido está cancelado"),
        ("The order is cancelled.", "El pedido está cancelado."),
    ),
    "order.other_currency": Phrase(
        ("The order is in another currency than the program", "El pedido está en otra moneda que la del programa"),
        ("The order is not in the program's currency.", "El pedido no está en la moneda del programa."),
    ),
    "order.unchanged": Phrase(
        ("Nothing about the order changed", "Nada cambió en el pedido"),
        ("Nothing of the order changed.", "Nada cambió en el pedido."),
    ),
    "refund.unknown": Phrase(
        ("This refund is not known", "Este reembolso no se conoce"),
        ("We do not know this refund.", "No conocemos este reembolso."),
    ),
    "refund.already_applied": Phrase(
        ("This refund was applied before", "Este reembolso ya se aplicó"),
        ("This refund was applied before.", "Este reembolso ya se aplicó."),
    ),
    "refund.nothing_left": Phrase(
        ("Nothing of the order is left to refund", "No queda nada del pedido por reembolsar"),
        ("Nothing is left of the order to refund.", "No queda nada del pedido por reembolsar."),
    ),
}
"""Codes that say why nothing was decided."""

REASONS: Mapping[str, Phrase] = {
    "awarded": Phrase(("Gave {points}", "Dio {points}"), ("{units}{base}", "{units}{base}")),
    "cut": Phrase(
        ("Gave {points}: {by} left no more", "Dio {points}: {by} no dejaba más"),
        ("{units} of {whole}{base}: {by}", "{units} de {whole}{base}: {by}"),
    ),
    "limit": Phrase(
        ("Nothing was left within {by}", "No quedaba nada dentro de {by}"),
        ("Nothing of {whole}: {by}", "Nada de {whole}: {by}"),
    ),
    "nothing": Phrase(
        ("The amount is too small to give anything", "El importe es demasiado pequeño para dar algo"),
        ("The amount was too small for {word}", "El importe no llegó para {word}"),
    ),
    "off": Phrase(
        ("The rule is switched off", "La regla está desactivada"), ("It is switched off", "Está desactivada")
    ),
    "wallet_off": Phrase(
        ("The wallet is switched off", "El monedero está desactivado"),
        ("'{wallet}' is switched off", "'{wallet}' está desactivado"),
    ),
    "not_now": Phrase(
        ("The rule does not hold at that time", "La regla no rige en ese momento"),
        ("Not at this time: it runs {when}", "No en ese momento: rige {when}"),
    ),
    "audience": Phrase(
        ("The member is not part of the audience", "El miembro no forma parte del público"),
        ("It is {people}", "Es {people}"),
    ),
    "condition": Phrase(
        ("The condition is not met", "No se cumple la condición"), ("It takes that {needed}", "Hace falta que {needed}")
    ),
    "otherwise": Phrase(
        ("The condition is not met; the rest applies", "No se cumple la condición; rige el resto"),
        ("Otherwise it gives nothing: {needed}", "En otro caso no da nada: {needed}"),
    ),
    "control_group": Phrase(
        ("The member is in the control group", "El miembro está en el grupo de control"),
        ("Not part of this offer (control group)", "No forma parte de esta oferta (grupo de control)"),
    ),
    "cooldown": Phrase(
        ("It was given too recently", "Se dio hace demasiado poco"),
        ("It was given a short while ago: {limit}", "Se dio hace poco: {limit}"),
    ),
    "group": Phrase(
        ("A better rule of group {by} applied", "Se aplicó una regla mejor del grupo {by}"),
        ("Another rule of the same group gave more", "Otra regla del mismo grupo dio más"),
    ),
    "no_lines": Phrase(
        ("No line of the order is covered", "No cubre ninguna línea del pedido"),
        ("No line of the order counts for it{lines}", "Ninguna línea del pedido cuenta para ella{lines}"),
    ),
    "other_multiplier": Phrase(
        ("Another multiplier paid more", "Otro multiplicador pagó más"),
        ("Another multiplier gave more", "Otro multiplicador dio más"),
    ),
    "once_per_order": Phrase(
        ("The order got this before", "El pedido ya lo recibió"),
        ("The order got this before", "El pedido ya lo recibió"),
    ),
    "repeated": Phrase(("It was given before", "Ya se dio antes"), ("It was given before", "Ya se dio antes")),
    "reversed": Phrase(("Took back {taken}", "Retiró {taken}"), ("{units} taken back", "Se retiran {units}")),
    "given_again": Phrase(("Gave back {points}", "Devolvió {points}"), ("{units} given back", "Se devuelven {units}")),
    "redeemed": Phrase(
        ("The reward '{by}' was used", "Se usó la recompensa '{by}'"),
        ("The reward '{by}' was used", "Se usó la recompensa '{by}'"),
    ),
    "cost_returned": Phrase(
        ("What '{by}' cost comes back in proportion", "Vuelve en proporción lo que costó '{by}'"),
        ("What '{by}' cost comes back in proportion", "Vuelve en proporción lo que costó '{by}'"),
    ),
    "redemption_unknown": Phrase(
        ("There is no such redemption of this member", "Este miembro no tiene ese canje"),
        ("There is no such redemption of this member", "Este miembro no tiene ese canje"),
    ),
    "redemption_lapsed": Phrase(
        ("The hold of the reward had lapsed", "La reserva de la recompensa había caducado"),
        ("The hold of the reward had lapsed", "La reserva de la recompensa había caducado"),
    ),
    "redemption_ended": Phrase(
        ("The redemption had ended before", "El canje ya había terminado"),
        ("The redemption had ended before", "El canje ya había terminado"),
    ),
    "redemption_used": Phrase(
        ("The redemption was used on another order", "El canje se usó en otro pedido"),
        ("The redemption was used on another order", "El canje se usó en otro pedido"),
    ),
    "redemption_over_budget": Phrase(
        (
            "The order is worth more than what was reserved, and {by} has no room for all of it",
            "El pedido vale más que lo reservado y no cabe todo en {by}",
        ),
        (
            "The order is worth more than what was reserved, and {by} has no room for all of it",
            "El pedido vale más que lo reservado y no cabe todo en {by}",
        ),
    ),
    "redemption_other_currency": Phrase(
        ("The order is in another currency than the reward", "El pedido está en otra moneda que la recompensa"),
        ("The order is in another currency than the reward", "El pedido está en otra moneda que la recompensa"),
    ),
    "voucher_given": Phrase(
        ("Gave a voucher of '{by}'", "Dio un vale de '{by}'"), ("Gives a voucher of '{by}'", "Da un vale de '{by}'")
    ),
    "voucher_taken": Phrase(
        ("The voucher of '{by}' goes back, if unused", "El vale de '{by}' vuelve, si no se usó"),
        ("The voucher of '{by}' goes back, if unused", "El vale de '{by}' vuelve, si no se usó"),
    ),
    "card_sold": Phrase(
        ("{by} gift cards sold", "Tarjetas regalo vendidas: {by}"),
        ("{by} gift cards sold", "Tarjetas regalo vendidas: {by}"),
    ),
    "card_apart": Phrase(
        ("A gift card was sold on this line before", "En esta línea ya se vendió una tarjeta regalo"),
        ("A gift card was sold on this line before", "En esta línea ya se vendió una tarjeta regalo"),
    ),
    "card_amount": Phrase(
        ("Gift cards of this value are not sold", "No se venden tarjetas regalo de este valor"),
        ("Gift cards of this value are not sold", "No se venden tarjetas regalo de este valor"),
    ),
    "card_not_now": Phrase(
        ("Gift cards are not sold now", "Ahora no se venden tarjetas regalo"),
        ("Gift cards are not sold now", "Ahora no se venden tarjetas regalo"),
    ),
    "cards_too_many": Phrase(
        ("So many gift cards are not sold by an order", "Un pedido no vende tantas tarjetas regalo"),
        ("So many gift cards are not sold by an order", "Un pedido no vende tantas tarjetas regalo"),
    ),
    "card_returned": Phrase(
        ("{by} taken back from gift cards", "Retirado de tarjetas regalo: {by}"),
        ("{by} taken back from gift cards", "Retirado de tarjetas regalo: {by}"),
    ),
    "card_restored": Phrase(
        ("{by} put back on gift cards", "Devuelto a tarjetas regalo: {by}"),
        ("{by} put back on gift cards", "Devuelto a tarjetas regalo: {by}"),
    ),
    "card_spent": Phrase(
        (
            "{by} not moved: the gift card was used or has ended",
            "{by} sin mover: la tarjeta regalo se usó o terminó",
        ),
        (
            "{by} not moved: the gift card was used or has ended",
            "{by} sin mover: la tarjeta regalo se usó o terminó",
        ),
    ),
    "voucher_apart": Phrase(
        ("Gift cards are used by paying with them", "Las tarjetas regalo se usan pagando con ellas"),
        ("Gift cards are used by paying with them", "Las tarjetas regalo se usan pagando con ellas"),
    ),
    "voucher_refused": Phrase(
        ("The voucher could not be used ({by})", "El vale no se pudo usar ({by})"),
        ("The voucher could not be used ({by})", "El vale no se pudo usar ({by})"),
    ),
    "redemption_apart": Phrase(
        ("What it gives is not part of an order", "Lo que da no es parte de un pedido"),
        ("What it gives is not part of an order", "Lo que da no es parte de un pedido"),
    ),
    "unknown_line": Phrase(
        ("The order has no line {by}", "El pedido no tiene la línea {by}"),
        ("The order has no line {by}", "El pedido no tiene la línea {by}"),
    ),
}
"""Codes that say what a rule gave, or why it gave nothing."""

WORDS: Mapping[str, Words] = {
    "and": (" and ", " y "),
    "for_amount": (" for {v}", " por {v}"),
    "for_items": (" for {v} items", " por {v} artículos"),
    "for_lines": (" for {v} lines", " por {v} líneas"),
    "found": ("{needed}; this was {found}", "{needed}; aquí era {found}"),
    "left_out": ("left out ({v})", "queda fuera ({v})"),
    "counts_only": ("it would count if {v}", "contaría si {v}"),
    "is_gift_card": ("gift cards earn when they are spent", "las tarjetas regalo suman al gastarlas"),
    "more_lines": ("and {v} more lines", "y {v} líneas más"),
    "always": ("always", "siempre"),
    "everyone": ("for everyone", "para todos"),
    "nobody": ("its conditions are not met", "no se cumplen sus condiciones"),
    "by_limit": ("a member gets it {v}", "cada miembro la recibe {v}"),
    "by_budget": ("it comes {v}", "tiene {v}"),
    "by_program": ("the program comes {v}", "el programa tiene {v}"),
    "by_campaign": ("the campaign comes {v}", "la campaña tiene {v}"),
    "by_cap": ("nobody earns more in '{v}' for now", "por ahora nadie gana más en '{v}'"),
    "by_balance": ("nobody has more in '{v}'", "nadie tiene más en '{v}'"),
    "by_other": ("no room is left", "no queda margen"),
    "earned": ("{v} earned.", "Se suman {v}."),
    "taken": ("{v} taken back.", "Se retiran {v}."),
    "nothing": ("Nothing was earned.", "No se sumó nada."),
    "gift": ("Gift of {v}", "Regalo de {v}"),
    "gift_renewed": ("Gift of {v}, renewed", "Regalo de {v}, renovado"),
    "gift_birthday": ("Birthday gift of {v}", "Regalo de cumpleaños de {v}"),
    "refund": ("Refund", "Reembolso"),
    "created": ("placed", "hecho"),
    "paid": ("paid", "pagado"),
    "fulfilled": ("shipped", "enviado"),
    "delivered": ("delivered", "entregado"),
}
"""What full sentences are made of."""


def is_spanish(locale: str) -> bool:
    """Return whether a locale asks for Spanish; every other one is answered in English."""
    return locale.partition("-")[0].partition("_")[0] == "es"


def of_outcome(status: str, code: str | None, locale: str) -> str:
    """Return the short sentence of an outcome; a code of a later release reads as its status."""
    phrase = OUTCOMES.get(code or "")
    found = STATUSES.get(code or status) or STATUSES.get(status) or STATUSES["nothing"]
    return (found if phrase is None else phrase.short)[is_spanish(locale)]


def of_reason(code: str, locale: str, *, points: int = 0, by: str | None = None) -> str:
    """Return the short sentence of a reason; a code of a later release is its own sentence."""
    phrase = REASONS.get(code)
    if phrase is None:
        return code
    sentence = phrase.short[is_spanish(locale)]
    return sentence.format(points=points, taken=-points, by=by or "") if "{" in sentence else sentence
