"""Events every program has without declaring them."""

from __future__ import annotations

from collections.abc import Mapping

PURCHASE = "purchase"
"""An order reaching the state in which the program lets it earn."""

ORDER_EVENTS = (
    PURCHASE,
    "order.created",
    "order.paid",
    "order.fulfilled",
    "order.delivered",
    "order.updated",
)
"""Events that carry an order with its lines, so `order.*` and `line.*` have values."""

BUILT_IN_EVENTS: Mapping[str, Mapping[str, str]] = {
    PURCHASE: {"en": "a purchase", "es": "una compra"},
    "order.created": {"en": "a placed order", "es": "un pedido hecho"},
    "order.paid": {"en": "a paid order", "es": "un pedido pagado"},
    "order.fulfilled": {"en": "a shipped order", "es": "un pedido enviado"},
    "order.delivered": {"en": "a delivered order", "es": "un pedido entregado"},
    "order.updated": {"en": "a changed order", "es": "un pedido modificado"},
    "order.refunded": {"en": "a refund", "es": "un reembolso"},
    "order.refund_withdrawn": {"en": "a withdrawn refund", "es": "un reembolso retirado"},
    "order.cancelled": {"en": "a cancelled order", "es": "un pedido cancelado"},
    "visit": {"en": "a visit", "es": "una visita"},
    "member.enrolled": {"en": "joining", "es": "el alta"},
    "member.birthday": {"en": "the birthday", "es": "el cumpleaños"},
    "member.anniversary": {"en": "the anniversary of joining", "es": "el aniversario del alta"},
    "member.updated": {"en": "a change of the profile", "es": "un cambio en el perfil"},
    "tier.reached": {"en": "a new tier", "es": "un nivel nuevo"},
    "tier.renewed": {"en": "a renewed tier", "es": "un nivel renovado"},
    "tier.lost": {"en": "a lost tier", "es": "un nivel perdido"},
    "reward.redeemed": {"en": "a redeemed reward", "es": "una recompensa canjeada"},
    "referral.completed": {"en": "a completed referral", "es": "una recomendación completada"},
}
"""Name to label."""
