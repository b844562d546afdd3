"""What states, kinds and accounts are called in files for people. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from puntal.points.statement_words import KINDS
from puntal.rules.fields import STATUSES

Labels = Mapping[str, str]

_ACCOUNTS: Mapping[str, Labels] = {
    "available": {"en": "available", "es": "disponible"},
    "pending": {"en": "pending", "es": "pendiente"},
    "held": {"en": "set aside", "es": "reservado"},
    "debt": {"en": "owed", "es": "deuda"},
    "issued": {"en": "given by the program", "es": "dado por el programa"},
    "redeemed": {"en": "redeemed", "es": "canjeado"},
    "expired": {"en": "expired", "es": "caducado"},
    "adjusted": {"en": "adjusted by hand", "es": "ajustado a mano"},
    "imported": {"en": "brought over", "es": "traspasado"},
    "converted": {"en": "exchanged", "es": "cambiado"},
    "transferred": {"en": "between members", "es": "entre miembros"},
    "written_off": {"en": "forgiven", "es": "perdonado"},
    "cancelled": {"en": "cancelled", "es": "anulado"},
    "loaded": {"en": "paid in", "es": "cargado"},
    "spent": {"en": "spent", "es": "gastado"},
    "paid_out": {"en": "paid out", "es": "reembolsado"},
    "sold": {"en": "gift cards sold", "es": "tarjetas regalo vendidas"},
    "gift_cards": {"en": "on gift cards", "es": "en tarjetas regalo"},
}
_ORDERS: Mapping[str, Labels] = {
    "awaited": {"en": "awaited", "es": "esperado"},
    "seen": {"en": "not counted yet", "es": "aún no cuenta"},
    "earned": {"en": "counted", "es": "cuenta"},
    "cancelled": {"en": "cancelled", "es": "anulado"},
}
_REWARDS: Mapping[str, Labels] = {
    "amount_off": {"en": "amount off", "es": "descuento fijo"},
    "percent_off": {"en": "percentage off", "es": "descuento en porcentaje"},
    "product": {"en": "free product", "es": "producto gratis"},
    "shipping": {"en": "free shipping", "es": "envío gratis"},
    "credit": {"en": "credit", "es": "saldo"},
    "gift_card": {"en": "gift card", "es": "tarjeta regalo"},
    "cash_back": {"en": "cash back", "es": "reembolso"},
    "experience": {"en": "experience", "es": "experiencia"},
    "partner_code": {"en": "partner's code", "es": "código de un colaborador"},
    "custom": {"en": "other", "es": "otra"},
    "pay_with_points": {"en": "paying with points", "es": "pago con puntos"},
}
_REDEMPTIONS: Mapping[str, Labels] = {
    "held": {"en": "set aside", "es": "reservada"},
    "committed": {"en": "redeemed", "es": "canjeada"},
    "cancelled": {"en": "cancelled", "es": "anulada"},
    "lapsed": {"en": "ended unused", "es": "terminó sin usar"},
    "voided": {"en": "voided", "es": "invalidada"},
}
_FULFILMENTS: Mapping[str, Labels] = {
    "none": {"en": "nothing to deliver", "es": "nada que entregar"},
    "waiting": {"en": "waiting", "es": "en espera"},
    "under_way": {"en": "under way", "es": "en camino"},
    "done": {"en": "delivered", "es": "entregada"},
    "failed": {"en": "failed", "es": "falló"},
}
_VOUCHERS: Mapping[str, Labels] = {
    "issued": {"en": "valid", "es": "válido"},
    "held": {"en": "set aside", "es": "reservado"},
    "used": {"en": "used", "es": "usado"},
    "expired": {"en": "expired", "es": "caducado"},
    "void": {"en": "void", "es": "anulado"},
    "inactive": {"en": "not active yet", "es": "sin activar"},
}
_ORIGINS: Mapping[str, Labels] = {
    "direct": {"en": "given to a member", "es": "dado a un miembro"},
    "batch": {"en": "batch of codes", "es": "lote de códigos"},
    "import": {"en": "imported", "es": "importado"},
    "redemption": {"en": "redeemed reward", "es": "recompensa canjeada"},
    "event": {"en": "rule", "es": "regla"},
    "card": {"en": "gift card", "es": "tarjeta regalo"},
}
_ENDINGS: Mapping[str, Labels] = {
    "expired": {"en": "expired", "es": "caducó"},
    "staff": {"en": "voided by staff", "es": "anulado por el equipo"},
    "switch": {"en": "switched off", "es": "desactivado"},
    "refund": {"en": "refunded order", "es": "pedido devuelto"},
    "closed": {"en": "member left", "es": "baja del miembro"},
    "erased": {"en": "member erased", "es": "miembro borrado"},
}

VALUES: Mapping[tuple[str, str], Mapping[str, Labels]] = {
    ("members", "status"): STATUSES,
    ("orders", "state"): _ORDERS,
    ("transfers", "kind"): KINDS,
    ("transfers", "from"): _ACCOUNTS,
    ("transfers", "to"): _ACCOUNTS,
    ("redemptions", "kind"): _REWARDS,
    ("redemptions", "state"): _REDEMPTIONS,
    ("redemptions", "fulfilment"): _FULFILMENTS,
    ("vouchers", "state"): _VOUCHERS,
    ("vouchers", "origin"): _ORIGINS,
    ("vouchers", "ended_because"): _ENDINGS,
}
"""By kind of file and column. What is not here is written as it is."""
