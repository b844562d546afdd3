"""The words of explanations, per code and language. Pure."""

from __future__ import annotations

from collections.abc import Mapping

OUTCOMES: Mapping[str, tuple[str, str]] = {
    # Code: English, Spanish.
    "program.off": ("The program is switched off.", "El programa está desactivado."),
    "program.closed": ("The program is closed.", "El programa está cerrado."),
    "program.draft": ("The program had not started yet.", "El programa aún no había empezado."),
    "program.spend_only": (
        "Points can still be spent, but no longer earned.",
        "Los puntos aún se pueden gastar, pero ya no se ganan.",
    ),
    "program.not_started": ("It happened before the program began.", "Ocurrió antes de que empezara el programa."),
    "event.too_old": (
        "It arrived too late: events count for {late} days.",
        "Llegó demasiado tarde: los eventos cuentan durante {late} días.",
    ),
    "event.repeated": ("This was counted before.", "Esto ya se contó antes."),
    "channel.off": ("This channel is switched off.", "Este canal está desactivado."),
    "integration.off": ("This integration is switched off.", "Esta integración está desactivada."),
    "member.unknown": ("It names nobody we know.", "No nombra a nadie conocido."),
    "member.paused": ("The membership is paused.", "La cuenta está en pausa."),
    "member.blocked": ("The member is blocked.", "La cuenta está bloqueada."),
    "member.left": ("The member has left the program.", "El miembro dejó el programa."),
    "member.erased": ("The member's data were erased.", "Los datos del miembro se borraron."),
    "member.merged": ("The member was merged into another.", "El miembro se fusionó con otro."),
    "order.unknown": ("We do not know this order.", "No conocemos este pedido."),
    "order.awaited": (
        "The order has not earned yet; this is kept and applied when it does.",
        "El pedido aún no ha sumado; esto se guarda y se aplica cuando lo haga.",
    ),
    "order.cancelled": ("The order is cancelled.", "El pedido está cancelado."),
    "order.already_awarded": ("The order has got this already.", "El pedido ya recibió esto."),
    "order.already_earned": ("The order has earned already.", "El pedido ya sumó."),
    "order.not_earned": ("The order has not earned.", "El pedido no ha sumado."),
    "order.not_earning_yet": (
        "The order earns later: when it is {when}.",
        "El pedido suma más tarde: cuando esté {when}.",
    ),
    "order.other_currency": (
        "The order is not in the program's currency.",
        "El pedido no está en la moneda del programa.",
    ),
    "order.unchanged": ("Nothing of the order changed.", "Nada cambió en el pedido."),
    "refund.already_applied": ("This refund was applied before.", "Este reembolso ya se aplicó."),
    "refund.nothing_left": (
        "Nothing is left of the order to refund.",
        "No queda nada del pedido por reembolsar.",
    ),
    "refund.unknown": ("We do not know this refund.", "No conocemos este reembolso."),
}

REASONS: Mapping[str, tuple[str, str]] = {
    "awarded": ("{units}{base}", "{units}{base}"),
    "cut": ("{units} of {whole}{base}: {by}", "{units} de {whole}{base}: {by}"),
    "limit": ("Nothing of {whole}: {by}", "Nada de {whole}: {by}"),
    "nothing": ("The amount was too small for {word}", "El importe no llegó para {word}"),
    "off": ("It is switched off", "Está desactivada"),
    "wallet_off": ("'{wallet}' is switched off", "'{wallet}' está desactivado"),
    "not_now": ("Not at this time: it runs {when}", "No en ese momento: rige {when}"),
    "audience": ("It is {people}", "Es {people}"),
    "condition": ("It takes that {needed}", "Hace falta que {needed}"),
    "otherwise": ("Otherwise it gives nothing: {needed}", "En otro caso no da nada: {needed}"),
    "control_group": (
        "Not part of this offer (control group)",
        "No forma parte de esta oferta (grupo de control)",
    ),
    "cooldown": ("It was given a short while ago: {limit}", "Se dio hace poco: {limit}"),
    "group": ("Another rule of the same group gave more", "Otra regla del mismo grupo dio más"),
    "no_lines": ("No line of the order counts for it", "Ninguna línea del pedido cuenta para ella"),
    "once_per_order": ("The order got this before", "El pedido ya lo recibió"),
    "other_multiplier": ("Another multiplier gave more", "Otro multiplicador dio más"),
    "repeated": ("It was given before", "Ya se dio antes"),
    "reversed": ("{units} taken back", "Se retiran {units}"),
    "given_again": ("{units} given back", "Se devuelven {units}"),
    "unknown_line": ("The order has no line {by}", "El pedido no tiene la línea {by}"),
}

WORDS: Mapping[str, tuple[str, str]] = {
    "and": (" and ", " y "),
    "for_amount": (" for {v}", " por {v}"),
    "for_items": (" for {v} items", " por {v} artículos"),
    "for_lines": (" for {v} lines", " por {v} líneas"),
    "found": ("{needed}; this was {found}", "{needed}; aquí era {found}"),
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
